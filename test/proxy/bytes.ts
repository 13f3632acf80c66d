import { be32, hex, join, latin1 } from "../codec/bytes.ts";
import { type Act, hears, says, tls } from "./peer.ts";

// RFC 6143 §7.1 and rfbproto "VeNCrypt", by hand: nothing here comes from our own encoders.

export const V33: Uint8Array = latin1("RFB 003.003\n");
export const V37: Uint8Array = latin1("RFB 003.007\n");
export const V38: Uint8Array = latin1("RFB 003.008\n");

export const VERSIONS = ["3.3", "3.7", "3.8"] as const;
export type Version = (typeof VERSIONS)[number];

export function versionBytes(version: Version): Uint8Array {
  return { "3.3": V33, "3.7": V37, "3.8": V38 }[version];
}

/** The one sentence that a client hears of whatever went wrong. */
export const GENERIC: Uint8Array = latin1("The connection could not be secured");

/** A length, then the text. */
export function counted(text: Uint8Array | string): Uint8Array {
  const bytes = typeof text === "string" ? latin1(text) : text;
  return join([be32(bytes.length), bytes]);
}

export function u32s(...numbers: readonly number[]): Uint8Array {
  return join(numbers.map(be32));
}

export const OK: Uint8Array = hex("00000000");

/** A list of security types, in 3.7 and 3.8. */
export function types(...numbers: readonly number[]): Uint8Array {
  return Uint8Array.of(numbers.length, ...numbers);
}

/** A list of VeNCrypt subtypes. */
export function subtypes(...numbers: readonly number[]): Uint8Array {
  return join([Uint8Array.of(numbers.length), u32s(...numbers)]);
}

/** "password" and what TigerVNC 1.12 asked and was answered with, as recorded. */
export const CHALLENGE: Uint8Array = hex("c1d11ac5216c3bcfd2ed395f1354ffc1");
export const RESPONSE: Uint8Array = hex("646d71822fc0a9d1ace63c51d990aa6d");

/** What a client does up to its last word before ClientInit; it is let in. */
export const CLIENTS: Readonly<Record<Version, readonly Act[]>> = {
  "3.3": [hears(V38), says(V33), hears(hex("00000001"))],
  "3.7": [hears(V38), says(V37), hears(hex("0101")), says(hex("01"))],
  "3.8": [hears(V38), says(V38), hears(hex("0101")), says(hex("01")), hears(OK)],
};

/** A client's bytes up to and with its ClientInit. */
export const CLIENT_BYTES: Readonly<Record<Version, Uint8Array>> = {
  "3.3": join([V33, hex("01")]),
  "3.7": join([V37, hex("01"), hex("01")]),
  "3.8": join([V38, hex("01"), hex("01")]),
};

/** A server that lets the proxy in. */
export interface ServerScript {
  readonly name: string;
  /** The scheme that the proxy is to use. */
  readonly scheme: string;
  /** Up to where nothing is chosen yet: version and types. */
  readonly before: readonly Act[];
  /** From the choice on. */
  readonly after: readonly Act[];
}

function vencrypt(subtype: number, kind: "x509" | "anonymous" | undefined, ...inner: readonly Act[]): readonly Act[] {
  return [
    hears(hex("13")),
    says(hex("0002")),
    hears(hex("0002")),
    says(hex("00"), subtypes(subtype)),
    hears(u32s(subtype)),
    ...(kind === undefined ? [] : [says(hex("01")), tls(kind)]),
    ...inner,
    says(OK),
  ];
}

const VNC_AUTH: readonly Act[] = [says(CHALLENGE), hears(RESPONSE)];
const PLAIN: readonly Act[] = [hears(u32s(3, 8), latin1("adapassword"))];
const OFFERS_VENCRYPT: readonly Act[] = [says(V38), hears(V38), says(types(19))];

/** Every scheme, and every version that a server can have. */
export const SERVERS: readonly ServerScript[] = [
  {
    name: "None in 3.8",
    scheme: "none",
    before: [says(V38), hears(V38), says(types(1))],
    after: [hears(hex("01")), says(OK)],
  },
  { name: "None in 3.7", scheme: "none", before: [says(V37), hears(V37), says(types(1))], after: [hears(hex("01"))] },
  { name: "None in 3.3", scheme: "none", before: [says(V33), hears(V33), says(u32s(1))], after: [] },
  {
    name: "VncAuth in 3.8",
    scheme: "vncauth",
    before: [says(V38), hears(V38), says(types(2))],
    after: [hears(hex("02")), ...VNC_AUTH, says(OK)],
  },
  {
    name: "VncAuth in 3.7",
    scheme: "vncauth",
    before: [says(V37), hears(V37), says(types(2))],
    after: [hears(hex("02")), ...VNC_AUTH, says(OK)],
  },
  {
    name: "VncAuth in 3.3",
    scheme: "vncauth",
    before: [says(V33), hears(V33), says(u32s(2))],
    after: [...VNC_AUTH, says(OK)],
  },
  { name: "X509None", scheme: "x509none", before: OFFERS_VENCRYPT, after: vencrypt(260, "x509") },
  { name: "X509Vnc", scheme: "x509vnc", before: OFFERS_VENCRYPT, after: vencrypt(261, "x509", ...VNC_AUTH) },
  { name: "X509Plain", scheme: "x509plain", before: OFFERS_VENCRYPT, after: vencrypt(262, "x509", ...PLAIN) },
  { name: "TLSNone", scheme: "tlsnone", before: OFFERS_VENCRYPT, after: vencrypt(257, "anonymous") },
  { name: "TLSVnc", scheme: "tlsvnc", before: OFFERS_VENCRYPT, after: vencrypt(258, "anonymous", ...VNC_AUTH) },
  { name: "TLSPlain", scheme: "tlsplain", before: OFFERS_VENCRYPT, after: vencrypt(259, "anonymous", ...PLAIN) },
  { name: "Plain", scheme: "plain", before: OFFERS_VENCRYPT, after: vencrypt(256, undefined, ...PLAIN) },
  {
    name: "X509None in 3.7",
    scheme: "x509none",
    before: [says(V37), hears(V37), says(types(19))],
    after: vencrypt(260, "x509"),
  },
  {
    name: "X509None in 3.3",
    scheme: "x509none",
    before: [says(V33), hears(V33), says(u32s(19))],
    after: vencrypt(260, "x509").slice(1), // 3.3 has no choice to send
  },
];

/** Where a client hears that it will not be served. */
export type Moment =
  | "before its version is known"
  | "before it is offered anything"
  | "after a wrong choice"
  | "after its choice";

/** What a client of `version` is sent beyond the greeting and what it was offered, when it is turned away at `moment`. */
export function turnedAway(version: Version, moment: Moment, words: Uint8Array = GENERIC): Uint8Array {
  switch (moment) {
    case "before its version is known":
      return join([hex("00"), counted(words)]);
    case "before it is offered anything":
      return join([version === "3.3" ? hex("00000000") : hex("00"), counted(words)]);
    case "after a wrong choice":
      return version === "3.8" ? join([hex("00000001"), counted(words)]) : hex("00000001");
    case "after its choice":
      // 3.7 has no SecurityResult after None: the next bytes would be taken for ServerInit.
      return version === "3.8" ? join([hex("00000001"), counted(words)]) : new Uint8Array(0);
  }
}
