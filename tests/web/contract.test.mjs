// Every route, status and schema of /openapi.json against the running service.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";

import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { call, freePort, startMeter, startService } from "./programs.mjs";

let meter, service, keyed, document, ajv;
const seen = new Set(); // "POST /read 200"

before(async () => {
  meter = await startMeter();
  service = await startService();
  keyed = await startService({ ENABLE_API_KEY: "true", API_KEY: "the-key", RATE_LIMIT: "1" });
  document = (await call(service, "GET", "/openapi.json")).body;
  ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: "doc:", components: document.components });
});

after(async () => {
  await Promise.all([meter.stop(), service.stop(), keyed.stop()]);
});

function operations() {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));
}

// What is below /meters, and load profiles, tests/server visits with the meters that they need.
function isVisited(path) {
  return path.endsWith("/keys") || !(path.startsWith("/meters") || path === "/load-profile");
}

// Holds an answer against what the document says of it.
function check(path, method, answer) {
  const name = `${method} ${path} ${answer.status}`;
  const response = document.paths[path][method.toLowerCase()].responses[answer.status];
  assert.ok(response, `${name} is not in the document: ${answer.text}`);
  const type = answer.type.split(";")[0];
  const content = response.content[type] ?? response.content["*/*"];
  assert.ok(content, `${name} has the type ${answer.type}`);
  if (type.includes("json")) {
    const schema = JSON.parse(JSON.stringify(content.schema).replaceAll('"#/', '"doc:#/'));
    const validate = ajv.compile(schema);
    assert.ok(validate(answer.body), `${name}: ${ajv.errorsText(validate.errors)} in ${answer.text}`);
  }
  for (const field of Object.keys(response.headers ?? {})) {
    assert.ok(answer.headers.get(field), `${name} lacks ${field}`);
  }
  seen.add(name);
}

async function visit(path, method, options = {}, server = service, url = path) {
  const answer = await call(server, method, url, options);
  check(path, method, answer);
  return answer;
}

const METER = "000000000001";
const connection = () => ({ meter_number: METER, brand: "hexcell", ip_address: "127.0.0.1", port: meter.port });

test("the document is one of OpenAPI 3.1 whose references lead somewhere", () => {
  assert.equal(document.openapi, "3.1.0");
  for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(document.components.schemas[name], name);
  }
  const ids = operations().map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
});

test("every example of a request is valid", () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    for (const example of schema.examples ?? []) {
      const validate = ajv.getSchema(`doc:#/components/schemas/${name}`);
      assert.ok(validate(example), `${name}: ${ajv.errorsText(validate.errors)}`);
    }
  }
});

test("routes that need nothing", async () => {
  for (const path of ["/", "/health", "/health/live", "/health/ready", "/metrics", "/openapi.json", "/connections"]) {
    await visit(path, "GET");
  }
  const page = await call(service, "GET", "/docs");
  if (page.status === 200) {
    check("/docs", "GET", page);
    await visit("/docs/{file}", "GET", {}, service, "/docs/start.js");
    const packed = await visit("/docs/{file}", "GET", {}, service, "/docs/swagger-ui-bundle.js");
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    assert.doesNotMatch(packed.text, /sourceMappingURL=/);
  }
  await visit("/docs/{file}", "GET", {}, service, "/docs/other");
});

test("calls for a meter", async () => {
  const unknown = { meter_number: "unknown", obis_code: "1-0:1.8.0.255", obis_codes: [{ code: "1-0:1.8.0.255" }], value: 1 };
  for (const path of ["/read", "/read-multiple", "/write"]) {
    assert.equal((await visit(path, "POST", { body: unknown })).status, 400);
  }
  assert.equal((await visit("/connect", "POST", { body: connection() })).status, 200);
  const read = await visit("/read", "POST", { body: { meter_number: METER, obis_code: "1-0:1.8.0.255" } });
  // The simulated register counts; its value is its raw number with the scaler shown.
  assert.equal(read.body.data.value, (read.body.data.raw / 100).toFixed(2));
  assert.deepEqual([read.body.data.unit, read.body.data.scaler], ["kWh", -2]);
  const refused = await visit("/read", "POST", { body: { meter_number: METER, obis_code: "1-0:99.99.99.255" } });
  assert.equal(refused.body.data.errorCode, "object-undefined");
  const both = { meter_number: METER, obis_codes: [{ code: "1-0:1.8.0.255" }, { code: "none" }, { code: "0-0:1.0.0.255", classId: 8 }] };
  assert.equal((await visit("/read-multiple", "POST", { body: both })).body.successful, 2);
  const clock = { meter_number: METER, obis_code: "0-0:1.0.0.255", class_id: 8, value: "2026-01-31T12:00:00Z" };
  assert.equal((await visit("/write", "POST", { body: clock })).body.success, true);
  await visit("/write", "POST", { body: { ...clock, obis_code: "1-0:1.8.0.255", class_id: 3, value: "1" } });
  await visit("/connections", "GET");
  await visit("/disconnect", "POST", {}, service, `/disconnect?meter_number=${METER}`);
});

