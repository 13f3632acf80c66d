/**
 * What Deno's listeners for TCP and Unix sockets have in common.
 *
 * @module
 */

import type { Listener } from "./sockets.ts";

/** Has `take` told of each connection, until the listener is closed. */
export function listening<Conn extends Deno.Conn>(listener: Deno.Listener<Conn>, take: (conn: Conn) => void): Listener {
  const { addr } = listener;
  let isClosed = false;
  async function run(): Promise<void> {
    while (!isClosed) {
      const conn = await listener.accept().catch((error: Error) => error);
      if (!(conn instanceof Error)) take(conn);
      // Out of file descriptors is the next connection's trouble, not the process's end: but it may last. A client that
      // has gone before anybody looked is its own trouble alone.
      else if (!isClosed && !GONE.includes(conn.name)) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
  const running = run();
  return {
    address: addr.transport === "tcp" ? addr.hostname : (addr as Deno.UnixAddr).path,
    port: addr.transport === "tcp" ? addr.port : 0,
    async close() {
      if (!isClosed) listener.close();
      isClosed = true;
      await running; // until then the host keeps the address
    },
  };
}

/** What accepting a client fails with that has reset its connection. */
const GONE: readonly string[] = ["NotConnected", "ConnectionAborted", "ConnectionReset"];

/** Before another try, in milliseconds. */
const PAUSE = 50;
