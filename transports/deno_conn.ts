/**
 * A connection of Deno's, in clear or under TLS, as a transport.
 *
 * @module
 */

import { clientSettings, isTlsError, startFailure, tlsFailure } from "./deno_tls.ts";
import { inTime } from "./tls_reasons.ts";
import type { TlsKind, TlsOptions, Transport } from "./transport.ts";

/** What a transport knows of its connection. */
export interface ConnOptions {
  /** What it was made to, for TLS to compare. */
  readonly host?: string;
  readonly tlsKinds?: readonly TlsKind[];
  readonly handshakeTimeout?: number | undefined;
}

/** Takes a connection over. */
export function transportOver(conn: Deno.Conn, options: ConnOptions = {}): Transport {
  const { host, tlsKinds = ["x509"], handshakeTimeout } = options;
  const isSecured = "handshake" in conn;
  const peer = addressOf(conn);
  let phase: "open" | "closed" | "spent" = "open";
  let hasEnded = false; // our direction
  let failure: unknown;
  let buffer = new Uint8Array(READ_SIZE);
  let receiving: Promise<Uint8Array | undefined> | undefined;
  let endRead: (() => void) | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  let aborted = false;
  let abortTls = destroy;

  if (isTcp(conn)) {
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
  }

  async function read(): Promise<Uint8Array | undefined> {
    checkNotSpent();
    if (endRead !== undefined) throw new TypeError("Cannot read: another read is pending");
    if (phase === "closed") return undefined;
    if (failure !== undefined) throw failure;
    try {
      return await new Promise((resolve, reject) => {
        endRead = () => resolve(undefined);
        receive().then(resolve, reject);
      });
    } finally {
      endRead = undefined;
    }
  }

  /** Deno cannot take a read back: one that was asked for before the end goes on after it. */
  function receive(): Promise<Uint8Array | undefined> {
    receiving ??= fill().finally(() => {
      receiving = undefined;
    });
    return receiving;
  }

  async function fill(): Promise<Uint8Array | undefined> {
    try {
      let length: number | null;
      do length = await conn.read(buffer);
      while (length === 0);
      if (length === null) return undefined;
      if (length < buffer.length / 2) return buffer.slice(0, length);
      const bytes = buffer.subarray(0, length);
      buffer = new Uint8Array(READ_SIZE);
      return bytes;
    } catch (error) {
      // A server that hangs up without TLS's own goodbye, as QEMU does, is no more of an error than one in clear.
      if (phase === "closed" || error instanceof Deno.errors.UnexpectedEof) return undefined;
      failure = isSecured && isTlsError(error) ? tlsFailure(error) : error;
      throw failure;
    }
  }

  async function write(bytes: Uint8Array): Promise<void> {
    checkNotSpent();
    if (failure !== undefined) throw failure;
    if (phase === "closed" || hasEnded) throw closedError();
    await inTurn(async () => {
      for (let at = 0; at < bytes.length; ) at += await conn.write(bytes.subarray(at));
    });
  }

  async function closeWrite(): Promise<void> {
    checkNotSpent();
    if (failure !== undefined) throw failure;
    if (phase === "closed" || hasEnded) return;
    hasEnded = true;
    await inTurn(() => conn.closeWrite());
  }

  /** After what is under way: Deno would mix what two writes send in pieces. */
  async function inTurn(send: () => Promise<void>): Promise<void> {
    const sent = writing.then(send);
    writing = sent.catch(() => {}); // its caller is told
    try {
      await sent;
    } catch (error) {
      throw phase === "open" ? error : closedError();
    }
  }

  function close(): Promise<void> {
    if (phase === "spent") abort();
    else closing ??= flushAndEnd();
    return closing ?? Promise.resolve();
  }

  async function flushAndEnd(): Promise<void> {
    if (phase === "closed") return;
    const timer = setTimeout(destroy, GRACE);
    phase = "closed";
    endRead?.();
    try {
      await writing;
      if (!hasEnded) await conn.closeWrite();
    } catch {} // gone, or out of time
    // Closed with bytes unread, a connection tells the peer to drop what it has not read either: so what still comes
    // is taken and dropped until the peer ends too, for as long as the grace lasts.
    void drain().then(() => {
      clearTimeout(timer);
      destroy();
    });
  }

  async function drain(): Promise<void> {
    while ((await receive()) !== undefined);
  }

  function abort(): void {
    aborted = true;
    if (phase === "spent") {
      abortTls();
    } else {
      phase = "closed";
      endRead?.();
      destroy();
    }
  }

  function destroy(): void {
    drop(conn);
  }

  async function startTls(options: TlsOptions): Promise<Transport> {
    checkNotSpent();
    // Deno would fail with Busy, and lose the connection over it.
    if (endRead !== undefined) throw new TypeError("Cannot start TLS: a read is pending");
    if (phase === "closed") throw new TypeError("Cannot start TLS: this end is closed");
    if (!isTcp(conn)) {
      throw new TypeError("Cannot start TLS: Deno's own is for TCP alone; rfb-codec/node has it for Unix sockets too");
    }
    const settings = clientSettings(options, host);
    if (failure !== undefined) throw tlsFailure(failure);
    phase = "spent";
    return inTime(upgrade(conn, settings), abort, handshakeTimeout);
  }

  async function upgrade(clear: Deno.TcpConn, settings: Deno.StartTlsOptions): Promise<Transport> {
    try {
      await writing;
      // Nothing is read ahead here: bytes in clear that the peer has sent are still the host's, which takes them for
      // TLS and fails.
      const secured = await Deno.startTls(clear, settings);
      abortTls = () => drop(secured);
      if (!aborted) await secured.handshake();
      if (aborted) throw closedError();
      const transport = transportOver(secured);
      abortTls = transport.abort;
      return transport;
    } catch (error) {
      abortTls();
      if (aborted) throw new Error("Cannot start TLS: the connection was aborted", { cause: error });
      throw startFailure(error);
    }
  }

  function checkNotSpent(): void {
    if (phase === "spent") throw new TypeError("Cannot use this transport: TLS took its place");
  }

  return {
    read,
    write,
    closeWrite,
    close,
    abort,
    // What TLS agreed on, Deno does not tell.
    ...(isSecured ? { tls: {} } : { tlsKinds: isTcp(conn) ? tlsKinds : [], startTls }),
    ...(peer !== undefined && { peer }),
  };
}

/** How much to ask for at once, in bytes. */
const READ_SIZE = 64 * 1024;

/** How long `close` waits for the peer to take the rest and to close its end too, in milliseconds. */
const GRACE = 2000;

function drop(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {} // closed already, or TLS's by now
}

function isTcp(conn: Deno.Conn): conn is Deno.TcpConn {
  return "setNoDelay" in conn;
}

function closedError(): Error {
  return new Error("Cannot write: the connection is closed");
}

/** The other end of a TCP connection; Unix sockets have no names. */
export function addressOf({ remoteAddr }: { readonly remoteAddr: Deno.Addr }): string | undefined {
  if (!("hostname" in remoteAddr)) return undefined; // under TLS that began later, nothing says "tcp"
  const { hostname, port } = remoteAddr;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
