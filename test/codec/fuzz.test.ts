import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeClientMessage, extentOfClientMessage } from "../../codec/client/mod.ts";
import { inflateClipboard } from "../../codec/clipboard.ts";
import type { Compression } from "../../codec/compression.ts";
import { RfbError } from "../../codec/errors.ts";
import { createFramebuffer } from "../../codec/framebuffer.ts";
import { createClientFramer, createServerFramer, type ServerEvent } from "../../codec/framer.ts";
import { createClientHandshake, createServerHandshake } from "../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS, type Limits } from "../../codec/limits.ts";
import { createDecoder, decodeCopyRect, decodeRaw } from "../../codec/mod.ts";
import { decodeServerMessage, extentOfServerMessage } from "../../codec/server/mod.ts";
import { NEW_SESSION, observe, type Phase, type Session } from "../../codec/session.ts";
import { createSurface } from "../../codec/surfaces.ts";
import { textOf } from "../../codec/text.ts";
import { createDeflater, createInflater } from "../../compression/zlib.ts";
import { bytes } from "./arbitraries.ts";
import { cut, hex, join, latin1 } from "./bytes.ts";
import { none, runClient, runServer, vncAuthClient, vncAuthServer } from "./handshake/runs.ts";
import { MESSAGES } from "./messages.ts";
import { runs } from "./runs.ts";
import {
  AGREED,
  BEFORE_CLIENT_INIT,
  BEFORE_SERVER_INIT,
  CLIENT_STREAM,
  EXTENDED_CLIENT_STREAM,
  EXTENDED_SERVER_STREAM,
  NORMAL,
  type Run,
  runFramer,
  SERVER_STREAM,
} from "./streams.ts";

// Whatever a peer sends: a value, undefined or an RfbError, an end, and the bytes as they were.

/** Tight, so that random lengths are often inside and often outside. */
const TIGHT: Limits = {
  ...DEFAULT_LIMITS,
  maxCutTextLength: 40,
  maxEncodings: 8,
  maxNameLength: 40,
  maxReasonLength: 40,
  maxAudioLength: 40,
  maxCapabilities: 2,
};

function outcome<Value>(act: () => Value): Value | RfbError {
  try {
    return act();
  } catch (error) {
    if (error instanceof RfbError) return error;
    throw error;
  }
}

/** Bytes put in, taken out or changed. */
interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({ at: fc.nat({ max: 400 }), remove: fc.nat({ max: 3 }), insert: bytes(4) }),
  { maxLength: 4 },
);

function mutated(stream: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  let result = stream;
  for (const { at, remove, insert } of changes) {
    const from = at % (result.length + 1);
    result = join([result.subarray(0, from), insert, result.subarray(Math.min(result.length, from + remove))]);
  }
  return result;
}

/** Random bytes, often with a first byte that means something. */
const noise = fc.oneof(
  bytes(80),
  fc
    .tuple(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 15, 150, 160, 248, 250, 251, 253, 255), bytes(80))
    .map(([type, rest]) => join([Uint8Array.of(type), rest])),
  fc
    .tuple(fc.constantFrom("fd80", "fd00", "fd82", "fd02", "ff00", "ff01", "06000000ffff", "03000000ffff"), bytes(80))
    .map(([head, rest]) => join([hex(head), rest])),
);

const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });

function split(stream: Uint8Array, points: readonly number[]): Uint8Array[] {
  const ordered = points.map((point) => point % (stream.length + 1)).sort((a, b) => a - b);
  return cut(stream, ...ordered);
}

describe.each(MESSAGES.map((message) => [message.name, message] as const))("%s from any bytes", (_name, message) => {
  const examples = message.golden.map((vector) => vector.bytes).filter(({ length }) => length < 200);
  const inputs = fc.oneof(
    bytes(80),
    fc.tuple(fc.constantFrom(...examples), mutations).map((pair) => mutated(...pair)),
  );

  test("has an extent, or says why not", () => {
    fc.assert(
      fc.property(inputs, fc.nat({ max: 8 }), fc.nat({ max: 8 }), (array, start, less) => {
        const copy = array.slice();
        const at = Math.min(start, array.length);
        const end = Math.max(at, array.length - less);
        const extent = outcome(() => message.extentOf(array, at, end, TIGHT));
        if (!(extent instanceof RfbError)) {
          expect(Number.isSafeInteger(extent)).toBe(true);
          expect(extent).toBeGreaterThan(0);
        }
        expect(array).toStrictEqual(copy);
      }),
      runs(150),
    );
  });

  test("is a value or an RfbError, and a whole one is never truncated", () => {
    fc.assert(
      fc.property(inputs, fc.nat({ max: 8 }), (array, start) => {
        const copy = array.slice();
        const at = Math.min(start, array.length);
        const value = outcome(() => message.decode(array, at));
        const extent = outcome(() => message.extentOf(array, at, array.length, DEFAULT_LIMITS));
        if (value instanceof RfbError && value.code === "truncated" && !(extent instanceof RfbError)) {
          expect(extent).toBeGreaterThan(array.length - at);
        }
        if (!(value instanceof RfbError) && !(extent instanceof RfbError) && extent <= array.length - at) {
          // What was read can be written, and says the same again.
          const written = message.encode(value);
          if (message.drops === true) {
            expect(written.length).toBeLessThanOrEqual(extent);
            expect(message.encode(message.decode(written, 0))).toStrictEqual(written);
          } else {
            expect(written).toHaveLength(extent);
            expect(message.decode(written, 0)).toStrictEqual(value);
          }
        }
        expect(array).toStrictEqual(copy);
      }),
      runs(150),
    );
  });
});

