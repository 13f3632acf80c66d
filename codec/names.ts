/**
 * Numbers of the protocol by name, and names for the numbers in a log.
 * An absent name is no error: numbers stay numbers everywhere else.
 *
 * @module
 */

/** Security types, RFC 6143 §7.1.2 and the rfbproto registry. */
export const SecurityType = {
  Invalid: 0,
  None: 1,
  VncAuth: 2,
  RA2: 5,
  RA2ne: 6,
  Tight: 16,
  Ultra: 17,
  TLS: 18,
  VeNCrypt: 19,
  SASL: 20,
  MD5: 21,
  xvp: 22,
  DH: 30,
  MSLogonII: 113,
  RA2_256: 129,
  RA2ne_256: 130,
} as const;

/** VeNCrypt 0.2 subtypes, rfbproto "VeNCrypt". */
export const VencryptSubtype = {
  Plain: 256,
  TLSNone: 257,
  TLSVnc: 258,
  TLSPlain: 259,
  X509None: 260,
  X509Vnc: 261,
  X509Plain: 262,
} as const;

/** Encodings and pseudo-encodings, RFC 6143 §7.7 and §7.8 and the rfbproto registry; signed. */
export const Encoding = {
  Raw: 0,
  CopyRect: 1,
  DesktopSize: -223,
  LastRect: -224,
} as const;

/** "VeNCrypt (19)", or "113" where we have no name. */
export function nameOfSecurityType(type: number): string {
  return named(SECURITY_TYPES, type);
}

/** "X509Vnc (261)", or "999" where we have no name. A nested security type is named as one. */
export function nameOfVencryptSubtype(subtype: number): string {
  return subtype < 256 ? nameOfSecurityType(subtype) : named(VENCRYPT_SUBTYPES, subtype);
}

/** "CopyRect (1)", or "-305" where we have no name. */
export function nameOfEncoding(encoding: number): string {
  return named(ENCODINGS, encoding);
}

const SECURITY_TYPES = byNumber(SecurityType);
const VENCRYPT_SUBTYPES = byNumber(VencryptSubtype);
const ENCODINGS = byNumber(Encoding);

function byNumber(names: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(names).map(([name, number]) => [number, name]));
}

function named(names: ReadonlyMap<number, string>, number: number): string {
  const name = names.get(number);
  return name === undefined ? String(number) : `${name} (${number})`;
}
