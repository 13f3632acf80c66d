/**
 * The flags about the VNC server's security, which all subcommands share.
 *
 * @module
 */

import type { Command } from "commander";
import type { SecuritySettingsInput } from "../proxy/settings.ts";
import { readSecret, readText } from "./files.ts";
import { schemeHelp } from "./scheme_table.ts";

/** What commander makes of the flags. */
export interface SecurityOptions {
  readonly auth?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly verifyHostname: boolean;
  readonly minTls?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly targetName?: string;
  readonly sasl?: string;
  readonly serverKey?: string;
  readonly knownHosts?: string;
}

/** Adds the flags to a subcommand. */
export function addSecurityOptions(command: Command, certificateUse: string): Command {
  return command
    .option("--auth <names>", "schemes that may be used, best first, with commas in between (default: vencrypt)")
    .option("--ca <file>", "authorities to trust, PEM (default: those that Node brings)")
    .option("--cert <file>", `our certificate, PEM: ${certificateUse}`)
    .option("--key <file>", "its private key, PEM")
    .option("--server-name <name>", "the name that the server's certificate must have, instead of the target's host")
    .option("--no-verify-hostname", "accept a certificate made out to another name")
    .option("--min-tls <version>", "oldest TLS to accept from the server: 1.2 or 1.3 (default: 1.2)")
    .option("--sasl <names>", "SASL mechanisms, best first (default: SCRAM-SHA-256,SCRAM-SHA-1, and over x509 PLAIN)")
    .option("--server-key <fingerprint>", "the one key that a server without certificate may show")
    .option("--known-hosts <file>", "the keys of such servers; what the first connection shows is put there")
    .option("--username <name>", "for the schemes with users (or RFB_USERNAME)")
    .option("--password-file <file>", "holds the password; a final line end does not count (or RFB_PASSWORD)")
    .option("--target-name <name>", "for xvp: the machine to reach");
}

/** Explains the names, below the flags. */
export const SCHEME_HELP: string = schemeHelp();

/** Reads the files that the flags name. An empty variable of the environment is none. @throws {Fault} */
export function readSecurityOptions(options: SecurityOptions): SecuritySettingsInput {
  const { RFB_USERNAME, RFB_PASSWORD } = process.env;
  return {
    auth: options.auth?.split(",").filter((name) => name.trim() !== ""),
    ca: options.ca === undefined ? undefined : readText("--ca", options.ca),
    cert: options.cert === undefined ? undefined : readText("--cert", options.cert),
    key: options.key === undefined ? undefined : readText("--key", options.key),
    serverName: options.serverName,
    verifyHostname: options.verifyHostname,
    minTls: options.minTls,
    username: options.username ?? (RFB_USERNAME || undefined),
    password:
      options.passwordFile === undefined
        ? RFB_PASSWORD || undefined
        : readSecret("--password-file", options.passwordFile),
    targetName: options.targetName,
    sasl: options.sasl?.split(",").filter((name) => name.trim() !== ""),
    serverKey: options.serverKey,
    knownHosts: options.knownHosts,
  };
}

/** The flag that a setting comes from, with the file that it names. */
export function flagOf(setting: string, options: object): string {
  const flag = FLAGS[setting] ?? `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const file = FILES[setting] === undefined ? undefined : (options as Record<string, unknown>)[FILES[setting]];
  return typeof file === "string" ? `${flag} ${file}` : flag;
}

const FLAGS: Readonly<Record<string, string>> = {
  clientPassword: "--client-password-file",
  origins: "--origin",
  password: "--password-file",
  verifyHostname: "--no-verify-hostname",
};

/** Settings that hold what a file holds, and the option that names it. */
const FILES: Readonly<Record<string, string>> = {
  ca: "ca",
  cert: "cert",
  clientCa: "clientCa",
  clientCert: "clientCert",
  clientKey: "clientKey",
  clientPassword: "clientPasswordFile",
  clientRsaKey: "clientRsaKey",
  clientUsers: "clientUsers",
  knownHosts: "knownHosts",
  key: "key",
  listenCert: "listenCert",
  listenKey: "listenKey",
  password: "passwordFile",
  web: "web",
};

/** A flag's number, or the text where it is none: the settings' check says what is wrong with it. */
export function numberOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : (text as never);
}

/** Collects a flag that may be given more than once. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
