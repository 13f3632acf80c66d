import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, contentOf, textOf } from "../../codec/text.ts";
import { bytes } from "./arbitraries.ts";
import { hex, latin1 } from "./bytes.ts";
import { runs } from "./runs.ts";

test("UTF-8 is read as that", () => {
  expect(textOf(hex("636f72707573 2072656e616d6564 20 e28094 20 c3a9"))).toBe("corpus renamed — é");
});

test("what is not UTF-8 is read as Latin-1, and not as windows-1252", () => {
  expect(textOf(hex("636166e9"))).toBe("café");
  expect(textOf(hex("41 e9 80 42"))).toBe("Aé B");
});

test("Latin-1 of any length is read, without a string for each character", () => {
  const latin = Uint8Array.from({ length: 2 ** 20 + 1 }, (_, i) => 0xa1 + (i % 90));
  const text = contentOf(latin);
  expect(Uint8Array.from(text, (character) => character.charCodeAt(0))).toStrictEqual(latin);
});

test("the NUL that QEMU counts is left out", () => {
  expect(textOf(latin1("Authentication failed\0"))).toBe("Authentication failed");
});

test("control characters cannot drive a terminal or break a log line", () => {
  expect(textOf(latin1("a\r\nb\x1b[31mc\x07"))).toBe("a b [31mc");
  expect(textOf(bytesOf("right\u202eto\u2028left\u200bend"))).toBe("right to left end");
});

test("any bytes become text on one line", () => {
  fc.assert(
    fc.property(bytes(40), (array) => {
      const copy = array.slice();
      expect(textOf(array)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(array).toStrictEqual(copy);
    }),
    runs(200),
  );
});

test("bytesOf is UTF-8", () => {
  expect(bytesOf("é—")).toStrictEqual(hex("c3a9 e28094"));
});
