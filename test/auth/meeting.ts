import {
  type ClientAuthentication,
  chooseSecurityType,
  clientExchange,
  type ServerAuthentication,
  securityTypesOf,
  serverExchange,
} from "../../auth/mod.ts";
import { type ClientHandshake, createClientHandshake } from "../../codec/handshake/client_handshake.ts";
import type { RecordLayer, TlsKind } from "../../codec/handshake/exchange.ts";
import type { Version } from "../../codec/handshake/protocol_version.ts";
import { createServerHandshake, type ServerHandshake } from "../../codec/handshake/server_handshake.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import type { Session } from "../../codec/session.ts";
import { hexOf, join } from "../codec/bytes.ts";

/** Who meets whom, and how. */
export interface MeetingOptions {
  readonly client: ClientAuthentication;
  readonly server: ServerAuthentication;
  /** The version that the server greets with, and the client then answers. */
  readonly version?: Version;
  /** Bytes that arrive at a time; all that were sent when absent. */
  readonly chunk?: number;
}

/** How it went for one of them. */
export interface Outcome {
  readonly error: unknown;
  readonly session: Session;
  /** Hexadecimal: all that it sent in clear, and all that it sent through TLS or records. */
  readonly clear: string;
  readonly secured: string;
  readonly tls: TlsKind | undefined;
}

interface Side {
  readonly name: "client" | "server";
  readonly handshake: ClientHandshake | ServerHandshake;
  readonly inbox: Uint8Array[];
  readonly clear: Uint8Array[];
  readonly secured: Uint8Array[];
  tls: TlsKind | undefined;
  records: RecordLayer | undefined;
  /** At its startTls, waiting for the other to get there. */
  blocked: boolean;
  over: boolean;
  error: unknown;
}

/** A client's handshake and a server's with one another, without I/O. */
export async function meet(options: MeetingOptions): Promise<{ readonly client: Outcome; readonly server: Outcome }> {
  const { chunk = Number.MAX_SAFE_INTEGER, version = "3.8" } = options;
  const client = sideOf("client", createClientHandshake());
  const server = sideOf("server", createServerHandshake(DEFAULT_LIMITS, version));
  for (;;) {
    const moved = [await pull(client, server), await pull(server, client)];
    if (client.blocked && server.blocked) {
      if (client.tls !== server.tls) throw new Error(`TLS of two kinds: ${client.tls} and ${server.tls}`);
      client.blocked = server.blocked = false;
    } else if (!moved.includes(true)) {
      return { client: outcomeOf(client), server: outcomeOf(server) };
    }
  }

  /** One step of `side`; whether there was one. */
  async function pull(side: Side, other: Side): Promise<boolean> {
    if (side.over || side.blocked) return false;
    try {
      const step = side.handshake.next();
      switch (step?.type) {
        case undefined: {
          const bytes = side.inbox.shift();
          if (bytes === undefined) {
            if (other.over) side.handshake.end();
            return false;
          }
          if (side.records === undefined) side.handshake.push(bytes);
          else side.records.push(bytes);
          feedOpened(side);
          return true;
        }
        case "send":
          say(side, other, step.bytes);
          return true;
        case "startTls":
          if (side.inbox.length > 0) throw new Error(`The ${side.name} has ${side.inbox.length} chunks in clear`);
          side.tls = step.kind;
          side.blocked = true;
          return true;
        case "startRecords":
          side.records = step.records;
          feedOpened(side);
          return true;
        case "wait":
          await step.until;
          return true;
        case "done":
          side.over = true;
          return true;
        case "offer":
          (side.handshake as ServerHandshake).offer(securityTypesOf(options.server.schemes, version, settled(side)));
          return true;
        case "authorise":
          (side.handshake as ServerHandshake).accept();
          return true;
        case "authenticate":
          if ("securityTypes" in step) {
            const type = chooseSecurityType(step.securityTypes, options.client.schemes, settled(side));
            const exchange = clientExchange(type, options.client, DEFAULT_LIMITS, settled(side));
            (side.handshake as ClientHandshake).respond(type, exchange);
          } else {
            const exchange = serverExchange(step.securityType, options.server, DEFAULT_LIMITS, settled(side));
            (side.handshake as ServerHandshake).respond(exchange);
          }
          return true;
      }
    } catch (error) {
      side.error = error;
      side.over = true;
      if ("refuse" in side.handshake) say(side, other, side.handshake.refuse("Authentication failed"));
      return true;
    }
  }

  function say(side: Side, other: Side, said: Uint8Array): void {
    (side.tls === undefined && side.records === undefined ? side.clear : side.secured).push(said);
    const bytes = side.records?.seal(said) ?? said;
    for (let at = 0; at < bytes.length; at += chunk)
      other.inbox.push(bytes.slice(at, Math.min(bytes.length, at + chunk)));
  }
}

function feedOpened({ handshake, records }: Side): void {
  for (let opened = records?.next(); opened !== undefined; opened = records?.next()) handshake.push(opened);
}

/** What earlier rounds have settled: once the exchange is on, the last choice is not among it. */
function settled({ handshake: { session } }: Side): readonly number[] {
  return session.phase === "authentication" ? session.securityPath.slice(0, -1) : session.securityPath;
}

function sideOf(name: Side["name"], handshake: Side["handshake"]): Side {
  const nothing = { tls: undefined, records: undefined, blocked: false, over: false, error: undefined };
  return { name, handshake, inbox: [], clear: [], secured: [], ...nothing };
}

function outcomeOf({ error, handshake, clear, secured, tls }: Side): Outcome {
  return { error, session: handshake.session, clear: hexOf(join(clear)), secured: hexOf(join(secured)), tls };
}
