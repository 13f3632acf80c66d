import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeClientRedirect, encodeClientRedirect } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { recordOf, u16s } from "../arbitraries.ts";
import { be16, be32, hex, join, latin1 } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { rectangleHead } from "../streams.ts";
import { framed, isSound, parted, sessionIn } from "./framed.ts";
import { FORMATS } from "./rectangles.ts";

const session = sessionIn(FORMATS.rgb332);
const HEAD = rectangleHead(0, 0, 0, 0, -311);
const VALUE = { port: 5901, host: latin1("other.example"), x509Subject: latin1("CN=other") };
const WHOLE = join([HEAD, be16(5901), be32(13), latin1("other.example"), be32(8), latin1("CN=other")]);

test("ClientRedirect is read and written by hand", () => {
  const { payload } = framed(WHOLE, session);
  expect(decodeClientRedirect(payload)).toStrictEqual(VALUE);
  expect(encodeClientRedirect(VALUE)).toStrictEqual(WHOLE);
});

test("any texts come back, empty ones too", () => {
  const texts = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(recordOf({ port: u16s, host: texts, x509Subject: texts }), (value) => {
      expect(decodeClientRedirect(parted(encodeClientRedirect(value)).payload)).toStrictEqual(value);
    }),
  );
  const empty = { port: 0, host: hex(""), x509Subject: hex("") };
  expect(framed(encodeClientRedirect(empty), session).payload).toHaveLength(10);
  expect(() => encodeClientRedirect({ ...empty, port: 65536 })).toThrow(RangeError);
});

test("each text may be as long as the limit says, and no longer", () => {
  const limits = { ...DEFAULT_LIMITS, maxVendorLength: 13 };
  expect(framed(WHOLE, session, limits).payload).toHaveLength(31);
  expect(errorOf(() => framed(WHOLE, session, { ...limits, maxVendorLength: 12 })).reason).toBe(
    "limit maxVendorLength is 12, got 13",
  );
  const claimed = join([HEAD, be16(1), be32(0), be32(0xffffffff)]);
  expect(errorOf(() => framed(claimed, session)).reason).toBe("limit maxVendorLength is 1048576, got 4294967295");
});

test("a payload of another length is refused", () => {
  const { payload } = parted(WHOLE);
  for (let end = 0; end < payload.length; end++) {
    expect(errorOf(() => decodeClientRedirect(payload.subarray(0, end))).code).toBe("truncated");
  }
  expect(errorOf(() => decodeClientRedirect(join([payload, hex("00")]))).message).toBe(
    "Cannot read a ClientRedirect: 32 bytes of 31",
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
      isSound(() => decodeClientRedirect(bytes));
    }),
  );
});