const PHASES: readonly Phase[] = [
  "serverVersion",
  "clientVersion",
  "securityTypes",
  "securityType",
  "authentication",
  "securityResult",
  "clientInit",
  "serverInit",
  "normal",
  "refused",
];

test("any message in any phase is a value or an RfbError", () => {
  fc.assert(
    fc.property(noise, fc.constantFrom(...PHASES), fc.nat({ max: 4 }), fc.boolean(), (array, phase, start, agreed) => {
      const session: Session = { ...(agreed ? AGREED : NORMAL), phase };
      const at = Math.min(start, array.length);
      const copy = array.slice();
      for (const [extentOf, decode] of [
        [extentOfClientMessage, decodeClientMessage],
        [extentOfServerMessage, decodeServerMessage],
      ] as const) {
        outcome(() => extentOf(session, array, at, array.length, TIGHT));
        outcome(() => decode(session, array, at));
      }
      expect(array).toStrictEqual(copy);
    }),
    runs(500),
  );
});

test("any payload is a value or an RfbError", () => {
  fc.assert(
    fc.property(bytes(20), fc.nat({ max: 5 }), fc.nat({ max: 5 }), (payload, width, height) => {
      const rectangle = { type: "rectangle", x: 0, y: 0, width, height, encodingType: 0 } as const;
      outcome(() => decodeCopyRect(payload));
      outcome(() => decodeRaw(payload, rectangle, createDecoder().contextOf(NORMAL), createSurface(width, height)));
      textOf(payload);
    }),
    runs(200),
  );
});

test("any clipboard is its contents or an RfbError", () => {
  const streams = fc.oneof(
    bytes(40),
    // A stored block of all of the bytes: what they say is what is read.
    bytes(40).map((data) => {
      const { length } = data;
      return join([hex("7801 00"), Uint8Array.of(length, 0, ~length, 0xff), data]);
    }),
  );
  fc.assert(
    fc.property(streams, fc.nat({ max: 0xffff }), (deflated, formats) => {
      const copy = deflated.slice();
      const message = { flags: 0x10000000 + formats, maximumSizes: [], deflated };
      const contents = outcome(() => inflateClipboard(message, createInflater(), { ...TIGHT, maxClipboardLength: 9 }));
      if (!(contents instanceof RfbError)) {
        expect(contents.reduce((sum, { format }) => sum + format, 0)).toBe(formats);
        for (const { data } of contents) expect(data.length).toBeLessThanOrEqual(9);
      }
      expect(deflated).toStrictEqual(copy);
    }),
    runs(500),
  );
});

function expectSound(run: Run, stream: Uint8Array): void {
  if (run.error !== undefined) {
    if (!(run.error instanceof RfbError)) throw run.error;
    // The place is in what has come, at or after what was consumed.
    expect(run.error.offset).toBeGreaterThanOrEqual(run.consumed);
    expect(run.error.offset).toBeLessThan(stream.length);
  }
  expect(run.consumed).toBe(run.raw.length);
  expect(run.raw).toStrictEqual(stream.slice(0, run.consumed));
}

describe.each([
  ["client", "", createClientFramer, BEFORE_CLIENT_INIT, CLIENT_STREAM],
  ["server", "", createServerFramer, BEFORE_SERVER_INIT, SERVER_STREAM],
  ["client", " besides RFC 6143", createClientFramer, AGREED, EXTENDED_CLIENT_STREAM],
  ["server", " besides RFC 6143", createServerFramer, AGREED, EXTENDED_SERVER_STREAM],
] as const)("the framer of what a %s sends%s", (from, _what, createFramer, start, stream) => {
  test.each([
    ["random bytes", noise, start === AGREED ? AGREED : NORMAL],
    ["a changed stream", mutations.map((changes) => mutated(stream, changes)), start],
  ] as const)("makes the same of %s however they are split, and comes to an end", (_what, streams, session) => {
    fc.assert(
      fc.property(streams, cuts, (array, points) => {
        const chunks = split(array, points);
        const copies = chunks.map((chunk) => chunk.slice());
        const whole = runFramer(createFramer(TIGHT), from, session, [array.slice()]);
        const pieces = runFramer(createFramer(TIGHT), from, session, chunks);
        expectSound(whole, array);
        expectSound(pieces, array);
        expect({ ...pieces, error: told(pieces.error) }).toStrictEqual({ ...whole, error: told(whole.error) });
        expect(chunks).toStrictEqual(copies);
      }),
      runs(700),
    );
  });
});

