// What Node does not have.

import { failsHere, NOWHERE } from "./foreign.ts";

await failsHere(async () => (await import("rfb-codec/bun")).listenWebSocket({ onConnection: () => {} }));
// @ts-expect-error: only Deno has its types
await failsHere(async () => (await import("#deno")).connectTcp(NOWHERE));
await failsHere(async () => (await import("rfb-codec/workers")).connectTcp(NOWHERE));
