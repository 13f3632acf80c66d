// What every transport has to do, by the transports of Workers, in workerd.

import { makeCertificates } from "../peers/certificates.ts";
import { turned } from "../transports/pairs.ts";
import { describeTransport } from "../transports/suite.ts";
import { workersTcpPairs, workersWebSocketPairs } from "./remote.ts";

const { ca, client, server } = await makeCertificates();
// What Linux's loopback takes by itself: up to tcp_wmem and tcp_rmem, 4 and 6 MiB.
const bound = 10 * 1024 * 1024;

describeTransport("TCP in workerd", () => workersTcpPairs(ca, client), { bound });
describeTransport("TCP in workerd, from the server's end", async () => turned(await workersTcpPairs(ca, client)), {
  bound,
});
describeTransport("TCP in workerd upgraded to TLS", () => workersTcpPairs(ca, client, server), { bound });
describeTransport(
  "TCP in workerd upgraded to TLS, from the server's end",
  async () => turned(await workersTcpPairs(ca, client, server)),
  { bound },
);
describeTransport("a WebSocket that workerd has accepted", () => workersWebSocketPairs(ca, client), { bound });
describeTransport(
  "a WebSocket that workerd has accepted, from the client's end",
  async () => turned(await workersWebSocketPairs(ca, client)),
  {},
);
