import { describe, expect, test } from "vitest";
import { createFrameOpener, createFrameRecords, createFrameSealer } from "../../auth/ra2_frames.ts";
import { RfbError } from "../../codec/errors.ts";
import { driveTo, type Link, type Machine, whilePresent } from "../../endpoints/link.ts";
import { sealedTransport } from "../../endpoints/sealed_transport.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { hex, hexOf, join } from "../codec/bytes.ts";
import { soon } from "../proxy/bed.ts";

const KEY = hex("000102030405060708090a0b0c0d0e0f");

function records(held = hex("")) {
  return createFrameRecords(createFrameSealer(KEY), createFrameOpener(KEY), hex(""), held);
}

/** Frames in a row, of one direction. */
function framesOf(...clear: readonly Uint8Array[]): Uint8Array[] {
  const seal = createFrameSealer(KEY);
  return clear.map(seal);
}

async function bytesOf(transport: Transport, length: number): Promise<string> {
  let bytes = hex("");
  while (bytes.length < length) bytes = join([bytes, (await soon("bytes", transport.read()))!]);
  return hexOf(bytes);
}

describe("A sealed transport", () => {
  test.each([undefined, 1, 5])("carries bytes both ways, %s at a time", async (chunk) => {
    const [near, far] = createMemoryPair({ chunk });
    const [ours, theirs] = [sealedTransport(near, records()), sealedTransport(far, records())];
    await ours.write(hex("0102"));
    await ours.write(hex(""));
    await ours.write(hex("03"));
    await theirs.write(hex("aabbcc"));
    expect(await bytesOf(theirs, 3)).toBe("010203");
    expect(await bytesOf(ours, 3)).toBe("aabbcc");
    await ours.close();
    expect(await soon("end", theirs.read())).toBeUndefined();
  });

  test("writes frames in the order of the calls, awaited or not", async () => {
    const [near, far] = createMemoryPair();
    const ours = sealedTransport(near, records());
    await Promise.all([1, 2, 3].map((byte) => ours.write(Uint8Array.of(byte))));
    const expected = hexOf(join(framesOf(hex("01"), hex("02"), hex("03"))));
    expect(await bytesOf(far, expected.length / 2)).toBe(expected);
  });

  test("fails at a frame that was tampered with, and for ever", async () => {
    const [near, far] = createMemoryPair();
    const ours = sealedTransport(near, records());
    const [first, second, third] = framesOf(hex("01"), hex("02"), hex("03"));
    await far.write(join([first!, second!.with(2, second![2]! ^ 1), third!]));
    expect(await ours.read()).toStrictEqual(hex("01"));
    for (let i = 0; i < 2; i++) await expect(ours.read()).rejects.toMatchObject({ name: "RfbError", code: "insecure" });
  });

  test("ends between two frames, and is cut short within one", async () => {
    const [frame] = framesOf(hex("01"));
    const [near, far] = createMemoryPair();
    await far.write(frame!);
    await far.close();
    const ended = sealedTransport(near, records());
    expect(await ended.read()).toStrictEqual(hex("01"));
    expect(await ended.read()).toBeUndefined();

    const [here, there] = createMemoryPair();
    await there.write(frame!.slice(0, -1));
    await there.close();
    await expect(sealedTransport(here, records()).read()).rejects.toMatchObject({
      name: "RfbError",
      code: "truncated",
    });
  });

  test.each(["close", "abort"] as const)("makes nothing of what is cut short by our own %s", async (how) => {
    const [near, far] = createMemoryPair();
    const ours = sealedTransport(near, records());
    await far.write(framesOf(hex("01"))[0]!.slice(0, 5));
    const reading = ours.read();
    await Promise.resolve(ours[how]());
    expect(await soon("end", reading)).toBeUndefined();
  });

  test("is ended in our direction alone where the inner one can be", async () => {
    const [near, far] = createMemoryPair();
    const ours = sealedTransport(near, records());
    expect(ours).toMatchObject({ peer: "memory" });
    expect(ours.startTls).toBeUndefined();
    await ours.closeWrite!();
    expect(await far.read()).toBeUndefined();
    await far.write(framesOf(hex("aa"))[0]!);
    expect(await ours.read()).toStrictEqual(hex("aa"));
    const { closeWrite, ...without } = near;
    expect(closeWrite).toBeDefined();
    expect(sealedTransport(without, records()).closeWrite).toBeUndefined();
  });
});

type Step = { readonly type: "startRecords"; readonly records: ReturnType<typeof records> } | { readonly type: "done" };

/** A handshake that starts records, then waits for what comes through them. */
function machine(held?: Uint8Array): Machine<Step> & { readonly pushed: string[] } {
  const pushed: string[] = [];
  const steps: Step[] = [{ type: "startRecords", records: records(held) }, { type: "done" }];
  return {
    pushed,
    push: (chunk) => pushed.push(hexOf(chunk)),
    next: () => (steps.length > 1 || pushed.length > 0 ? steps.shift() : undefined),
    end: () => {
      throw new RfbError("truncated", "Cannot go on", "the end");
    },
  };
}

describe("A link that starts records", () => {
  test("opens what was read ahead with the rest of its frame, not as bytes in clear", async () => {
    const [frame] = framesOf(hex("0102"));
    const [near, far] = createMemoryPair();
    const handshake = machine(frame!.slice(0, 3));
    const link: Link<typeof handshake> = { handshake, transport: near };
    // A read is under way, and stays so, while something else is waited for.
    await whilePresent(link, "client", Promise.resolve());
    expect(link.ahead).toBeDefined();
    await far.write(frame!.slice(3));
    await soon("done", driveTo(link, "done"));
    expect(handshake.pushed).toStrictEqual(["0102"]);
    expect(link.ahead).toBeUndefined();
    await link.transport.write(hex("aa"));
    expect(hexOf((await far.read())!)).toBe(hexOf(framesOf(hex("aa"))[0]!));
  });
});
