/**
 * `rfb proxy`: stands between clients that speak no security and a server that demands it.
 *
 * @module
 */

import { Command, Option } from "commander";
import { type CredentialName, schemesNamed } from "../auth/mod.ts";
import { type ProxySettingsInput, parseProxySettings } from "../proxy/settings.ts";
import { nameOfTarget } from "./connect.ts";
import { askFor, givenCredentials } from "./credentials.ts";
import { readSecret, readText } from "./files.ts";
import { createLog, type Log, type LogFormat } from "./log.ts";
import { type Prompt, terminalPrompt } from "./prompt.ts";
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
  readonly clientAuth?: string;
  readonly clientPasswordFile?: string;
  readonly clientUsers?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly clientCa?: string;
  readonly clientMaxTls?: string;
  readonly clientRsaKey?: string;
  readonly failureDelay?: number;
  readonly maxHandshakes?: number;
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
    .description("Let clients that speak no security, or another one, reach a VNC server that demands it.")
    .option("--listen <url>", "tcp://HOST:PORT, ws://HOST:PORT/PATH or wss://…; needed, and may be repeated", collect)
    .option("--target <server>", "HOST:PORT, HOST:DISPLAY, HOST::PORT or unix:PATH; needed");
  addSecurityOptions(command, "for wss:// listeners, and for servers that ask for one")
    .option("--listen-cert <file>", "another certificate for wss:// listeners, PEM")
    .option("--listen-key <file>", "its private key, PEM")
    .option("--client-auth <names>", "schemes that clients are offered, in this order (default: none)")
    .option("--client-password-file <file>", "the password that clients have to know, for schemes without users")
    .option("--client-users <file>", "the users that may come in, a line of rfb user each, for schemes with users")
    .option(
      "--client-cert <file>",
      "another certificate for clients in x509 schemes, PEM (default: --listen-cert, --cert)",
    )
    .option("--client-key <file>", "its private key, PEM")
    .option("--client-ca <file>", "demand a certificate of clients in x509 schemes, from these authorities, PEM")
    .option(
      "--client-max-tls <version>",
      "newest TLS in x509 schemes of clients: 1.2 for TigerVNC up to 1.12 (default: 1.3)",
    )
    .option("--client-rsa-key <file>", "the key that clients are shown in schemes such as ra2, PEM")
    .option("--failure-delay <ms>", "how long a wrong password waits for its refusal (default: 2000)", numberOf)
    .option("--max-handshakes <n>", "clients of one address that authenticate at a time (default: 10)", numberOf)
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
          const settings = await withAnswers(settingsOf(options), terminalPrompt());
          await untilSignalled(await startProxy(settings, { log }), log);
        },
      );
    });
  return command;
}

function settingsOf(options: ProxyOptions): Parameters<typeof startProxy>[0] {
  const { listenCert, listenKey, clientCert, clientKey, clientCa, clientRsaKey, clientUsers, origin } = options;
  return {
    ...readSecurityOptions(options),
    // Not commander's requiredOption: that complains before it would tell of a flag misspelt.
    listen: options.listen ?? [],
    target: options.target as string,
    listenCert: listenCert === undefined ? undefined : readText("--listen-cert", listenCert),
    listenKey: listenKey === undefined ? undefined : readText("--listen-key", listenKey),
    clientAuth: options.clientAuth?.split(",").filter((name) => name.trim() !== ""),
    clientPassword:
      options.clientPasswordFile === undefined
        ? undefined
        : readSecret("--client-password-file", options.clientPasswordFile),
    clientUsers: clientUsers === undefined ? undefined : readText("--client-users", clientUsers),
    clientCert: clientCert === undefined ? undefined : readText("--client-cert", clientCert),
    clientKey: clientKey === undefined ? undefined : readText("--client-key", clientKey),
    clientCa: clientCa === undefined ? undefined : readText("--client-ca", clientCa),
    clientMaxTls: options.clientMaxTls,
    clientRsaKey: clientRsaKey === undefined ? undefined : readText("--client-rsa-key", clientRsaKey),
    failureDelay: options.failureDelay,
    maxHandshakes: options.maxHandshakes,
    handshakeTimeout: options.handshakeTimeout,
    maxConnections: options.maxConnections,
    drainTimeout: options.drainTimeout,
    web: options.web,
    origins: origin?.flatMap((sites) => sites.split(",")).map((site) => site.trim()),
  };
}

/**
 * What the schemes of `--auth` need and nobody has given is asked for, once, where somebody is there to ask: a connection
 * would wait for an answer in vain. An empty answer gives nothing.
 */
async function withAnswers(settings: ProxySettingsInput, prompt: Prompt | undefined): Promise<ProxySettingsInput> {
  if (prompt === undefined || settings.auth === undefined) return settings;
  const checked = parseProxySettings(settings);
  const needs = new Set(schemesNamed(checked.auth.filter((name) => name !== "vencrypt")).flatMap(({ needs }) => needs));
  const given = givenCredentials(checked);
  const answers: Partial<Record<CredentialName, string>> = {};
  for (const name of needs) {
    if (given[name] !== undefined) continue;
    if (Object.keys(answers).length === 0) prompt.say(`For ${nameOfTarget(checked.target)}, where --auth needs it:`);
    answers[name] = await askFor(name, prompt);
  }
  return {
    ...settings,
    username: settings.username ?? (answers.username || undefined),
    password: settings.password ?? (answers.password || undefined),
    targetName: settings.targetName ?? (answers.target || undefined),
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
        --password-file ./password

  noVNC with a password of its own, over wss, in front of a server that knows RSA-AES:
    $ rfb user ada >> ./users
    $ rfb proxy --listen wss://0.0.0.0:443/websockify --listen-cert proxy.pem --listen-key proxy-key.pem \\
        --client-auth plain --client-users ./users --target vm.example:5900 --auth ra2 --username ada \\
        --password-file ./password --known-hosts ./known_hosts`;