test("a /connect that fails says why with its status", async () => {
  const cases = [
    [{ ip_address: "127.0.0.1", port: 1 }, 502], // nobody listens
    [{ ip_address: "169.254.169.254" }, 403],
    [{ ip_address: "127.0.0.1", port: meter.port, auth_type: "Low", password: "wrong-pw" }, 502],
  ];
  for (const [changes, status] of cases) {
    const answer = await visit("/connect", "POST", { body: { ...connection(), ...changes, meter_number: "2" } });
    assert.equal(answer.status, status, answer.text);
  }
});

test("decoding and keys", async () => {
  await visit("/decode", "POST", { body: { hex: "C001C100030100010800FF0200" } });
  assert.equal((await visit("/decode", "POST", { body: { hex: "C001C1" } })).body.valid, false);
  const keys = "/meters/{meter_number}/keys";
  await visit(keys, "GET", {}, service, "/meters/9/keys");
  const kept = { operation: "keep", encryption_key: "000102030405060708090A0B0C0D0E0F" };
  const answer = await visit(keys, "POST", { body: kept }, service, "/meters/9/keys");
  assert.doesNotMatch(answer.text, /0001020304/);
  await visit(keys, "POST", { body: { operation: "rotate" } }, service, "/meters/8/keys");
});

test("requests that are no good", async () => {
  for (const { path, method, operation } of operations()) {
    if (!operation.requestBody || !isVisited(path)) continue;
    const url = path.replaceAll(/{\w+}/g, "1");
    const invalid = await visit(path, method, { body: {} }, service, url);
    assert.equal(invalid.status, 422, path);
    const text = await visit(path, method, { body: "{}", headers: { "Content-Type": "text/plain" } }, service, url);
    assert.equal(text.status, 422, path);
    const problem = await visit(path, method, { body: {}, headers: { Accept: "application/problem+json" } }, service, url);
    assert.equal(problem.type, "application/problem+json");
    assert.equal(problem.body.status, 422);
  }
  assert.equal((await visit("/disconnect", "POST")).status, 422);
});

test("a time-out that is none is refused wherever there is one", async () => {
  const headers = { "X-Request-Timeout": "soon" };
  for (const { path, method, operation } of operations()) {
    if (operation.responses["400"] === undefined || !isVisited(path)) continue;
    const url = path.replaceAll(/{\w+}/g, "1");
    const answer = await visit(path, method, operation.requestBody ? { body: {}, headers } : { headers }, service, url);
    assert.equal(answer.status, 400, path);
  }
});

test("keys and rates, wherever the document asks for them", async () => {
  for (const { path, method, operation } of operations()) {
    const url = path.replaceAll(/{\w+}/g, "1");
    const answer = await call(keyed, method, url, operation.requestBody ? { body: {} } : {});
    if (operation.security.length === 0) {
      assert.notEqual(answer.status, 401, path);
    } else {
      assert.equal(answer.status, 401, path);
      check(path, method, answer);
      let limited;
      do {
        limited = await call(keyed, method, url, { headers: { "X-API-Key": "the-key", "Content-Type": "application/json" } });
      } while (limited.status !== 429);
      check(path, method, limited);
    }
  }
});

test("meters that call, and what they push", async () => {
  const dialInPort = await freePort();
  const head = await startService({ DIAL_IN_PORT: String(dialInPort), DIAL_IN_HOST: "127.0.0.1" });
  try {
    const modem = connect(dialInPort, "127.0.0.1");
    // An energy with its unit, without a meter's name.
    modem.write(Buffer.from("000100010001001B0F0000000700020309060100010800FF060000100002020F00161E", "hex"));
    const shown = await visit("/notifications", "GET", {}, head, "/notifications?wait=30");
    assert.equal(shown.body.notifications[0].values[0].obisCode, "1-0:1.8.0.255");
    const calls = await visit("/dial-in", "GET", {}, head);
    assert.deepEqual([calls.body.listening, calls.body.calls[0].state], [true, "identifying"]);
    const events = await fetch(`${head.url}/notifications/events`);
    check("/notifications/events", "GET", { status: events.status, headers: events.headers, type: events.headers.get("content-type"), text: "" });
    await events.body.cancel();
    modem.destroy();
  } finally {
    await head.stop();
  }
  await visit("/notifications/dead-letters", "GET");
  await visit("/notifications/dead-letters/retry", "POST");
  for (const path of ["/dial-in", "/notifications", "/notifications/dead-letters", "/notifications/events"]) {
    assert.equal((await visit(path, "GET", {}, service, `${path}?limit=0`)).status, 422);
  }
});

test("other methods are refused and name those there are", async () => {
  for (const path of Object.keys(document.paths)) {
    const answer = await call(service, "PATCH", path.replaceAll(/{\w+}/g, "1"));
    assert.equal(answer.status, 405, path);
    const named = answer.headers.get("allow").split(", ").map((method) => method.toLowerCase());
    assert.deepEqual(named.sort(), Object.keys(document.paths[path]).sort(), path);
  }
});

test("every status that a caller's request alone can bring about was seen", () => {
  // These need another service or another meter; tests/server has them.
  const elsewhere = new Set(["403", "404", "409", "502", "503", "504"]);
  const missing = operations().filter(({ path }) => isVisited(path)).flatMap(({ path, method, operation }) =>
    Object.keys(operation.responses)
      .filter((status) => !elsewhere.has(status) && !(path.startsWith("/docs") && status === "200"))
      .map((status) => `${method} ${path} ${status}`)
      .filter((name) => !seen.has(name)));
  assert.deepEqual(missing, []);
});
