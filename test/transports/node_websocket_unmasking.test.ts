import { createRequire } from "node:module";
import { expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { listenWebSocket } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket } from "../../transports/websocket.ts";

// Before ws is loaded: bufferutil is here for the benches, and those who install this package have it only if they want it.
vi.hoisted(() => {
  process.env.WS_NO_BUFFER_UTIL = "1";
});

test("what clients send over a WebSocket arrives without bufferutil too", async () => {
  let accept!: (server: Transport) => void;
  const accepted = new Promise<Transport>((resolve) => {
    accept = resolve;
  });
  const listener = await listenWebSocket({ onConnection: accept });
  const client = await connectWebSocket(`ws://127.0.0.1:${listener.port}/websockify`, { WebSocket });
  const server = await accepted;
  for (const length of [1, 31, 32, 33, 65536, 100_003]) {
    const sent = Uint8Array.from({ length }, (_, i) => i * 7);
    await client.write(sent);
    const got: number[] = [];
    while (got.length < length) got.push(...(await server.read())!);
    expect(got).toEqual([...sent]);
  }
  expect(Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("bufferutil"))).toEqual([]);
  await client.close();
  await listener.close();
});
