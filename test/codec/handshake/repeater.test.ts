import { describe, expect, test } from "vitest";
import {
  createClientHandshake,
  createRepeaterHandshake,
  createServerHandshake,
  decodeRepeaterTarget,
  encodeRepeaterTarget,
} from "../../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { bytewise, hex, hexOf, join, latin1 } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { none, runClient, runServer } from "./runs.ts";

const REPEATER = latin1("RFB 000.000\n");
const V38 = latin1("RFB 003.008\n");
/** By hand: the text, and zeros up to 250 bytes. */
const WANTED = join([latin1("ID:1234"), new Uint8Array(243)]);

describe("A repeater's target", () => {
  test("ends at its first NUL, whatever a careless peer left behind it", () => {
    const bytes = join([latin1("ID:7\0"), new Uint8Array(245).fill(0xcc)]);
    expect(decodeRepeaterTarget(bytes)).toStrictEqual({ type: "repeaterTarget", target: "ID:7" });
  });

  test.each([
    ["nothing", new Uint8Array(250), '""'],
    ["no end", new Uint8Array(250).fill(0x41), "no NUL behind it"],
    ["control characters", join([latin1("ID:\x1b[2J\0"), new Uint8Array(243)]), '"ID: [2J"'],
    ["bytes that are not ASCII", join([latin1("vm\xfc\0"), new Uint8Array(246)]), '"vmü"'],
  ])("is malformed with %s", (_what, bytes, reason) => {
    const error = errorOf(() => decodeRepeaterTarget(bytes.subarray(0, 250)));
    expect(error).toMatchObject({ code: "malformed", reason, offset: 0 });
  });

  test("is followed by zeros and nothing else", () => {
    expect(encodeRepeaterTarget({ type: "repeaterTarget", target: "ID:1234" })).toStrictEqual(WANTED);
  });
});

describe("A client that is put through", () => {
  const stream = join([REPEATER, V38, hex("0101"), hex("00000000")]);

  test.each([["all at once", [stream]] as const, ["byte by byte", bytewise(stream)] as const])(
    "answers the repeater, then the server, %s",
    (_how, chunks) => {
      const handshake = createClientHandshake(DEFAULT_LIMITS, { repeater: "ID:1234" });
      const run = runClient(
        handshake,
        chunks.map((chunk) => chunk.slice()),
        () => [1, none()],
      );
      expect(run.error).toBeUndefined();
      expect(run.steps).toStrictEqual([
        `send ${hexOf(WANTED)}`,
        `send ${hexOf(V38)}`,
        "authenticate 1",
        "send 01",
        "done",
      ]);
      expect(run.session).toMatchObject({ serverVersion: { major: 3, minor: 8 }, version: "3.8" });
    },
  );

  test("takes no server for the repeater that it was told of", () => {
    const { error, sent } = runClient(createClientHandshake(DEFAULT_LIMITS, { repeater: "ID:1" }), [V38], () => [
      1,
      none(),
    ]);
    expect(error).toMatchObject({ code: "unexpected", reason: "version 3.8, and a repeater's is 0.0" });
    expect(sent).toHaveLength(0);
  });

  test("does not go through a second one", () => {
    const handshake = createClientHandshake(DEFAULT_LIMITS, { repeater: "ID:1" });
    const { error } = runClient(handshake, [join([REPEATER, REPEATER])], () => [1, none()]);
    expect(error).toMatchObject({ code: "unknownType", reason: "000.000 is a repeater, not a server" });
  });

  test("says nothing to a repeater that nobody told it of", () => {
    const { error, sent } = runClient(createClientHandshake(), [REPEATER], () => [1, none()]);
    expect(error).toMatchObject({ code: "unknownType" });
    expect(sent).toHaveLength(0);
  });

  test.each(["", "a".repeat(250), "two words", "ü"])("is not made with the target %j", (repeater) => {
    expect(() => createClientHandshake(DEFAULT_LIMITS, { repeater })).toThrow(RangeError);
    expect(() => createServerHandshake(DEFAULT_LIMITS, "3.8", { repeater })).toThrow(RangeError);
  });
});

test("A server that is to be found says who it is before its version, and once", () => {
  const handshake = createServerHandshake(DEFAULT_LIMITS, "3.8", { repeater: "ID:1234" });
  const { steps } = runServer(handshake, [V38], { offer: [1], exchange: none });
  expect(steps.slice(0, 3)).toStrictEqual([`send ${hexOf(WANTED)}`, `send ${hexOf(V38)}`, "offer"]);
});

describe("A repeater", () => {
  test("greets a viewer, and reads whom it wants", () => {
    for (const chunks of [[join([WANTED, hex("aabb")])], bytewise(WANTED)]) {
      const handshake = createRepeaterHandshake("viewer");
      expect(handshake.next()).toStrictEqual({ type: "send", bytes: REPEATER });
      expect(handshake.next()).toBeUndefined();
      for (const chunk of chunks) handshake.push(chunk);
      const rest = chunks.length === 1 ? hex("aabb") : new Uint8Array(0);
      expect(handshake.next()).toStrictEqual({ type: "done", target: "ID:1234", rest });
    }
  });

  test("reads who a server is without a word, and keeps what follows", () => {
    const handshake = createRepeaterHandshake("server");
    expect(handshake.next()).toBeUndefined();
    handshake.push(join([WANTED, V38]));
    expect(handshake.next()).toStrictEqual({ type: "done", target: "ID:1234", rest: V38 });
  });

  test("fails for ever with a peer that wants nothing, and with one that leaves", () => {
    const handshake = createRepeaterHandshake("server");
    handshake.push(new Uint8Array(250));
    const error = errorOf(() => handshake.next());
    expect(error).toMatchObject({ code: "malformed" });
    expect(errorOf(() => handshake.next())).toBe(error);
    const left = createRepeaterHandshake("viewer");
    left.push(WANTED.slice(0, 100));
    expect(errorOf(() => left.end())).toMatchObject({ code: "truncated", reason: "the viewer closed", offset: 100 });
  });

  test("puts a viewer of ours through to a server of ours", () => {
    const viewer = createClientHandshake(DEFAULT_LIMITS, { repeater: "ID:1234" });
    const server = createServerHandshake(DEFAULT_LIMITS, "3.8", { repeater: "ID:1234" });
    const [near, far] = [createRepeaterHandshake("viewer"), createRepeaterHandshake("server")];
    const said = (step: { type: string; bytes?: Uint8Array } | undefined): Uint8Array => {
      if (step?.type !== "send") throw new TypeError(`Not said: ${step?.type}`);
      return step.bytes!;
    };
    viewer.push(said(near.next()));
    near.push(said(viewer.next()));
    far.push(said(server.next()));
    const [wanted, found] = [near.next(), far.next()];
    expect(wanted).toStrictEqual(found);
    viewer.push(said(server.next()));
    server.push(said(viewer.next()));
    expect(server.next()).toStrictEqual({ type: "offer" });
  });
});
