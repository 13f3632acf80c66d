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
 *
 * @param signal ends both at once
 */
export async function relay(
  client: RelaySide,
  server: RelaySide,
  count: RelayCount,
  signal: AbortSignal,
): Promise<RelayEnd> {
  const transports = [client.link.transport, server.link.transport] as const;
  const abort = (): void => {
    for (const transport of transports) transport.abort();
  };
  signal.addEventListener("abort", abort);
  const toServer = carry(client, transports[1], (length) => {
    count.toServer += length;
  });
  const toClient = carry(server, transports[0], (length) => {
    count.toClient += length;
  });
  const first = await Promise.race([
    toServer.then((end) => ({ ...end, ended: end.at === "source" ? "client" : "server", other: toClient }) as const),
    toClient.then((end) => ({ ...end, ended: end.at === "source" ? "server" : "client", other: toServer }) as const),
  ]);
  // Who takes no more may have said something before it left, and may have left in good order.
  const lastWords = first.at === "destination" ? await inTime(first.other) : first;
  await Promise.allSettled(transports.map((transport) => transport.close()));
  signal.removeEventListener("abort", abort);
  return { ended: first.ended, cause: lastWords?.at === "source" ? lastWords.cause : first.cause };
}

/** Milliseconds that what a gone side has sent may take to arrive. */
const LAST_WORDS = 1000;

/** Where one direction ended, and the error that it ended with. */
interface CarryEnd {
  readonly at: "source" | "destination";
  readonly cause?: unknown;
}

async function carry({ link, rest }: RelaySide, to: Transport, counted: (length: number) => void): Promise<CarryEnd> {
  let at: CarryEnd["at"] = "destination";
  try {
    for (let chunk: Uint8Array | undefined = rest; chunk !== undefined; ) {
      at = "destination";
      await to.write(chunk);
      counted(chunk.length);
      at = "source";
      chunk = await readFrom(link);
    }
    return { at };
  } catch (cause) {
    return { at, cause };
  }
}

/** Where the direction ended; undefined where its last words take too long. */
async function inTime(direction: Promise<CarryEnd>): Promise<CarryEnd | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LAST_WORDS);
  });
  const end = await Promise.race([direction, late]);
  clearTimeout(timer);
  return end;
}
