// The service and a simulated meter as processes, on ports that the system chooses.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const SERVICE = process.env.DLMS_SERVICE_PROGRAM;
const SIMULATOR = process.env.DLMS_SIMULATOR_PROGRAM;

// Starts a program and waits for the line that tells its port.
async function started(program, options, pattern, env = {}) {
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env.PATH, ...env } });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const found = pattern.exec(line);
      if (found) resolve(Number(found[1]));
    });
    ended.then((status) => reject(new Error(`${program} ended with ${status} before it listened`)));
  });
  return {
    port,
    async stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export function startMeter(scenario = "hexcell") {
  return started(SIMULATOR, ["--scenario", scenario, "--port", "0", "--log-level", "off"], /^listening on 127\.0\.0\.1:(\d+) /);
}

export async function startService(env = {}) {
  const service = await started(SERVICE, ["--host", "127.0.0.1", "--port", "0", "--env-file", "/dev/null"],
    / listens on \S+ port (\d+)$/, env);
  return { ...service, url: `http://127.0.0.1:${service.port}` };
}

export async function call(service, method, path, { body, headers = {} } = {}) {
  const answer = await fetch(service.url + path, {
    method,
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
  });
  const text = await answer.text();
  const type = answer.headers.get("content-type") ?? "";
  return { status: answer.status, headers: answer.headers, type, text, body: type.includes("json") ? JSON.parse(text) : text };
}
