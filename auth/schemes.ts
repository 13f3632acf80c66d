import { SecurityType, VencryptSubtype } from "../codec/names.ts";
import { none } from "./none.ts";
import { plainClient, plainServer } from "./plain.ts";
import type { Scheme } from "./scheme.ts";
import { vncAuthClient, vncAuthServer } from "./vnc_auth.ts";

const NONE = { needs: [], client: none, server: none } as const;
const VNC_AUTH = { needs: ["password"], client: vncAuthClient, server: vncAuthServer } as const;
const PLAIN = { needs: ["username", "password"], client: plainClient, server: plainServer } as const;

const X509 = { tls: "x509", protects: "stream", legacy: false } as const;
const ANONYMOUS = { tls: "anonymous", protects: "stream", legacy: true } as const;

/** Every scheme there is. The order says nothing: an operator's list does. */
export const SCHEMES: readonly Scheme[] = [
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
  { name: "vncauth", path: [SecurityType.VncAuth], protects: "password", legacy: true, ...VNC_AUTH },
  { name: "none", path: [SecurityType.None], protects: "nothing", legacy: true, ...NONE },
];
