// What the Worker is configured with. It lets nobody in before all of that is right.

import { type CryptoKey, importSPKI } from "jose";
import { parseTarget, type Target } from "rfb-codec/proxy";
import type { Sessions } from "./sessions.ts";

/** The Worker's bindings. workerd has null for what is not set. */
export interface Env {
  /** The key that verifies tokens, PEM. ES256: its other half, which signs them, stays with whoever gives them out. */
  readonly TOKEN_KEY: string;
  /** Whom tokens must be for. */
  readonly TOKEN_AUDIENCE: string;
  /** The servers that tokens may name, with spaces between: `vm.example:5900 other.example:5901`. */
  readonly TARGETS: string;
  /** How many sessions a server may have at a time: 10 when absent. */
  readonly MAX_SESSIONS?: string | null;
  /** What the servers ask for, the same of all of them. */
  readonly VNC_USERNAME?: string | null;
  readonly VNC_PASSWORD?: string | null;
  readonly SESSIONS: {
    getByName(name: string): Pick<Sessions, "begin">;
  };
}

/** The same, read. */
export interface Settings {
  readonly key: CryptoKey;
  readonly audience: string;
  /** By the names that tokens have for them. */
  readonly targets: ReadonlyMap<string, Address>;
  readonly maxSessions: number;
  readonly credentials: { readonly username?: string; readonly password?: string };
  readonly sessions: Env["SESSIONS"];
}

/** Where a server is. */
export type Address = Extract<Target, { type: "tcp" }>;

/** @throws {TypeError} a binding that is missing or none that can be used */
export async function readSettings(env: Env): Promise<Settings> {
  if (typeof env.SESSIONS?.getByName !== "function") throw unusable("SESSIONS", "it is no Durable Object's namespace");
  const username = textOf(env, "VNC_USERNAME");
  const password = textOf(env, "VNC_PASSWORD");
  return {
    key: await keyOf(required(env, "TOKEN_KEY")),
    audience: required(env, "TOKEN_AUDIENCE"),
    targets: targetsOf(required(env, "TARGETS")),
    maxSessions: countOf(env.MAX_SESSIONS ?? "10"),
    credentials: { ...(username !== undefined && { username }), ...(password !== undefined && { password }) },
    sessions: env.SESSIONS,
  };
}

type TextName = Exclude<keyof Env, "SESSIONS">;

function required(env: Env, name: TextName): string {
  const text = textOf(env, name);
  if (text === undefined) throw unusable(name, "it is missing");
  return text;
}

function textOf(env: Env, name: TextName): string | undefined {
  const value: unknown = env[name] ?? undefined;
  if (value !== undefined && (typeof value !== "string" || value === "")) throw unusable(name, "it is no text");
  return value;
}

async function keyOf(pem: string): Promise<CryptoKey> {
  try {
    return await importSPKI(pem, "ES256");
  } catch (cause) {
    throw unusable("TOKEN_KEY", "it is no public key for ES256, PEM", cause);
  }
}

function targetsOf(list: string): ReadonlyMap<string, Address> {
  const names = list.split(/\s+/).filter((name) => name !== "");
  if (names.length === 0) throw unusable("TARGETS", "it names no server");
  return new Map(names.map((name) => [name, addressOf(name)]));
}

function addressOf(name: string): Address {
  try {
    const target = parseTarget(name);
    if (target.type === "tcp") return target;
  } catch (cause) {
    throw unusable("TARGETS", `${JSON.stringify(name)} is no target`, cause);
  }
  throw unusable("TARGETS", "a Worker reaches no Unix sockets");
}

function countOf(text: unknown): number {
  // wrangler's variables may be numbers.
  if (!/^[1-9]\d{0,8}$/.test(String(text))) throw unusable("MAX_SESSIONS", "it is no number from 1 on");
  return Number(text);
}

function unusable(name: keyof Env, reason: string, cause?: unknown): TypeError {
  return new TypeError(`Cannot use ${name}: ${reason}`, { cause });
}
