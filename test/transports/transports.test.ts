import { WebSocket } from "ws";
import { createMemoryPair } from "../../transports/memory.ts";
import { StandardWebSocket, tcpPairs, tlsPairs, turned, unixPairs, upgradedPairs, webSocketPairs } from "./pairs.ts";
import { describeTransport } from "./suite.ts";

const KIB = 1024;
// What Linux's loopback takes by itself: up to tcp_wmem and tcp_rmem, 4 and 6 MiB.
const KERNEL = 10 * 1024 * KIB;

describeTransport("memory", async () => ({ connect: async () => createMemoryPair() }), { bound: 128 * KIB });
describeTransport("memory, bytewise", async () => ({ connect: async () => createMemoryPair({ chunk: 1 }) }), {
  bound: 128 * KIB,
});
describeTransport(
  "memory after its startTls",
  () => upgradedPairs({ connect: async () => createMemoryPair({ tlsKinds: ["x509"] }) }),
  { bound: 128 * KIB },
);
describeTransport("TCP", tcpPairs, { bound: KERNEL });
describeTransport("TCP, from the server's end", async () => turned(await tcpPairs()), { bound: KERNEL });
describeTransport("a Unix socket", unixPairs, { bound: 1024 * KIB });
describeTransport("TLS from the first byte", tlsPairs, { bound: KERNEL });
describeTransport("TLS from the first byte, from the server's end", async () => turned(await tlsPairs()), {
  bound: KERNEL,
});
describeTransport("TCP upgraded to TLS", async () => upgradedPairs(await tcpPairs()), { bound: KERNEL });
describeTransport("a Unix socket upgraded to TLS", async () => upgradedPairs(await unixPairs()), { bound: 1024 * KIB });
describeTransport("a WebSocket of the ws package", () => webSocketPairs(WebSocket), { bound: KERNEL });
describeTransport("a WebSocket, from the server's end", async () => turned(await webSocketPairs(WebSocket)), {
  bound: KERNEL,
});
describeTransport("a WebSocket over TLS", () => webSocketPairs(WebSocket, true), { bound: KERNEL });
describeTransport("a standard WebSocket", () => webSocketPairs(globalThis.WebSocket ?? StandardWebSocket), {
  bound: KERNEL,
});
