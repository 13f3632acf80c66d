/**
 * The keys of servers that have no certificate: which one is whose, in a file.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { ServerKeyCheck } from "../auth/mod.ts";
import { SettingsError } from "../proxy/settings.ts";
import { Fault, reasonOf } from "./fault.ts";
import type { Prompt } from "./prompt.ts";

/** What a server's key is checked by. */
export interface KeyCheckOptions {
  /** Its name in the file. */
  readonly server: string;
  /** The fingerprint of the only key that is right. */
  readonly serverKey?: string | undefined;
  readonly knownHosts?: string | undefined;
  /** Who decides about a key that is not in the file; nobody: it is trusted, for the operator has named the file. */
  readonly prompt?: Prompt | undefined;
  /** Told of a key that was trusted unseen, or for a few of its bits. */
  readonly warn: (message: string) => void;
}

/** Where the keys are that somebody at a terminal has said yes to. */
export function defaultKnownHosts(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "rfb", "known_hosts");
}

/**
 * Whether a server's key is pinned, or the one that the file has for it. One that is not in the file yet is put there.
 *
 * @throws {SettingsError} a file that cannot be read
 */
export function serverKeyCheck(options: KeyCheckOptions): ServerKeyCheck {
  const { serverKey, knownHosts, prompt, warn } = options;
  const server = options.server.replace(/\s/g, encodeURIComponent);
  if (knownHosts !== undefined) keysOf(server, knownHosts); // now, not with the first connection
  let isWarned = false;
  return async ({ bytes, fingerprint }) => {
    const full = `SHA256:${createHash("sha256").update(bytes).digest("base64").replace("=", "")}`;
    const shown = `${full} (${fingerprint})`;
    if (serverKey !== undefined) {
      if (serverKey === fingerprint && !isWarned) {
        isWarned = true;
        warn(`--server-key ${fingerprint} tells 64 bits of ${server}'s key, ${full} all of it`);
      }
      if (serverKey === full || serverKey === fingerprint) return true;
      throw distrust(server, `it shows ${shown}, and --server-key is ${serverKey}`);
    }
    if (knownHosts === undefined) throw distrust(server, `it shows ${shown}: ${COMPARE}`);
    const known = keysOf(server, knownHosts);
    if (known.includes(full)) return true;
    if (known.length > 0) {
      const was = `it shows ${shown}, and ${knownHosts} has ${known.join(", ")}`;
      throw distrust(server, `${was}: somebody stands in between, or it has a new key, and its line there is to go`);
    }
    if (prompt === undefined) {
      warn(`${server} shows a key for the first time, ${shown}: it is the only one to be trusted from here on`);
    } else {
      prompt.say(`Nothing is known yet of the key of ${server}: ${shown}`);
      const answer = await prompt.ask("Is it the right one? Type yes to trust it from here on:");
      if (answer.trim().toLowerCase() !== "yes") throw distrust(server, "you did not say yes");
    }
    remember(knownHosts, `${server} ${full}`);
    return true;
  };
}

/** The keys that the file has for a server. @throws {SettingsError} */
function keysOf(server: string, file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new SettingsError("knownHosts", reasonOf(error));
  }
  return text.split("\n").flatMap((line, i) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, key] = /^(\S+)\s+(SHA256:[A-Za-z0-9+/]{43})\s*$/.exec(line) ?? [];
    if (key === undefined) throw new SettingsError("knownHosts", `its line ${i + 1} is not HOST:PORT SHA256:…`);
    return name !== undefined && folded(name) === folded(server) ? [key] : [];
  });
}

/** Hosts have no case; the paths of Unix sockets do. */
function folded(server: string): string {
  return server.includes("/") && !server.includes("://") ? server : server.toLowerCase();
}

function remember(file: string, line: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Editors may leave the last line without its end: two in one are none, and shut every server out.
    const isOpenEnded = existsSync(file) && !/(^|\n)$/.test(readFileSync(file, "utf8"));
    appendFileSync(file, `${isOpenEnded ? "\n" : ""}${line}\n`, { mode: 0o600 });
  } catch (error) {
    throw new Fault(1, `Cannot write ${file}: ${reasonOf(error)}`);
  }
}

function distrust(server: string, reason: string): Fault {
  return new Fault(1, `Cannot trust the key of ${server}: ${reason}`);
}

const COMPARE = "compare it with the server's own, and name it with --server-key, or let --known-hosts take it";
