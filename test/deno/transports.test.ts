// What every transport has to do, by Deno's own.

import { turned } from "../transports/pairs.ts";
import { describeTransport } from "../transports/suite.ts";
import { underDeno } from "./run.ts";

// What Linux's loopback takes by itself: up to tcp_wmem and tcp_rmem, 4 and 6 MiB.
const bound = 10 * 1024 * 1024;

await underDeno(import.meta.url, async () => {
  const pairs = await import("./pairs.ts");
  describeTransport("Deno's TCP", pairs.denoTcpPairs, { bound });
  describeTransport("Deno's TCP, from the server's end", async () => turned(await pairs.denoTcpPairs()), { bound });
  describeTransport("a Unix socket of Deno's", pairs.denoUnixPairs, { bound: 1024 * 1024 });
  describeTransport("Deno's TLS from the first byte", pairs.denoTlsPairs, { bound });
  describeTransport("Deno's TLS from the server's end", async () => turned(await pairs.denoTlsPairs()), { bound });
  // Nobody can hold a sender back: a standard WebSocket cannot, and Deno's stand-in for node:tls reads ahead without end.
  describeTransport("a WebSocket to Deno's server", pairs.denoWebSocketPairs, {});
  describeTransport("a WebSocket from Deno's server", async () => turned(await pairs.denoWebSocketPairs()), {});
  describeTransport("a WebSocket over TLS to Deno's server", () => pairs.denoWebSocketPairs(true), {});
});
