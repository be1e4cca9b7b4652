// /docs in a browser: a read against the simulated meter, and nothing asked of any other host.
import assert from "node:assert/strict";
import { test } from "node:test";

import { chromium } from "playwright-core";

import { call, startMeter, startService } from "./programs.mjs";

const METER = "000000000001";

// Opens an operation of the page, fills in its body, and executes it; the answer's status and text.
async function execute(page, id, body) {
  const block = page.locator(`[id$="-${id}"]`);
  await block.locator(".opblock-summary-control").click();
  await block.locator("textarea").fill(JSON.stringify(body));
  await block.locator("button.execute").click();
  const live = block.locator(".live-responses-table .response");
  return { status: await live.locator(".response-col_status").innerText(), text: await live.locator("pre").first().innerText() };
}

test("a read from the page shows the meter's value", async (context) => {
  const meter = await startMeter();
  const service = await startService();
  const browser = await chromium.launch({ executablePath: process.env.DLMS_CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  context.after(async () => {
    await browser.close();
    await Promise.all([service.stop(), meter.stop()]);
  });
  if ((await call(service, "GET", "/docs")).status === 404) {
    context.skip("this build has no page");
    return;
  }
  const page = await browser.newPage({ viewport: { width: 1000, height: 1200 } });
  const complaints = [];
  const hosts = new Set();
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => hosts.add(new URL(request.url()).host || "data"));
  await page.goto(`${service.url}/docs`);
  await page.locator(".opblock").first().waitFor();
  const connected = await execute(page, "connect", { meter_number: METER, brand: "hexcell", ip_address: "127.0.0.1", port: meter.port });
  assert.match(connected.status, /^200/);
  const read = await execute(page, "read", { meter_number: METER, obis_code: "1-0:1.8.0.255" });
  assert.match(read.status, /^200/);
  const { data } = JSON.parse(read.text);
  assert.equal(data.value, (data.raw / 100).toFixed(2));
  assert.equal(data.unit, "kWh");
  if (process.env.DLMS_SCREENSHOT) {
    await page.locator('[id$="-read"] .live-responses-table').scrollIntoViewIfNeeded();
    await page.screenshot({ path: process.env.DLMS_SCREENSHOT });
  }
  hosts.delete("data");
  assert.deepEqual([...hosts], [`127.0.0.1:${service.port}`]);
  assert.deepEqual(complaints, []);
});
