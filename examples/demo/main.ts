// The main job on one machine: a desktop that demands VeNCrypt X509, the proxy, and noVNC in a page.

import { Command } from "commander";
import { faultOf } from "../../cli/fault.ts";
import { createLog } from "../../cli/log.ts";
import { addSecurityOptions, numberOf, readSecurityOptions, type SecurityOptions } from "../../cli/security_options.ts";
import { startProxy } from "../../cli/serve.ts";
import { snapshotCommand } from "../../cli/snapshot.ts";
import type { ProxySettingsInput } from "../../proxy/settings.ts";
import { type Listener, listenTcp } from "../../transports/node.ts";
import { makeCertificate } from "./certificate.ts";
import { servePage } from "./page.ts";
import { serveDesktop } from "./server.ts";

interface DemoOptions extends SecurityOptions {
  readonly target?: string;
  readonly port: number;
  readonly snapshot?: string;
}

const command = new Command("npm start --")
  .description("noVNC in a page, in front of a VNC server that demands TLS: one of our own, or yours.")
  .option("--target <server>", "a server of yours: HOST:PORT, HOST:DISPLAY or unix:PATH")
  .option("--port <n>", "where the page is", numberOf, 6080)
  .option("--snapshot <file>", "no page: write the picture that comes through the proxy to a PNG, and end");
addSecurityOptions(command, "for servers that ask for one");
command.addHelpText(
  "after",
  `
Examples:
  $ npm start
  $ npm start -- --snapshot out.png
  $ npm start -- --target vm.example:5900 --ca ca.pem`,
);
const options = command.parse().opts<DemoOptions>();
const log = createLog("text");

try {
  const desktop = options.target === undefined ? await startDesktop() : undefined;
  const port = options.snapshot === undefined ? await freePort(options.port) : await freePort(0);
  const page = `http://127.0.0.1:${port}`;
  const proxy = await startProxy(
    {
      ...(desktop?.settings ?? readSecurityOptions(options)),
      target: desktop?.target ?? options.target!,
      listen: [`ws://127.0.0.1:${port}/websockify`],
      origins: [page, `http://localhost:${port}`],
    },
    { log, serve: servePage() },
  );
  if (options.snapshot === undefined) {
    console.log(`\nOpen ${page}/ in a browser; Ctrl-C ends the demo.\n`);
  } else {
    await snapshotCommand().parseAsync([proxy.addresses[0]!, "--auth", "none", "-o", options.snapshot], {
      from: "user",
    });
    await proxy.drain(1000);
    await desktop?.listener.close();
  }
} catch (error) {
  const { message, exitCode } = faultOf(error, (setting) => `--${setting}`);
  log({ event: "fault", message });
  process.exitCode = exitCode;
}

/** A VNC server of our own, and what it takes to get in. */
async function startDesktop(): Promise<{ listener: Listener; target: string; settings: Partial<ProxySettingsInput> }> {
  const certificate = await makeCertificate("localhost");
  const listener = await listenTcp({
    onConnection: (transport) =>
      void serveDesktop(transport, certificate).catch((error: Error) => {
        log({ event: "warning", message: `the desktop: ${error.message}` });
      }),
  });
  return {
    listener,
    target: `127.0.0.1:${listener.port}`,
    settings: { auth: ["x509none"], ca: certificate.cert, serverName: "localhost" },
  };
}

/** The port itself, or another one if somebody has it. */
async function freePort(wanted: number): Promise<number> {
  const listener = await listenTcp({ port: wanted, onConnection: (transport) => transport.abort() }).catch(() =>
    listenTcp({ onConnection: (transport) => transport.abort() }),
  );
  await listener.close();
  return listener.port;
}
