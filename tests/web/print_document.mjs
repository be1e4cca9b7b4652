// Prints the OpenAPI document of the service.
import { call, startService } from "./programs.mjs";

const service = await startService();
process.stdout.write((await call(service, "GET", "/openapi.json")).text);
await service.stop();
