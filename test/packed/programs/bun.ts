// The installed package by Bun's own means.

import { connectTcp, listenTcp, listenWebSocket, type Transport } from "rfb-codec/bun";
import { connectWebSocket } from "rfb-codec/websocket";
import { failsHere, NOWHERE } from "./foreign.ts";
import { createDesktop, useEverything, visit } from "./portable.ts";

await useEverything();
const desktop = createDesktop();
const onConnection = (transport: Transport): void => void desktop.serve(transport);
const listener = await listenTcp({ host: "127.0.0.1", onConnection });
await visit(await connectTcp({ host: "127.0.0.1", port: listener.port! }));
await listener.close();

const pages = await listenWebSocket({ host: "127.0.0.1", onConnection });
await visit(await connectWebSocket(`ws://127.0.0.1:${pages.port}/websockify`));
await pages.close();
desktop.close();
// @ts-expect-error: only Deno has its types
await failsHere(async () => (await import("#deno")).connectTcp(NOWHERE));
await failsHere(async () => (await import("rfb-codec/workers")).connectTcp(NOWHERE));
