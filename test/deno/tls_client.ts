// Run by Deno: connects to each of the servers that it is told of, and tells how that went.

import { RfbError } from "../../codec/mod.ts";
import { connectTls } from "../../transports/deno.ts";
import type { TlsConnectOptions } from "../../transports/sockets.ts";

/** `rejected`: what the error says, after the act. */
export type Outcome = { readonly fulfilled: number | undefined } | { readonly rejected: string; readonly code: string };

const cases = JSON.parse(Deno.args[0]!) as Readonly<Record<string, TlsConnectOptions>>;
const outcomes = Object.entries(cases).map(async ([name, options]) => [name, await outcomeOf(options)] as const);
console.log(JSON.stringify(Object.fromEntries(await Promise.all(outcomes))));

/** The first byte, or what came instead. */
async function outcomeOf(options: TlsConnectOptions): Promise<Outcome> {
  try {
    const transport = await connectTls(options);
    const bytes = await transport.read();
    transport.abort();
    return { fulfilled: bytes?.[0] };
  } catch (error) {
    if (error instanceof RfbError) return { rejected: error.reason, code: error.code };
    return { rejected: (error as Error).message, code: (error as Error).name };
  }
}
