import { RfbError } from "../../../codec/errors.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { join } from "../../codec/bytes.ts";
import type { MessageCase } from "../../codec/message_case.ts";
import { MESSAGES } from "../../codec/messages.ts";
import { expectAllocations } from "../allocations.ts";
import { mutated } from "../mutations.ts";
import { expect, isEqual, outcomeOf, settled, type Target, target, untouched } from "../target.ts";
import { TIGHT } from "./framers.ts";

interface OneMessage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const TAIL = Uint8Array.of(2);

const BY_NAME: ReadonlyMap<string, MessageCase> = new Map(MESSAGES.map((message) => [message.name, message]));

/** What is read is written again as it was, and reads the same once more. */
function messageTarget(name: string, messages: readonly MessageCase[]): Target {
  const golden = messages.map((message) => ({
    name: message.name,
    isFramed: message.framedFrom !== undefined,
    vectors: message.golden.map(({ bytes }) => bytes).filter(({ length }) => length < 400),
  }));
  return target<OneMessage>({
    name,
    make(random) {
      const { name, isFramed, vectors } = random.pick(golden);
      if (vectors.length === 0 || (!isFramed && random.oneIn(12)))
        return { name, bytes: random.bytes(random.below(60)) };
      const vector = random.pick(vectors);
      const bytes = mutated(random, vector, random.pick(vectors));
      // The type is what chose the reader: it does not look at it again.
      if (isFramed && bytes.length > 0) bytes[0] = vector[0]!;
      return { name, bytes };
    },
    check({ name, bytes }) {
      const message = BY_NAME.get(name)!;
      return untouched([bytes], () => {
        for (const limits of [DEFAULT_LIMITS, TIGHT]) settled(() => message.extentOf(bytes, 0, bytes.length, limits));
        const extent = settled(() => message.extentOf(bytes, 0, bytes.length, DEFAULT_LIMITS));
        const value = settled(() => message.decode(bytes, 0));
        expectAllocations(16384 + 16 * bytes.length);
        if (extent instanceof RfbError) return extent.code;
        expect(Number.isSafeInteger(extent) && extent > 0, () => `Its extent is ${extent}`);
        if (value instanceof RfbError) return value.code;
        if (extent > bytes.length) return "truncated";
        // Of a fence that is too long, what it says is not kept.
        if (typeof value === "object" && value !== null && "droppedLength" in value) return "value";
        expectReversible(message, bytes.subarray(0, extent), value);
        return outcomeOf(value);
      });
    },
  });
}

function expectReversible(message: MessageCase, bytes: Uint8Array, value: unknown): void {
  const written = message.encode(value);
  const again = message.decode(written, 0);
  expect(isEqual(again, value), () => `It reads otherwise once it was written: ${JSON.stringify(again)}`);
  expect(isEqual(message.encode(again), written), "It is written otherwise each time");
  if (message.drops) return;
  // With a byte behind it, which one message waits for.
  const tailed = join([written, TAIL]);
  const extent = message.extentOf(tailed, 0, tailed.length, DEFAULT_LIMITS);
  expect(extent === written.length, () => `Its extent is ${extent}, its length ${written.length}`);
  // What says nothing is written as 0.
  const isSame = written.length === bytes.length && written.every((byte, at) => byte === 0 || byte === bytes[at]);
  expect(isSame, () => `${bytes} is written as ${written}`);
}

export const messageTargets: readonly Target[] = [
  messageTarget(
    "client-messages",
    MESSAGES.filter(({ framedFrom }) => framedFrom === "client"),
  ),
  messageTarget(
    "server-messages",
    MESSAGES.filter(({ framedFrom }) => framedFrom === "server"),
  ),
  messageTarget(
    "handshake-messages",
    MESSAGES.filter(({ framedFrom }) => framedFrom === undefined),
  ),
];
