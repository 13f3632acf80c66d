// A VNC server that demands TLS, for viewers that speak none: noVNC comes through a WebSocket, others over TCP.
//
//     RFB_PASSWORD=secret npx tsx examples/node_proxy.ts --target vm.example:5900 --ca ca.pem --port 6080 --tcp 5901
//
// It prints where it listens, on this machine alone, and a line for each thing that happens. Whoever can connect is in;
// pages may only if their site is named: --origin https://viewer.example. SIGINT and SIGTERM let no more in, give
// sessions five seconds, and end it with 0. Arguments that are wrong end it with 2, and what else goes wrong at the
// start with 1.
//
// For a supervisor's signals start it with `node --import tsx`, or built: npx and tsx do not hand all of them on.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type CredentialName, usableSchemes } from "rfb-codec/auth";
import { connectTcp, listenTcp, listenWebSocket } from "rfb-codec/node";
import { createSecurityProxy, parseTarget } from "rfb-codec/proxy";

const USAGE = `Usage: node_proxy.ts --target HOST:PORT --ca FILE [--port 6080] [--tcp PORT] [--origin https://SITE …]
The environment's RFB_USERNAME and RFB_PASSWORD go to servers that ask for them.`;

const { target, ca, port, tcp, origins } = settings();
const { RFB_USERNAME: username, RFB_PASSWORD: password } = process.env;
const credentials = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };

const proxy = createSecurityProxy({
  dial: (signal) => connectTcp({ ...target, signal }),
  authentication: {
    // VeNCrypt's with a certificate, as far as the credentials go.
    schemes: usableSchemes(["vencrypt"], {
      tlsKinds: ["x509"],
      credentials: Object.keys(credentials) as CredentialName[],
    }).schemes,
    credentials: () => credentials,
  },
  tls: { ca },
  log: (entry) => console.log(JSON.stringify(entry)),
});

const webSocket = await listenWebSocket({
  port,
  origins,
  onConnection: (client, { arrived }) => void proxy.serve(client, arrived),
});
const plain =
  tcp === undefined ? undefined : await listenTcp({ port: tcp, onConnection: (client) => void proxy.serve(client) });

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
console.log(`ws://127.0.0.1:${webSocket.port}/websockify`);
if (plain !== undefined) console.log(`tcp://127.0.0.1:${plain.port}`);

/** With nothing left to do, Node ends. The same signal again ends it at once. */
async function stop(signal: string): Promise<void> {
  await webSocket.close();
  await plain?.close();
  console.log(`${signal}: ${proxy.connections} sessions are left`);
  await proxy.drain(5000);
}

function settings() {
  try {
    const { values } = parseArgs({
      options: {
        target: { type: "string" },
        ca: { type: "string" },
        port: { type: "string", default: "6080" },
        tcp: { type: "string" },
        origin: { type: "string", multiple: true, default: [] },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (values.target === undefined || values.ca === undefined) throw new TypeError("--target and --ca are needed");
    const target = parseTarget(values.target);
    if (target.type !== "tcp") throw new TypeError("The certificate is compared with a host: --target HOST:PORT");
    return {
      target,
      ca: readFileSync(values.ca, "utf8"),
      port: portOf(values.port),
      tcp: values.tcp === undefined ? undefined : portOf(values.tcp),
      origins: values.origin,
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new RangeError(`"${text}" is no port`);
  return Number(text);
}
