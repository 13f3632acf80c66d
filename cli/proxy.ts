/**
 * `rfb proxy`: stands between clients that speak no security and a server that demands it.
 *
 * @module
 */

import { Command, Option } from "commander";
import { readText } from "./files.ts";
import { createLog, type Log, type LogFormat } from "./log.ts";
import { reportFaults } from "./report.ts";
import {
  addSecurityOptions,
  collect,
  flagOf,
  numberOf,
  readSecurityOptions,
  SCHEME_HELP,
  type SecurityOptions,
} from "./security_options.ts";
import { type RunningProxy, startProxy } from "./serve.ts";

interface ProxyOptions extends SecurityOptions {
  readonly listen?: readonly string[];
  readonly target?: string;
  readonly listenCert?: string;
  readonly listenKey?: string;
  readonly handshakeTimeout?: number;
  readonly maxConnections?: number;
  readonly drainTimeout?: number;
  readonly web?: string;
  readonly origin?: readonly string[];
  readonly log: LogFormat;
}

/** The subcommand. */
export function proxyCommand(): Command {
  const command = new Command("proxy")
    .description("Let clients that speak no security reach a VNC server that demands it.")
    .option("--listen <url>", "tcp://HOST:PORT, ws://HOST:PORT/PATH or wss://…; needed, and may be repeated", collect)
    .option("--target <server>", "HOST:PORT, HOST:DISPLAY, HOST::PORT or unix:PATH; needed");
  addSecurityOptions(command, "for wss:// listeners, and for servers that ask for one")
    .option("--listen-cert <file>", "another certificate for wss:// listeners, PEM")
    .option("--listen-key <file>", "its private key, PEM")
    .option("--handshake-timeout <ms>", "for everything before a session, HTTP included (default: 10000)", numberOf)
    .option("--max-connections <n>", "clients at a time (default: no limit)", numberOf)
    .option("--drain-timeout <ms>", "how long sessions go on after SIGTERM (default: 5000)", numberOf)
    .option("--web <folder>", "serve these files over the ws:// and wss:// listeners' HTTP")
    .option("--origin <sites>", "web sites whose pages may connect, such as https://HOST; may be repeated", collect)
    .addOption(new Option("--log <format>", "how to log on stderr").choices(["text", "json"]).default("text"))
    .addHelpText("after", `${SCHEME_HELP}\n${EXAMPLES}`)
    .action(async (options: ProxyOptions) => {
      const log = createLog(options.log);
      await reportFaults(
        log,
        (setting) => flagOf(setting, options),
        async () => {
          await untilSignalled(await startProxy(settingsOf(options), { log }), log);
        },
      );
    });
  return command;
}

function settingsOf(options: ProxyOptions): Parameters<typeof startProxy>[0] {
  const { listenCert, listenKey, origin } = options;
  return {
    ...readSecurityOptions(options),
    // Not commander's requiredOption: that complains before it would tell of a flag misspelt.
    listen: options.listen ?? [],
    target: options.target as string,
    listenCert: listenCert === undefined ? undefined : readText("--listen-cert", listenCert),
    listenKey: listenKey === undefined ? undefined : readText("--listen-key", listenKey),
    handshakeTimeout: options.handshakeTimeout,
    maxConnections: options.maxConnections,
    drainTimeout: options.drainTimeout,
    web: options.web,
    origins: origin?.flatMap((sites) => sites.split(",")).map((site) => site.trim()),
  };
}

/** The first signal lets sessions end, the second ends them. */
async function untilSignalled(running: RunningProxy, log: Log): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(0);
      stopping = true;
      log({ event: "stopping", connections: running.connections, milliseconds: running.drainTimeout });
      running.drain().then(resolve, reject);
    };
    process.on("SIGTERM", stop).on("SIGINT", stop);
  });
  log({ event: "stopped" });
  // Sockets that wait for their peer to close would keep the process for a while yet.
  process.exit(0);
}

const EXAMPLES = `
Examples:
  A local port for a viewer that knows no VeNCrypt:
    $ rfb proxy --listen tcp://127.0.0.1:5901 --target vm.example:5900 --ca ca.pem

  noVNC in a browser, with a client certificate and a password towards the server:
    $ rfb proxy --listen ws://127.0.0.1:8080/websockify --web ./novnc --origin http://127.0.0.1:8080 \\
        --target vm.example:1 --auth x509vnc --ca ca.pem --cert client.pem --key client-key.pem \\
        --password-file ./password`;
