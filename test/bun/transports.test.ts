// What every transport has to do, by Bun's own.

import { WebSocket } from "ws";
import { turned, webSocketPairs } from "../transports/pairs.ts";
import { describeTransport } from "../transports/suite.ts";
import { underBun } from "./run.ts";

// What Linux's loopback takes by itself: up to tcp_wmem and tcp_rmem, 4 and 6 MiB.
const bound = 10 * 1024 * 1024;

await underBun(import.meta.url, async () => {
  const { listenWebSocket } = await import("../../transports/bun.ts");
  const pairs = (tls = false) => webSocketPairs(WebSocket, tls, listenWebSocket);
  describeTransport("a WebSocket to Bun's server", pairs, { bound });
  describeTransport("a WebSocket from Bun's server", async () => turned(await pairs()), { bound });
  describeTransport("a WebSocket over TLS to Bun's server", () => pairs(true), { bound });
  describeTransport("a WebSocket over TLS from Bun's server", async () => turned(await pairs(true)), { bound });
  const own = () => webSocketPairs(globalThis.WebSocket, false, listenWebSocket);
  describeTransport("Bun's own WebSocket to Bun's server", own, { bound });
});
