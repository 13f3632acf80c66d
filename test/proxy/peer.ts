import type { TlsKind, Transport } from "../../transports/transport.ts";
import { hexOf, join } from "../codec/bytes.ts";

/** The far end of a connection, played by hand: it knows no RFB, so that the bytes in a test are what is proven. */
export interface Peer {
  send(...bytes: readonly Uint8Array[]): Promise<void>;
  /** Reads just these bytes. @throws {Error} others came, or the end */
  hear(...bytes: readonly Uint8Array[]): Promise<void>;
  /** Reads so many bytes, or fewer where the end comes first. */
  take(length: number): Promise<Uint8Array>;
  /** Reads until the other side has closed. */
  rest(): Promise<Uint8Array>;
  startTls(kind: TlsKind, role: "client" | "server"): Promise<void>;
  close(): Promise<void>;
  abort(): void;
  /** All that it has read so far, hexadecimal. */
  readonly heard: string;
  readonly secured: boolean;
}

/** Plays by hand over one end of a pair. */
export function peerOver(transport: Transport): Peer {
  let over = transport;
  let secured = false;
  let held: Uint8Array = new Uint8Array(0);
  const heard: Uint8Array[] = [];

  async function take(length: number): Promise<Uint8Array> {
    while (held.length < length) {
      const chunk = await over.read();
      if (chunk === undefined) break;
      held = join([held, chunk]);
    }
    const taken = held.slice(0, length);
    held = held.slice(length);
    heard.push(taken);
    return taken;
  }

  return {
    async send(...bytes) {
      await over.write(join(bytes));
    },
    async hear(...bytes) {
      const expected = hexOf(join(bytes));
      const got = hexOf(await take(expected.length / 2));
      if (got !== expected) throw new Error(`Expected ${expected}, got ${got}`);
    },
    take,
    rest: () => take(Number.POSITIVE_INFINITY),
    async startTls(kind, role) {
      if (held.length > 0) throw new Error(`Bytes in clear ahead of TLS: ${hexOf(held)}`);
      over = await over.startTls!(role === "client" ? { role, kind } : { role, kind });
      secured = true;
    },
    close: () => over.close(),
    abort: () => over.abort(),
    get heard() {
      return hexOf(join(heard));
    },
    get secured() {
      return secured;
    },
  };
}

/** One thing that a peer does. */
export type Act =
  | { readonly type: "send"; readonly bytes: Uint8Array }
  | { readonly type: "hear"; readonly bytes: Uint8Array }
  | { readonly type: "tls"; readonly kind: TlsKind };

export function says(...bytes: readonly Uint8Array[]): Act {
  return { type: "send", bytes: join(bytes) };
}

export function hears(...bytes: readonly Uint8Array[]): Act {
  return { type: "hear", bytes: join(bytes) };
}

export function tls(kind: TlsKind): Act {
  return { type: "tls", kind };
}

/** Does what a script says, in order. `role` is its part in TLS. @throws {Error} where the other side departs from it */
export async function play(peer: Peer, script: readonly Act[], role: "client" | "server" = "server"): Promise<void> {
  for (const act of script) {
    if (act.type === "send") await peer.send(act.bytes);
    else if (act.type === "hear") await peer.hear(act.bytes);
    else await peer.startTls(act.kind, role);
  }
}
