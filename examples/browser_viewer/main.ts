// A viewer of our own in a page, in front of a VNC server of yours.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { misuse } from "../../cli/fault.ts";
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
import { buildViewer } from "./build.ts";

interface ViewerOptions extends SecurityOptions {
  readonly target?: string;
  readonly port: number;
  readonly build?: string;
}

const EXAMPLES = `
Examples:
  $ npm run viewer -- --target vm.example:5900 --ca ca.pem
  $ npm run viewer -- --build ./viewer && rfb proxy --web ./viewer --listen ws://127.0.0.1:6080/websockify \\
      --target vm.example:5900 --ca ca.pem --client-auth vncauth --client-password-file ./password`;

const log = createLog("text");

const command = new Command("npm run viewer --")
  .description("A viewer in a page, in front of a VNC server of yours.")
  .option("--target <server>", "HOST:PORT, HOST:DISPLAY or unix:PATH")
  .option("--port <n>", "where the page is", numberOf, 6080)
  .option("--build <folder>", "no server: write the page to a folder, and end");
addSecurityOptions(command, "for servers that ask for one").addHelpText("after", EXAMPLES);
command.action((options: ViewerOptions) =>
  reportFaults(
    log,
    (setting) => (setting === "listen" ? "--port" : flagOf(setting, options)),
    () => (options.build === undefined ? serve(options) : buildViewer(options.build)),
  ),
);
await run(command);

async function serve(options: ViewerOptions): Promise<void> {
  const { target, port } = options;
  if (target === undefined) throw misuse("--target", "it is missing: name a server, or a folder with --build");
  const web = mkdtempSync(join(tmpdir(), "rfb-viewer-"));
  try {
    await buildViewer(web);
    const page = `http://127.0.0.1:${port}`;
    const settings = {
      ...readSecurityOptions(options),
      ...{ target, web, listen: [`ws://127.0.0.1:${port}/websockify`], origins: [page, `http://localhost:${port}`] },
    };
    const proxy = await startProxy(settings, { log });
    console.log(`\nOpen ${page}/ in a browser; Ctrl-C ends it.\n`);
    await new Promise<void>((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
    await proxy.drain(0);
  } finally {
    rmSync(web, { recursive: true });
  }
}
