import { expect, test } from "vitest";
import {
  Encoding,
  nameOfClientMessage,
  nameOfEncoding,
  nameOfSecurityType,
  nameOfServerMessage,
  nameOfTightAuthType,
  nameOfVencryptSubtype,
  nameOfVencryptSubtypeIn,
  SecurityType,
  VencryptSubtype,
} from "../../codec/names.ts";

test("numbers are those of RFC 6143 and the rfbproto registry", () => {
  expect(Encoding).toStrictEqual(expect.objectContaining({ Raw: 0, CopyRect: 1, DesktopSize: -223, LastRect: -224 }));
  expect(SecurityType).toStrictEqual(
    expect.objectContaining({ Invalid: 0, None: 1, VncAuth: 2, RA2: 5, RA2ne: 6, Tight: 16, Ultra: 17, TLS: 18 }),
  );
  expect(SecurityType).toStrictEqual(
    expect.objectContaining({ VeNCrypt: 19, SASL: 20, MD5: 21, xvp: 22, DH: 30, MSLogonII: 113 }),
  );
  expect(SecurityType).toStrictEqual(expect.objectContaining({ RA2_256: 129, RA2ne_256: 130 }));
  expect(VencryptSubtype).toStrictEqual(
    expect.objectContaining({ Plain: 256, TLSNone: 257, TLSVnc: 258, TLSPlain: 259 }),
  );
  expect(VencryptSubtype).toStrictEqual(expect.objectContaining({ X509None: 260, X509Vnc: 261, X509Plain: 262 }));
});

test("a known number is named for a log, an unknown one stays a number", () => {
  expect([0, -223, 12345, -1].map(nameOfEncoding)).toStrictEqual(["Raw (0)", "DesktopSize (-223)", "12345", "-1"]);
  expect([19, 77].map(nameOfSecurityType)).toStrictEqual(["VeNCrypt (19)", "77"]);
});

test("a security type nested in VeNCrypt is named as one", () => {
  expect([261, 2, 999].map(nameOfVencryptSubtype)).toStrictEqual(["X509Vnc (261)", "VncAuth (2)", "999"]);
});

test("263 and 264 are named as QEMU has them, or as rfbproto does", () => {
  expect([263, 264].map(nameOfVencryptSubtype)).toStrictEqual(["X509SASL (263)", "TLSSASL (264)"]);
  expect([263, 264, 265].map((n) => nameOfVencryptSubtypeIn("spec", n))).toStrictEqual([
    "TLSSASL (263)",
    "X509SASL (264)",
    "Ident (265)",
  ]);
});

test("what Tight authenticates by has names of its own", () => {
  expect([1, 19, 129, 77].map(nameOfTightAuthType)).toStrictEqual([
    "None (1)",
    "VeNCrypt (19)",
    "UnixLogin (129)",
    "77",
  ]);
  expect(nameOfSecurityType(129)).toBe("RA2_256 (129)");
});

test("a message is named by whoever may mean something by its number", () => {
  expect([252, 12, 99].map(nameOfClientMessage)).toStrictEqual([
    "tight (252)",
    "KeyFrameRequest of UltraVNC, SessionVisibility of Apple (12)",
    "99",
  ]);
  expect([249, 81, 99].map(nameOfServerMessage)).toStrictEqual([
    "OLIVECallControl (249)",
    "DisplayInfo2 of Apple (81)",
    "99",
  ]);
});
