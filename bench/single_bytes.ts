import { frameClient } from "./framing.ts";
import type { Contest } from "./measure.ts";
import { clientMix, cut, cutTexts } from "./streams.ts";

/** A peer that sends single bytes costs more a byte, but no more the longer its message gets. */
export async function* singleBytes(quick: boolean): AsyncGenerator<Contest> {
  const messages = quick ? 2_000 : 20_000;
  const mix = clientMix(messages);
  const [bytes, chunks] = [cut(mix, 1), cut(mix, 65536)];
  yield {
    what: "single bytes",
    stream: "client mix",
    chunk: "1 B",
    peer: "64 KiB chunks",
    goal: 1 / 40,
    unit: "MB/s",
    amount: mix.length,
    expected: messages,
    ours: () => frameClient(bytes),
    theirs: () => frameClient(chunks),
  };

  // The lengths put a quadratic cost at 1/64. The heads are so few that they make no difference.
  const total = quick ? 2 ** 16 : 2 ** 20;
  const long = cut(cutTexts(1, total), 1);
  const short = cut(cutTexts(64, total / 64), 1);
  yield {
    what: "single bytes",
    stream: "one long cut text",
    chunk: "1 B",
    peer: "64 short ones",
    goal: 0.5,
    unit: "MB/s",
    amount: total,
    expected: total,
    ours: () => frameClient(long) * total,
    theirs: () => (frameClient(short) * total) / 64,
  };
}
