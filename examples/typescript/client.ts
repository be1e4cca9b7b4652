// The service from TypeScript: a client whose requests and answers have the types of its own
// document. `schema.d.ts` is generated from /openapi.json:
//
//   npx openapi-typescript http://127.0.0.1:8001/openapi.json --default-non-nullable false -o schema.d.ts
import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.js";

export type ConnectRequest = components["schemas"]["ConnectRequest"];
export type Reading = components["schemas"]["Reading"];

/** What a head end waits for one call: the service's own limit is 33 s. */
export const callTimeout = 35_000;

export function dlmsClient(baseUrl: string, apiKey?: string): Client<paths> {
  return createClient<paths>({
    baseUrl,
    headers: apiKey === undefined ? {} : { "X-API-Key": apiKey },
  });
}

/**
 * Reads a register as a number. Says first how to reach the meter, as often as it is called: the
 * service keeps a live association as it is.
 */
export async function readNumber(
  client: Client<paths>, connection: ConnectRequest, obisCode: string): Promise<{ value: number; unit: string | null }> {
  await client.POST("/connect", { body: connection, signal: AbortSignal.timeout(callTimeout) });
  const { data, error } = await client.POST("/read", {
    body: { meter_number: connection.meter_number, obis_code: obisCode, class_id: 3, attribute_id: 2 },
    signal: AbortSignal.timeout(callTimeout),
  });
  if (data === undefined) {
    throw new Error(typeof error.detail === "string" ? error.detail : JSON.stringify(error.detail));
  }
  if (!data.success) {
    throw new Error(data.data.error);
  }
  return { value: parseFloat(String(data.data.value)), unit: data.data.unit };
}
