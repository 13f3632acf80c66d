import { WebSocket } from "ws";
import { createMemoryPair } from "../../transports/memory.ts";
import { RUNTIME } from "../runtimes/runtime.ts";
import { StandardWebSocket, tcpPairs, tlsPairs, turned, unixPairs, upgradedPairs, webSocketPairs } from "./pairs.ts";
import { describeTransport } from "./suite.ts";

const KIB = 1024;
// What Linux's loopback takes by itself: up to tcp_wmem and tcp_rmem, 4 and 6 MiB.
const KERNEL = 10 * 1024 * KIB;
// Deno's node:tls goes on receiving while nobody reads.
const HELD_BACK = RUNTIME !== "deno";
const TLS = HELD_BACK ? { bound: KERNEL } : {};

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
describeTransport("TLS from the first byte", tlsPairs, TLS);
describeTransport("TLS from the first byte, from the server's end", async () => turned(await tlsPairs()), TLS);
describeTransport("TCP upgraded to TLS", async () => upgradedPairs(await tcpPairs()), TLS);
describeTransport("a Unix socket upgraded to TLS", async () => upgradedPairs(await unixPairs()), {
  ...(HELD_BACK && { bound: 1024 * KIB }),
});
describeTransport("a WebSocket of the ws package", () => webSocketPairs(WebSocket), { bound: KERNEL });
describeTransport("a WebSocket, from the server's end", async () => turned(await webSocketPairs(WebSocket)), {
  bound: KERNEL,
});
describeTransport("a WebSocket over TLS", () => webSocketPairs(WebSocket, true), TLS);
describeTransport("a standard WebSocket", () => webSocketPairs(globalThis.WebSocket ?? StandardWebSocket), {
  bound: KERNEL,
});
