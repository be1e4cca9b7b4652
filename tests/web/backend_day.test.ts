// The head end's backend for a day, through the typed client of examples/typescript: /connect before every call,
// time-outs of 35 s, parseFloat on values.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { callTimeout, dlmsClient, readNumber, type ConnectRequest } from "../../examples/typescript/client.js";
// @ts-expect-error: plain JavaScript
import { startMeter, startService } from "./programs.mjs";

interface Running { port: number; url: string; stop(): Promise<number> }

let meter: Running;
let service: Running;

before(async () => {
  meter = await startMeter();
  service = await startService();
});

after(async () => {
  assert.equal(await service.stop(), 0);
  await meter.stop();
});

function connection(): ConnectRequest {
  return {
    meter_number: "000000000001", brand: "hexcell", connection_type: "tcp", ip_address: "127.0.0.1", port: meter.port,
    server_address: 1, client_address: 17, auth_type: "Low", password: "00000000", timeout: 30_000,
  };
}

test("registers are numbers in the unit shown", async () => {
  const client = dlmsClient(service.url);
  let before = 12_000;
  for (let hour = 0; hour < 24; ++hour) {
    const { value, unit } = await readNumber(client, connection(), "1-0:1.8.0.255");
    assert.ok(value >= before && value < 13_000, `${before} and then ${value}`);
    assert.equal(unit, "kWh");
    before = value;
  }
});

test("several at once, some of which the meter does not have", async () => {
  const client = dlmsClient(service.url);
  await client.POST("/connect", { body: connection(), signal: AbortSignal.timeout(callTimeout) });
  const { data } = await client.POST("/read-multiple", {
    body: {
      meter_number: connection().meter_number,
      obis_codes: [{ code: "1-0:1.8.0.255", classId: 3, attributeId: 2 }, { code: "1-0:77.7.7.255", classId: 3, attributeId: 2 }],
    },
    signal: AbortSignal.timeout(60_000),
  });
  assert.equal(data?.success, true);
  const [first, second] = data.data.readings;
  assert.ok(parseFloat(String(first?.value)) > 12_000);
  assert.equal(second?.success, false);
  assert.equal(typeof second?.error, "string");
});

test("a clock is written as ISO text in UTC", async () => {
  const client = dlmsClient(service.url);
  await client.POST("/connect", { body: connection(), signal: AbortSignal.timeout(callTimeout) });
  const { data } = await client.POST("/write", {
    body: {
      meter_number: connection().meter_number, obis_code: "0-0:1.0.0.255", value: new Date().toISOString(), class_id: 8,
      attribute_id: 2,
    },
    signal: AbortSignal.timeout(callTimeout),
  });
  assert.equal(data?.success, true, data?.data.error);
});

test("a meter that is not there is an answer, not an exception", async () => {
  const client = dlmsClient(service.url);
  const nobody = { ...connection(), meter_number: "7", port: 1 };
  const { response } = await client.POST("/connect", { body: nobody, signal: AbortSignal.timeout(callTimeout) });
  assert.equal(response.status, 502);
  await assert.rejects(readNumber(client, nobody, "1-0:1.8.0.255"), /./);
});
