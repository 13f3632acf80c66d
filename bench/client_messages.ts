import { frameClient } from "./framing.ts";
import type { Contest } from "./measure.ts";
import { CHUNKS, clientMix, cut } from "./streams.ts";

/** What it costs to check and decode a client's messages, over finding where they end. */
export async function* clientMessages(quick: boolean): AsyncGenerator<Contest> {
  const messages = quick ? 10_000 : 100_000;
  const stream = clientMix(messages);
  for (const { chunk, length } of CHUNKS) {
    const chunks = cut(stream, length);
    yield {
      what: "client messages",
      stream: "client mix",
      chunk,
      peer: "bare loop",
      goal: 0.4,
      unit: "events/s",
      amount: messages,
      expected: messages,
      ours: () => frameClient(chunks),
      theirs: () => bareLoop(stream),
    };
  }
}

/** Reads types and adds lengths: no chunks, no checks, no values. */
function bareLoop(bytes: Uint8Array): number {
  let messages = 0;
  for (let at = 0; at < bytes.length; messages++) {
    switch (bytes[at]) {
      case 0:
        at += 20;
        break;
      case 2:
        at += 4 + 4 * ((bytes[at + 2]! << 8) | bytes[at + 3]!);
        break;
      case 3:
        at += 10;
        break;
      case 4:
        at += 8;
        break;
      case 5:
        at += 6;
        break;
      case 6:
        at += 8 + ((bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!);
        break;
      default:
        return -1;
    }
  }
  return messages;
}
