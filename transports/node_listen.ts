/**
 * What Node's servers have in common.
 *
 * @module
 */

import type { Server } from "node:net";
import type { Listener } from "./sockets.ts";

/**
 * Has a server listen. `whenClosed` is for what the server keeps besides its listening socket.
 *
 * @throws {Error} the host's own, such as EADDRINUSE
 */
export async function listen(
  server: Server,
  at: { readonly host: string; readonly port: number } | { readonly path: string },
  whenClosed: () => void = () => {},
): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    // Stays after that: out of file descriptors is the next connection's trouble, not the process's end.
    server.on("error", reject);
    server.listen({ ...at }, resolve);
  });
  const place = server.address();
  const { address, port } = typeof place === "string" || place === null ? { address: place ?? "", port: 0 } : place;
  return {
    address,
    port,
    async close() {
      // Its callback waits for the last connection to end; the listening socket is closed at once.
      server.close();
      whenClosed();
    },
  };
}
