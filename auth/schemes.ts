import { SecurityType, TightAuthType, VencryptSubtype } from "../codec/names.ts";
import { appleDhClient, appleDhServer } from "./apple_dh.ts";
import { appleRsa1Client, appleRsa1Server } from "./apple_rsa1.ts";
import { atenClient, atenServer } from "./aten.ts";
import { identClient, identServer } from "./ident.ts";
import { msLogonClient, msLogonServer } from "./ms_logon.ts";
import { none } from "./none.ts";
import { plainClient, plainServer } from "./plain.ts";
import { RA2, RA2_256, RA2NE, RA2NE_256, RA2R, RA2R_256, type Ra2Kind, ra2Client, ra2Server } from "./ra2.ts";
import { saslClient, saslServer } from "./sasl/exchange.ts";
import type { Scheme } from "./scheme.ts";
import { vncAuthClient, vncAuthServer } from "./vnc_auth.ts";
import { xvpClient, xvpServer } from "./xvp.ts";

const NONE = { needs: [], client: none, server: none } as const;
const VNC_AUTH = { needs: ["password"], client: vncAuthClient, server: vncAuthServer } as const;
const PLAIN = { needs: ["username", "password"], client: plainClient, server: plainServer } as const;
const MS_LOGON = { needs: ["username", "password"], client: msLogonClient, server: msLogonServer } as const;
const SASL = { needs: ["username", "password"], client: saslClient, server: saslServer } as const;
const IDENT = { needs: ["username"], client: identClient, server: identServer } as const;

const X509 = { tls: "x509", protects: "stream", legacy: false } as const;
const ANONYMOUS = { tls: "anonymous", protects: "stream", legacy: true } as const;

/** RSA-AES. The user's name is asked for as well where the server wants it, which it says only when keys are exchanged. */
function ra2(kind: Ra2Kind): Pick<Scheme, "needs" | "protects" | "legacy" | "showsKey" | "client" | "server"> {
  return {
    needs: ["password"],
    protects: kind.sealsAll ? "stream" : "password",
    legacy: false,
    showsKey: true,
    client: (context) => ra2Client(kind, context),
    server: (context) => ra2Server(kind, context),
  };
}

