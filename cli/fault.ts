/**
 * How the command fails: one line, and an exit code.
 *
 * @module
 */

import type { CommanderError } from "commander";
import { printable } from "../codec/text.ts";
import { SettingsError } from "../proxy/settings.ts";

/** 1: it did not work out. 2: it could not begin, and the operator has to change something. */
export type ExitCode = 1 | 2;

/** A failure in words for the operator. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** What cannot be used, by the name that the operator knows it under. */
export function misuse(name: string, reason: string): Fault {
  return new Fault(2, `Cannot use ${name}: ${reason}`);
}

/** A failure of any kind. `nameOf` tells which flag a setting comes from. */
export function faultOf(error: unknown, nameOf: (setting: string) => string): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof SettingsError) return misuse(nameOf(error.setting), error.reason);
  return new Fault(1, error instanceof Error ? error.message : String(error), { cause: error });
}

/** What commander says of a command line, on one line and with the next step. */
export function faultOfCommandLine(error: CommanderError, command: string): Fault {
  const line = error.message.replace(/^error: /, "").replace(/\.?\s*\n\s*/g, " ");
  // "--password=secret" is no flag of ours, and what follows it no word for a terminal.
  const safe = line.replace(/^(unknown option '(?:--[^=']*|-[^-'])).*'(?= \(Did|$)/s, "$1'");
  return new Fault(2, `${safe}; see ${command} --help`);
}

/** What the operator gets to see on a host's error: without the call that failed, and with what it means. */
export function reasonOf(error: unknown): string {
  // From a name with several addresses, one error each and no words of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code = "", message = String(first) } = first as { readonly code?: unknown; readonly message?: string };
  const known = REASONS[String(code)];
  return known === undefined ? printable(message) : `${known} (${code})`;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "not permitted",
  EADDRINUSE: "something else listens there",
  EADDRNOTAVAIL: "this machine has no such address",
  EAI_AGAIN: "the name cannot be looked up now",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the other end broke the connection off",
  EHOSTUNREACH: "no way there",
  EISDIR: "it is a folder",
  ENETUNREACH: "no way there",
  ENOENT: "no such file",
  ENOTDIR: "no such folder",
  ENOTFOUND: "no such host",
  ENOTSOCK: "it is no socket",
  EPERM: "not permitted",
  EROFS: "it cannot be written to",
  ETIMEDOUT: "no answer",
};
