/**
 * `rfb snapshot`: a server's screen as a PNG.
 *
 * @module
 */

import { accessSync, constants, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Command } from "commander";
import { encode } from "fast-png";
import type { ServerKeyCheck } from "../auth/mod.ts";
import { RfbError } from "../codec/errors.ts";
import { nodeCompression } from "../compression/node.ts";
import { type ClientConnection, createRfbClient, joinServer } from "../endpoints/mod.ts";
import { negotiatedFacts } from "../proxy/log.ts";
import { parseSnapshotSettings, type SnapshotSettings } from "../proxy/settings.ts";
import { createSimdSurface } from "../simd/mod.ts";
import { connectTarget, nameOfTarget, reachOf } from "./connect.ts";
import { Fault, misuse, reasonOf } from "./fault.ts";
import { defaultKnownHosts, serverKeyCheck } from "./known_hosts.ts";
import { createLog, factsOf, type Log } from "./log.ts";
import { checkPems } from "./pem.ts";
import { type Prompt, terminalPrompt } from "./prompt.ts";
import { reportFaults } from "./report.ts";
import { type ClientSecurity, clientSecurity } from "./security.ts";
import {
  addSecurityOptions,
  flagOf,
  numberOf,
  readSecurityOptions,
  SCHEME_HELP,
  type SecurityOptions,
} from "./security_options.ts";

interface SnapshotOptions extends SecurityOptions {
  readonly output?: string;
  readonly timeout?: number;
}

/** The subcommand. */
export function snapshotCommand(): Command {
  const command = new Command("snapshot")
    .description("Write a VNC server's screen to a PNG file.")
    .argument("<target>", "HOST:PORT, HOST:DISPLAY, HOST::PORT, unix:PATH, or a ws:// or wss:// URL")
    .option("-o, --output <file>", "where to write the PNG, - for stdout; needed");
  addSecurityOptions(command, "for servers that ask for one")
    .option("--timeout <ms>", "for all of it, but for what is asked here (default: 15000)", numberOf)
    .addHelpText("after", `${SCHEME_HELP}\n${EXAMPLES}`)
    .action(async (target: string, options: SnapshotOptions) => {
      const log = createLog("text");
      const nameOf = (setting: string): string => (setting === "target" ? "the target" : flagOf(setting, options));
      await reportFaults(log, nameOf, () => snapshot(target, options, log));
    });
  return command;
}

async function snapshot(target: string, options: SnapshotOptions, log: Log): Promise<void> {
  const settings = parseSnapshotSettings({ ...readSecurityOptions(options), target, timeout: options.timeout });
  checkPems(settings);
  const write = writerTo(options.output);
  const { png, said } = await takePng(settings, log);
  write(png);
  process.stderr.write(`${said}\n`);
}

/** The screen as a PNG, and what to say of it. @throws {Fault} also when it takes too long, or is interrupted */
async function takePng(
  settings: SnapshotSettings,
  log: Log,
): Promise<{ readonly png: Uint8Array; readonly said: string }> {
  const { target, timeout } = settings;
  const server = nameOfTarget(target);
  let stage = "connecting";
  const over = new AbortController();
  const { signal } = over;
  const late = (): void =>
    over.abort(new Fault(1, `Cannot take a snapshot of ${server}: ${stage} was not done after ${timeout} ms`));
  let timer = setTimeout(late, timeout);
  const terminal = terminalPrompt();
  // Whoever is asked takes the time that it takes.
  const prompt: Prompt | undefined = terminal && {
    ...terminal,
    async ask(question, options) {
      clearTimeout(timer);
      try {
        return await terminal.ask(question, { ...options, signal });
      } finally {
        if (!signal.aborted) timer = setTimeout(late, timeout);
      }
    },
  };
  const interrupt = (): void => over.abort(new Fault(1, "Interrupted: nothing was written"));
  let client: ClientConnection | undefined;
  let unavailable: ClientSecurity["unavailable"] = [];
  const end = (): void => client?.transport.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const security = clientSecurity(settings, {
      reach: reachOf(target),
      server,
      prompt,
      trustsServerKey: keyCheckOf(settings, server, prompt, log),
    });
    const { authentication, tls } = security;
    unavailable = security.unavailable;
    for (const message of security.warnings) log({ event: "warning", message });
    const transport = await connectTarget(target, { signal, tls });
    stage = "security";
    client = await joinServer(transport, { authentication, tls, signal });
    stage = "the picture";
    signal.addEventListener("abort", end);
    const image = await createRfbClient(client, {
      compression: await nodeCompression({ jpegModule: false }),
      createSurface: createSimdSurface,
    }).screenshot();
    const { session } = client;
    const facts = factsOf(negotiatedFacts(session, session, client.transport));
    await client.close();
    const { width, height } = image;
    if (width * height === 0) throw new Fault(1, "Cannot write a PNG: the server's screen has no pixels");
    const png = encode({ ...image, channels: 4, depth: 8 });
    return { png, said: [`${width}x${height}`, ...facts].join(", ") };
  } catch (error) {
    signal.throwIfAborted();
    throw withMissing(error, unavailable);
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    end(); // a server that does not close would keep the process
  }
}