/** Those that are held by nothing but, perhaps, VeNCrypt. */
const DIRECT: readonly Scheme[] = [
  { name: "x509plain", path: [SecurityType.VeNCrypt, VencryptSubtype.X509Plain], ...X509, ...PLAIN },
  { name: "x509vnc", path: [SecurityType.VeNCrypt, VencryptSubtype.X509Vnc], ...X509, ...VNC_AUTH },
  { name: "x509none", path: [SecurityType.VeNCrypt, VencryptSubtype.X509None], ...X509, ...NONE },
  { name: "tlsplain", path: [SecurityType.VeNCrypt, VencryptSubtype.TLSPlain], ...ANONYMOUS, ...PLAIN },
  { name: "tlsvnc", path: [SecurityType.VeNCrypt, VencryptSubtype.TLSVnc], ...ANONYMOUS, ...VNC_AUTH },
  { name: "tlsnone", path: [SecurityType.VeNCrypt, VencryptSubtype.TLSNone], ...ANONYMOUS, ...NONE },
  {
    name: "plain",
    path: [SecurityType.VeNCrypt, VencryptSubtype.Plain],
    protects: "nothing",
    legacy: true,
    ...PLAIN,
  },
  // To rfbproto 263 is TLSSASL and 264 X509SASL: with a server that takes it at its word, TLS fails before anything is said.
  { name: "x509sasl", path: [SecurityType.VeNCrypt, VencryptSubtype.X509SASL], ...X509, ...SASL },
  { name: "tlssasl", path: [SecurityType.VeNCrypt, VencryptSubtype.TLSSASL], ...ANONYMOUS, ...SASL },
  { name: "x509ident", path: [SecurityType.VeNCrypt, VencryptSubtype.X509Ident], ...X509, ...IDENT },
  { name: "tlsident", path: [SecurityType.VeNCrypt, VencryptSubtype.TLSIdent], ...ANONYMOUS, ...IDENT },
  {
    name: "ident",
    path: [SecurityType.VeNCrypt, VencryptSubtype.Ident],
    protects: "nothing",
    legacy: true,
    ...IDENT,
  },
  { name: "sasl", path: [SecurityType.SASL], protects: "password", legacy: false, ...SASL },
  { name: "ra2_256", path: [SecurityType.RA2_256], ...ra2(RA2_256) },
  { name: "ra2", path: [SecurityType.RA2], ...ra2(RA2) },
  { name: "ra2r_256", path: [SecurityType.RA2r_256], ...ra2(RA2R_256) },
  { name: "ra2r", path: [SecurityType.RA2r], ...ra2(RA2R) },
  { name: "ra2ne_256", path: [SecurityType.RA2ne_256], ...ra2(RA2NE_256) },
  { name: "ra2ne", path: [SecurityType.RA2ne], ...ra2(RA2NE) },
  {
    name: "xvp",
    path: [SecurityType.xvp],
    needs: ["username", "password", "target"],
    protects: "password",
    legacy: true,
    client: xvpClient,
    server: xvpServer,
  },
  { name: "vncauth", path: [SecurityType.VncAuth], protects: "password", legacy: true, ...VNC_AUTH },
  {
    name: "dh",
    path: [SecurityType.DH],
    needs: ["username", "password"],
    protects: "password",
    legacy: true,
    client: appleDhClient,
    server: appleDhServer,
  },
  {
    name: "applersa1",
    path: [SecurityType.AppleRSA1],
    needs: ["username", "password"],
    protects: "password",
    legacy: true,
    showsKey: true,
    client: appleRsa1Client,
    server: appleRsa1Server,
  },
  { name: "mslogon2", path: [SecurityType.MSLogonII], protects: "nothing", legacy: true, ...MS_LOGON },
  // Only 3.3 has room for the number.
  { name: "mslogon", path: [SecurityType.MSLogon], protects: "nothing", legacy: true, ...MS_LOGON },
  // Where it is named, the number is not Tight's.
  {
    name: "aten",
    path: [SecurityType.Tight],
    needs: ["username", "password"],
    protects: "nothing",
    legacy: true,
    client: atenClient,
    server: atenServer,
  },
  { name: "none", path: [SecurityType.None], protects: "nothing", legacy: true, ...NONE },
];

/** Every scheme there is. The order says nothing: an operator's list does. */
export const SCHEMES: readonly Scheme[] = [
  ...DIRECT,
  // TLS (18), as Vino has it.
  ...inside(SecurityType.TLS, "vino", ["none", "vncauth", "sasl"]).map((scheme) => ({ ...scheme, ...ANONYMOUS })),
  // UltraVNC's next round.
  ...inside(SecurityType.Ultra, "ultra", ["none", "vncauth", "mslogon2"]),
  // As on its own: VeNCrypt adds no TLS to what is not one of its own subtypes.
  ...inside(SecurityType.VeNCrypt, "vencrypt", [
    "none",
    "vncauth",
    "sasl",
    "dh",
    "ra2_256",
    "ra2",
    "ra2r_256",
    "ra2r",
    "ra2ne_256",
    "ra2ne",
  ]),
  ...inside(SecurityType.Tight, "tight", ["none", "vncauth", "sasl"]),
  {
    name: "tightunix",
    path: [SecurityType.Tight, TightAuthType.UnixLogin],
    protects: "nothing",
    legacy: true,
    ...PLAIN,
  },
  ...inside(
    SecurityType.Tight,
    "tight",
    DIRECT.filter(({ path }) => path[0] === SecurityType.VeNCrypt).map(({ name }) => name),
  ),
];

/** Schemes inside a container that changes nothing about them: `tightvnc` is `vncauth` inside Tight. */
function inside(container: number, prefix: string, names: readonly string[]): readonly Scheme[] {
  return names.map((name) => {
    const scheme = DIRECT.find((candidate) => candidate.name === name)!;
    return { ...scheme, name: prefix + name.replace(/^vncauth$/, "vnc"), path: [container, ...scheme.path] };
  });
}
