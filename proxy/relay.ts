import { type Link, readFrom } from "../endpoints/link.ts";
import type { Transport } from "../transports/transport.ts";

/** One side of a relay: its link, and what it sent beyond the handshake. */
export interface RelaySide {
  readonly link: Link<unknown>;
  readonly rest: Uint8Array;
}

/** How a relay ended. */
export interface RelayEnd {
  readonly ended: "client" | "server";
  /** The error that it ended with; absent where the side just closed. */
  readonly cause?: unknown;
}

/** Bytes that have gone each way. */
export interface RelayCount {
  toServer: number;
  toClient: number;
}

/**
 * Carries bytes both ways until either side ends, then ends the other: what the first had sent still arrives. A chunk is
 * read only once the one before it is taken, so each direction holds one chunk beyond what its two transports hold.
 */
export async function relay(client: RelaySide, server: RelaySide, count: RelayCount): Promise<RelayEnd> {
  const end = await Promise.race([
    carry(client, server.link.transport, (length) => {
      count.toServer += length;
    }).then(({ failed, cause }): RelayEnd => ({ ended: failed === "from" ? "client" : "server", cause })),
    carry(server, client.link.transport, (length) => {
      count.toClient += length;
    }).then(({ failed, cause }): RelayEnd => ({ ended: failed === "from" ? "server" : "client", cause })),
  ]);
  await Promise.allSettled([client.link.transport.close(), server.link.transport.close()]);
  return end;
}

async function carry(
  { link, rest }: RelaySide,
  to: Transport,
  counted: (length: number) => void,
): Promise<{ readonly failed: "from" | "to"; readonly cause?: unknown }> {
  let failed: "from" | "to" = "to";
  try {
    for (let chunk: Uint8Array | undefined = rest; chunk !== undefined; ) {
      failed = "to";
      if (chunk.length > 0) await to.write(chunk);
      counted(chunk.length);
      failed = "from";
      chunk = await readFrom(link);
    }
    return { failed };
  } catch (cause) {
    return { failed, cause };
  }
}