/** Where nothing is said of keys, only a person can know one. */
function keyCheckOf(
  { serverKey, knownHosts }: SnapshotSettings,
  server: string,
  prompt: Prompt | undefined,
  log: Log,
): ServerKeyCheck | undefined {
  const warn = (message: string): void => log({ event: "warning", message });
  const file = knownHosts ?? (prompt === undefined ? undefined : defaultKnownHosts());
  if (serverKey === undefined && file === undefined) return undefined;
  return serverKeyCheck({ server, serverKey, knownHosts: file, prompt, warn });
}

/** Where the server offers nothing that may be used, what may not for want of something is worth telling. */
function withMissing(error: unknown, unavailable: ClientSecurity["unavailable"]): unknown {
  const isChoice = error instanceof RfbError && error.code === "authentication" && error.act !== "Cannot pass security";
  if (!isChoice || unavailable.length === 0) return error;
  const missing = unavailable.map(({ name, reason }) => `${name} (${reason})`).join(", ");
  return new Fault(1, `${error.message}; not available: ${missing}`, { cause: error });
}

type Write = (png: Uint8Array) => void;

function writerTo(output: string | undefined): Write {
  if (output === undefined) throw misuse("-o", "it is missing: name a file, or - for stdout");
  return output === "-" ? toStdout() : toFile(output);
}

function toStdout(): Write {
  if (process.stdout.isTTY) throw misuse("-o -", "stdout is a terminal: redirect it, or name a file");
  return (png) => void process.stdout.write(png);
}

/** Checks the place now, and puts the file there later: whole, or not at all. */
function toFile(name: string): Write {
  const fault = (reason: string): Fault => misuse(`-o ${name}`, reason);
  const file = existing(name) ?? name; // a link stays one
  const folder = dirname(file);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw fault(`its folder: ${reasonOf(error)}`);
  }
  if (existing(name) !== undefined && !statSync(file).isFile())
    throw fault("that is no file: name another, or - for stdout");
  return (png) => {
    const partial = join(folder, `.${basename(file)}.${process.pid}.partial`);
    try {
      writeFileSync(partial, png, { flag: "wx" });
      renameSync(partial, file);
    } catch (error) {
      // One that was there before is not ours.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") rmSync(partial, { force: true });
      throw new Fault(1, `Cannot write ${name}: ${reasonOf(error)}`);
    }
  };
}

function existing(name: string): string | undefined {
  try {
    return realpathSync(name);
  } catch {
    return undefined;
  }
}

const EXAMPLES = `
Examples:
  $ rfb snapshot vm.example:1 -o screen.png --ca ca.pem
  $ rfb snapshot vm.example:5900 -o screen.png --auth x509vnc --ca ca.pem --password-file ./password
  $ rfb snapshot ws://127.0.0.1:8080/websockify --auth none -o - > screen.png`;