const noImage = (): never => {
  throw new RfbError("malformed", "Cannot decode a picture", "none is");
};
const COMPRESSION: Compression = { createInflater, createDeflater, decodeJpeg: noImage, decodePng: noImage };

test("whatever the server's framer lets through can be drawn, or is an RfbError", () => {
  const size: Limits = { ...TIGHT, maxFramebufferSide: 100, maxFramebufferArea: 2000 };
  fc.assert(
    fc.property(mutations, cuts, (changes, points) => {
      const array = mutated(SERVER_STREAM, changes);
      const framebuffer = createFramebuffer({ compression: COMPRESSION, limits: size });
      let seen = BEFORE_SERVER_INIT;
      const chunks = split(array, points);
      const { error } = runFramer(createServerFramer(size), "server", BEFORE_SERVER_INIT, chunks, (event, before) => {
        seen = observe(before, "server", event);
        framebuffer.apply(event as ServerEvent, seen);
      });
      if (error !== undefined && !(error instanceof RfbError)) throw error;
      expect(framebuffer.width).toBe(seen.framebufferWidth);
      expect(framebuffer.height).toBe(seen.framebufferHeight);
      expect(framebuffer.toRgba()).toHaveLength(framebuffer.width * framebuffer.height * 4);
    }),
    runs(700),
  );
});

const CHALLENGE = latin1("0123456789abcdef");
const VERSIONS = ["003", "007", "008"].map((minor) => latin1(`RFB 003.${minor}\n`));
const AFTER_VERSION = ["0101 00000000", "00000001", "0102 00000001 00000002 6e6f", "00 00000002 6e6f", ""].map(hex);

const handshakes = fc.oneof(
  bytes(40),
  fc
    .tuple(
      fc.constantFrom(...VERSIONS),
      fc.constantFrom(...AFTER_VERSION),
      bytes(30),
      fc.oneof(fc.constant([]), mutations),
    )
    .map(([version, after, rest, changes]) => mutated(join([version, after, rest]), changes)),
);

describe("a handshake", () => {
  const exchangeFor = (type: number) => (type === 2 ? vncAuthClient(CHALLENGE) : none());

  test("of a client comes through, waits, or fails with an RfbError, however it is split", () => {
    fc.assert(
      fc.property(handshakes, cuts, fc.boolean(), (array, points, closing) => {
        const answer = (offered: readonly number[]) => [offered[0]!, exchangeFor(offered[0]!)] as const;
        const chunks = split(array, points);
        const copies = chunks.map((chunk) => chunk.slice());
        const whole = runClient(createClientHandshake(TIGHT), [array.slice()], answer, closing);
        const pieces = runClient(createClientHandshake(TIGHT), chunks, answer, closing);
        expectEnd(whole, closing);
        expect({ ...pieces, error: told(pieces.error) }).toStrictEqual({ ...whole, error: told(whole.error) });
        expect(chunks).toStrictEqual(copies);
      }),
      runs(700),
    );
  });

  test("of a server comes through, waits, or fails with an RfbError, however it is split, and can refuse", () => {
    fc.assert(
      fc.property(handshakes, cuts, fc.boolean(), (array, points, closing) => {
        const answers = {
          offer: [2],
          exchange: () => vncAuthServer(CHALLENGE),
        };
        const handshake = createServerHandshake(TIGHT);
        const whole = runServer(handshake, [array.slice()], answers, closing);
        const pieces = runServer(createServerHandshake(TIGHT), split(array, points), answers, closing);
        expectEnd(whole, closing);
        expect({ ...pieces, error: told(pieces.error) }).toStrictEqual({ ...whole, error: told(whole.error) });
        expect(handshake.refuse("no")).toBeInstanceOf(Uint8Array);
      }),
      runs(700),
    );
  });
});

function expectEnd({ error, rest }: { error: unknown; rest: Uint8Array | undefined }, closing: boolean): void {
  if (error !== undefined && !(error instanceof RfbError)) throw error;
  if (closing && rest === undefined) expect(error).toBeInstanceOf(RfbError);
}

/** Two errors are the same where they say the same. */
function told(error: unknown): unknown {
  return error instanceof RfbError ? [error.code, error.message, error.offset] : error;
}

test("a session before its first byte is what a client's handshake begins with", () => {
  expect(createClientHandshake().session).toBe(NEW_SESSION);
  expect(createServerHandshake().session).toBe(NEW_SESSION);
});
