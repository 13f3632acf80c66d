// The main job on one machine: a desktop that demands VeNCrypt X509, the proxy, and noVNC in a page.

import { Command } from "commander";
import { misuse, reasonOf } from "../../cli/fault.ts";
import { createLog } from "../../cli/log.ts";
import { reportFaults } from "../../cli/report.ts";
import { run } from "../../cli/run.ts";
import {
  addSecurityOptions,
  flagOf,
  numberOf,
  readSecurityOptions,
  type SecurityOptions,
} from "../../cli/security_options.ts";
import { startProxy } from "../../cli/serve.ts";
import { snapshotCommand } from "../../cli/snapshot.ts";
import type { ProxySettingsInput } from "../../proxy/settings.ts";
import { listenTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { makeCertificate } from "./certificate.ts";
import { servePage } from "./page.ts";
import { createDesktop } from "./server.ts";

interface DemoOptions extends SecurityOptions {
  readonly target?: string;
  readonly port: number;
  readonly snapshot?: string;
}

const EXAMPLES = `
Examples:
  $ npm start
  $ npm start -- --snapshot out.png
  $ npm start -- --target vm.example:5900 --ca ca.pem`;

const log = createLog("text");

const command = new Command("npm start --")
  .description("noVNC in a page, in front of a VNC server that demands TLS: one of our own, or yours.")
  .option("--target <server>", "a server of yours: HOST:PORT, HOST:DISPLAY or unix:PATH")
  .option("--port <n>", "where the page is", numberOf, 6080)
  .option("--snapshot <file>", "no page: write the picture that comes through the proxy to a PNG, and end");
addSecurityOptions(command, "for servers that ask for one").addHelpText("after", EXAMPLES);
command.action(async (options: DemoOptions) => {
  await reportFaults(
    log,
    (setting) => flagOf(setting, options),
    () => demo(options),
  );
});
await run(command);

async function demo(options: DemoOptions): Promise<void> {
  const { target, snapshot } = options;
  const port = await freePort(snapshot === undefined ? options.port : 0);
  const { settings, close } = target === undefined ? await startDesktop(options) : yours(target, options);
  try {
    const page = `http://127.0.0.1:${port}`;
    const proxy = await startProxy(
      {
        ...settings,
        listen: [`ws://127.0.0.1:${port}/websockify`],
        origins: [page, `http://localhost:${port}`],
      },
      { log, serve: servePage() },
    );
    if (snapshot === undefined) {
      console.log(`\nOpen ${page}/ in a browser; Ctrl-C ends the demo.\n`);
      await new Promise<void>((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
    } else {
      await snapshotCommand().parseAsync([proxy.addresses[0]!, "--auth", "none", "-o", snapshot], { from: "user" });
      console.log(`The picture is in ${snapshot}`);
    }
    await proxy.drain(snapshot === undefined ? 0 : 1000);
  } finally {
    await close?.();
  }
}

/** What the proxy is in front of. */
interface Behind {
  readonly settings: Omit<ProxySettingsInput, "listen">;
  readonly close?: () => Promise<void>;
}

function yours(target: string, options: DemoOptions): Behind {
  return { settings: { ...readSecurityOptions(options), target } };
}

/** A VNC server of our own, and what it takes to get in. */
async function startDesktop(options: DemoOptions): Promise<Behind> {
  const { port: _, snapshot: __, verifyHostname, ...meant } = options;
  const flag = Object.keys(meant)[0] ?? (verifyHostname ? undefined : "verifyHostname");
  if (flag !== undefined) throw misuse(flagOf(flag, {}), "it is about a server of yours: name that with --target");
  const certificate = await makeCertificate("localhost");
  const desktop = await createDesktop(certificate, options.snapshot !== undefined);
  const listener = await listenTcp({
    onConnection: (transport) =>
      void desktop.serve(transport).catch((error: Error) => {
        log({ event: "warning", message: `the desktop: ${error.message}` });
      }),
  });
  const settings = { auth: ["x509none"], ca: certificate.cert, serverName: "localhost" };
  const close = async (): Promise<void> => {
    desktop.close();
    await listener.close();
  };
  return { settings: { ...settings, target: `127.0.0.1:${listener.port}` }, close };
}

/** The port itself, or another one if somebody has it. */
async function freePort(wanted: number): Promise<number> {
  if (!(wanted >= 0 && wanted <= 65535)) throw misuse("--port", "it is not a number from 0 to 65535");
  const onConnection = (transport: Transport): void => transport.abort();
  const listener = await listenTcp({ port: wanted, onConnection }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw misuse("--port", reasonOf(error));
    log({ event: "warning", message: `somebody has port ${wanted}: taking another one` });
    return listenTcp({ onConnection });
  });
  await listener.close();
  return listener.port;
}
