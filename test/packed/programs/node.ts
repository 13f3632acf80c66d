// The installed package by Node's means: on Node, and on Deno and Bun, which have them too.

import { nodeCompression } from "rfb-codec/compression/node";
import { connectTcp, type Listener, listenTcp, listenWebSocket, type Transport } from "rfb-codec/node";
import { connectWebSocket } from "rfb-codec/websocket";
import { createDesktop, useEverything, visit } from "./portable.ts";

await useEverything();
const desktop = createDesktop();
const onConnection = (transport: Transport): void => void desktop.serve(transport);
const listener: Listener = await listenTcp({ host: "127.0.0.1", onConnection });
await visit(await connectTcp({ host: "127.0.0.1", port: listener.port! }), await nodeCompression());
await listener.close();

const pages = await listenWebSocket({ onConnection });
const url = `ws://127.0.0.1:${pages.port}/websockify`;
// Node 20 has none.
if ("WebSocket" in globalThis) await visit(await connectWebSocket(url));
else await visit(await connectWebSocket(url, { WebSocket: (await import("ws")).WebSocket }));
await pages.close();
desktop.close();
