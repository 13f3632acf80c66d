/**
 * A server of ours before a client that others wrote, and what passed between them.
 *
 * @module
 */

import { schemesNamed } from "../../auth/mod.ts";
import { createClientFramer, encodeClientMessage, NEW_SESSION, type Session, type Surface } from "../../codec/mod.ts";
import { createRfbServer, type RfbServer, type Transport } from "../../endpoints/mod.ts";
import { listenTcp, listenWebSocket } from "../../transports/node.ts";
import { onLeaving } from "../peers/process.ts";
import { compression, type Heard, type Tap, tapped } from "./tap.ts";

export interface Served {
  readonly server: RfbServer;
  readonly port: number;
  /** What passed between it and its latest client. */
  sent(): Heard;
  stop(): Promise<void>;
}

export interface ServedOptions {
  /** Over WebSocket, for browsers. */
  readonly isWebSocket?: boolean;
  /** Takes encodings out of what a client asks for, where it cannot be told to ask for less. */
  readonly filter?: (encodingType: number) => boolean;
}

/** Serves a picture to clients, one after the other, with no security. */
export async function servePicture(picture: Surface, options: ServedOptions = {}): Promise<Served> {
  const { filter, isWebSocket = false } = options;
  const server = createRfbServer({ picture, name: "interop", compression });
  const authentication = { schemes: schemesNamed(["none"]), verifier: {} };
  let tap: Tap | undefined;
  let fault: unknown;
  const onConnection = (transport: Transport): void => {
    tap = tapped(filter === undefined ? transport : filtered(transport, filter), "server");
    server.serve(tap.transport, { authentication }).catch((error: unknown) => {
      fault = error;
    });
  };
  const listener = await (isWebSocket ? listenWebSocket({ onConnection }) : listenTcp({ onConnection }));
  const stop = async (): Promise<void> => {
    leave();
    server.close();
    await listener.close();
  };
  const leave = onLeaving({ stop, stopNow: () => {} });
  return {
    server,
    port: listener.port,
    sent() {
      if (fault !== undefined) throw fault;
      if (tap === undefined) throw new Error("No client has come");
      return tap.heard();
    },
    stop,
  };
}

/** Bytes of a client's handshake with RFB 3.8 and no security: version, type, ClientInit. */
const HANDSHAKE = 14;

/** Takes encodings out of each SetEncodings. */
function filtered(transport: Transport, filter: (encodingType: number) => boolean): Transport {
  const framer = createClientFramer();
  const session: Session = { ...NEW_SESSION, phase: "normal" };
  let handshake = HANDSHAKE;
  return {
    ...transport,
    async read() {
      const bytes = await transport.read();
      if (bytes === undefined) return undefined;
      const head = bytes.slice(0, handshake);
      handshake -= head.length;
      const parts: Uint8Array[] = [head];
      framer.push(bytes.slice(head.length));
      for (let message = framer.next(session); message !== undefined; message = framer.next(session)) {
        if (message.type === "setEncodings") {
          const encodingTypes = message.encodingTypes.filter(filter);
          parts.push(encodeClientMessage({ type: "setEncodings", encodingTypes }));
        } else parts.push(framer.raw().slice());
      }
      return Buffer.concat(parts);
    },
  };
}
