/**
 * What the command tells its operator: a line each, on stderr.
 *
 * @module
 */

import { printable } from "../codec/text.ts";
import type { ProxyLogEntry } from "../proxy/mod.ts";
import { printableJson } from "./printable_json.ts";

/** What there is to tell. */
export type LogEvent =
  | ProxyLogEntry
  | { readonly event: "listening"; readonly address: string }
  /** The schemes that may be used towards the server, best first. */
  | { readonly event: "schemes"; readonly schemes: readonly string[] }
  /** The schemes that clients are offered, in this order. */
  | { readonly event: "clientSchemes"; readonly schemes: readonly string[] }
  /** A scheme that was named and cannot be used. */
  | { readonly event: "unavailable"; readonly scheme: string; readonly reason: string }
  | { readonly event: "warning"; readonly message: string }
  /** Open connections have so long to end. */
  | { readonly event: "stopping"; readonly connections: number; readonly milliseconds: number }
  | { readonly event: "stopped" }
  /** The command failed. */
  | { readonly event: "fault"; readonly message: string };

export type Log = (event: LogEvent) => void;

/** As the operator asks for it: lines for people, or JSON objects. */
export type LogFormat = "text" | "json";

/** A log on stderr. Colours only where it is a terminal and nobody minds. */
export function createLog(format: LogFormat): Log {
  const { stderr } = process;
  // It heeds NO_COLOR and TERM.
  const coloured = stderr.isTTY && stderr.hasColors();
  return (event) => {
    const json = (): string => printableJson({ time: new Date().toISOString(), ...event });
    const line = format === "json" ? json() : paint(printable(lineOf(event)), event, coloured);
    stderr.write(`${line}\n`);
  };
}

/** One event for people. */
export function lineOf(event: LogEvent): string {
  switch (event.event) {
    case "listening":
      return `listening on ${event.address}`;
    case "schemes":
      return `schemes towards the server, in this order: ${event.schemes.join(", ")}`;
    case "clientSchemes":
      return `schemes towards clients, in this order: ${event.schemes.join(", ")}`;
    case "unavailable":
      return `not available: ${event.scheme}: ${event.reason}`;
    case "warning":
      return `warning: ${event.message}`;
    case "stopping":
      return `stopping: ${event.connections} open, ${timeOf(event.milliseconds)} left for them`;
    case "stopped":
      return "stopped";
    case "fault":
      return `rfb: ${event.message}`;
    case "negotiated":
      return `${headOf(event)} ${[...factsOf(event), timeOf(event.milliseconds)].join(", ")}`;
    case "failed": {
      const facts = [...factsOf(event), ...offersOf(event), timeOf(event.milliseconds)];
      return `${headOf(event)} at ${event.stage}: ${event.reason}; ${facts.join(", ")}`;
    }
    case "closed": {
      const { bytesToServer = 0, bytesToClient = 0 } = event;
      const bytes = `${bytesToServer} bytes to the server, ${bytesToClient} to the client`;
      return `${headOf(event)} ${event.reason}, ${bytes}, ${timeOf(event.milliseconds)}`;
    }
  }
}

/** What was agreed on, as far as it is known: versions, security, TLS, certificate. */
export function factsOf(entry: Partial<ProxyLogEntry>): string[] {
  const { clientSecurityPath: path = [] } = entry;
  // Of a client that has shown nothing the version is all there is to tell.
  const client = ["client", entry.clientVersion, ...(path[0] === "None (1)" ? [] : path)];
  const server = [
    "server",
    entry.serverVersion,
    ...(entry.securityPath ?? [entry.securityType, entry.vencryptSubtype]),
  ];
  return [
    ...(entry.clientVersion === undefined ? [] : [worded(client)]),
    ...(entry.serverVersion === undefined ? [] : [worded(server)]),
    ...(entry.tlsVersion === undefined ? [] : [worded([entry.tlsVersion, entry.tlsCipher])]),
    ...(entry.certificateSubject === undefined ? [] : [certificateOf(entry)]),
  ];
}

/** What the server offered: what was chosen of it is told with the rest. */
function offersOf({ securityTypes = [], vencryptSubtypes = [] }: ProxyLogEntry): string[] {
  return [securityTypes, vencryptSubtypes].flatMap((offered) =>
    offered.length > 0 ? [`offered ${offered.join(" ")}`] : [],
  );
}

function certificateOf({ certificateSubject, certificateExpiry }: Partial<ProxyLogEntry>): string {
  return certificateExpiry === undefined
    ? `${certificateSubject}`
    : `${certificateSubject} until ${certificateExpiry.slice(0, 10)}`;
}

function headOf({ connection, event, client }: ProxyLogEntry): string {
  return worded([`${connection}`, event, client]);
}

function worded(words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join(" ");
}

function timeOf(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds} ms` : `${Math.round(milliseconds / 1000)} s`;
}

function paint(line: string, { event }: LogEvent, coloured: boolean): string {
  const colour = event === "failed" || event === "fault" ? RED : event === "warning" ? YELLOW : undefined;
  return coloured && colour !== undefined ? `${colour}${line}${PLAIN}` : line;
}

const RED = "\x1b[31m";
const YELLOW = "\x1b[33m";
const PLAIN = "\x1b[39m";
