/**
 * A server of ours that lets in who knows what it asks for, before clients that others wrote.
 *
 * @module
 */

import { type ServerAuthentication, schemesNamed, type Verifier } from "../../auth/mod.ts";
import type { Surface } from "../../codec/mod.ts";
import { createRfbServer, type ServerTls, type Transport } from "../../endpoints/mod.ts";
import { listenTcp, listenWebSocket } from "../../transports/node.ts";
import { onLeaving, until } from "../peers/process.ts";
import { compression } from "./tap.ts";

/** Who is let in. A password of VncAuth has no more than 8 bytes. */
export const ADA = { username: "ada", password: "engine 9", target: "vm7" } as const;

/** What the server knows of {@link ADA}, and of nobody else. */
export const VERIFIER: Verifier = {
  password: () => ADA.password,
  passwordFor: (username, target) => (username === ADA.username && target === ADA.target ? ADA.password : undefined),
  verify: (username, password) => username === ADA.username && password === ADA.password,
};

export interface Guarded {
  readonly port: number;
  /** What was wrong with its clients. */
  readonly faults: readonly unknown[];
  /** The first of the faults, which it waits for and takes away. */
  fault(): Promise<unknown>;
  stop(): Promise<void>;
}

export interface GuardedOptions {
  /** Over WebSocket, for browsers. */
  readonly isWebSocket?: boolean;
  readonly verifier?: Verifier;
  readonly tls?: ServerTls;
}

/** Serves a picture by this scheme alone. */
export async function guardPicture(picture: Surface, scheme: string, options: GuardedOptions = {}): Promise<Guarded> {
  const { isWebSocket = false, verifier = VERIFIER, tls = {} } = options;
  const server = createRfbServer({ picture, name: "interop", compression });
  const authentication: ServerAuthentication = { schemes: schemesNamed([scheme]), verifier };
  const faults: unknown[] = [];
  const onConnection = (transport: Transport): void => {
    server.serve(transport, { authentication, tls }).catch((error: unknown) => faults.push(error));
  };
  const listener = await (isWebSocket ? listenWebSocket({ onConnection }) : listenTcp({ onConnection }));
  const stop = async (): Promise<void> => {
    leave();
    server.close();
    await listener.close();
  };
  const fault = (): Promise<unknown> => until("a fault of a client", () => faults.shift());
  const leave = onLeaving({ stop, stopNow: () => {} });
  return { port: listener.port, faults, fault, stop };
}
