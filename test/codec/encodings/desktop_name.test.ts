import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeDesktopName, encodeDesktopName } from "../../../codec/encodings/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { bytesOf } from "../../../codec/text.ts";
import { be32, hex, join } from "../bytes.ts";
import { errorOf } from "../errors.ts";
import { rectangleHead } from "../streams.ts";
import { framed, isSound, parted, sessionIn } from "./framed.ts";
import { FORMATS } from "./rectangles.ts";

const session = sessionIn(FORMATS.rgb332);

// xtigervnc-messages/server.bin@5961
const RENAMED = hex("0000 0000 0000 0000 fffffecd 00000015 636f727075732072656e616d656420e2809420c3a9");

test("DesktopName is read and written as TigerVNC sends it", () => {
  const { payload } = framed(RENAMED, session);
  expect(decodeDesktopName(payload)).toStrictEqual({ name: bytesOf("corpus renamed — é") });
  expect(encodeDesktopName({ name: bytesOf("corpus renamed — é") })).toStrictEqual(RENAMED);
});

test("any name comes back, an empty one too", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (name) => {
      expect(decodeDesktopName(parted(encodeDesktopName({ name })).payload)).toStrictEqual({ name });
    }),
  );
  expect(framed(encodeDesktopName({ name: hex("") }), session).payload).toStrictEqual(be32(0));
});

test("a name may be as long as the limit says, and no longer", () => {
  const limits = { ...DEFAULT_LIMITS, maxNameLength: 21 };
  expect(framed(RENAMED, session, limits).payload).toHaveLength(25);
  expect(errorOf(() => framed(RENAMED, session, { ...limits, maxNameLength: 20 }))).toMatchObject({
    code: "limit",
    reason: "limit maxNameLength is 20, got 21",
  });
  const claimed = join([rectangleHead(0, 0, 0, 0, -307), be32(0xffffffff)]);
  expect(errorOf(() => framed(claimed, session)).reason).toBe("limit maxNameLength is 65536, got 4294967295");
});

test("a payload of another length is refused", () => {
  expect(errorOf(() => decodeDesktopName(hex("000000"))).message).toBe("Cannot read a DesktopName at 0: 3 bytes of 4");
  expect(errorOf(() => decodeDesktopName(hex("00000002 41"))).reason).toBe("5 bytes of 6");
  expect(errorOf(() => decodeDesktopName(hex("00000002 414243"))).code).toBe("trailing");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (payload) => {
      isSound(() => decodeDesktopName(payload));
    }),
  );
});
