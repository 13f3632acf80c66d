/**
 * Numbers of the protocol by name, and names for the numbers in a log.
 * An absent name is no error: numbers stay numbers everywhere else.
 *
 * @module
 */

/** Security types, RFC 6143 §7.1.2 and the rfbproto registry. Some are reserved or undocumented: the name is all there is. */
export const SecurityType = {
  Invalid: 0,
  None: 1,
  VncAuth: 2,
  /** Of Virtual Server's VMRC; RealVNC has reserved the number. */
  NTLM: 4,
  RA2: 5,
  RA2ne: 6,
  SSPI: 7,
  SSPIne: 8,
  RA2r: 13,
  Tight: 16,
  Ultra: 17,
  TLS: 18,
  VeNCrypt: 19,
  SASL: 20,
  MD5: 21,
  xvp: 22,
  SecureTunnel: 23,
  IntegratedSSH: 24,
  DH: 30,
  AppleRSA1: 33,
  AppleKerberos: 35,
  AppleSRP: 36,
  UltraSCPrompt: 104,
  UltraSessionSelect: 105,
  MSLogonI: 112,
  MSLogonII: 113,
  UltraSecureVNCPlugin: 114,
  UltraSecureVNCPluginNew: 115,
  UltraClientInitExtraMsg: 116,
  UltraClientInitExtraMsgNew: 117,
  RA2_256: 129,
  RA2ne_256: 130,
  RA2r_256: 133,
  MSLogon: 0xfffffffa,
} as const;

/**
 * VeNCrypt 0.2 subtypes, rfbproto "VeNCrypt". 263 and 264 are named as QEMU, gtk-vnc and libvncclient use them;
 * rfbproto has the two the other way round. So the number is the value, and a name never decides whose certificate is
 * looked at: a scheme says which TLS it runs over.
 */
export const VencryptSubtype = {
  Plain: 256,
  TLSNone: 257,
  TLSVnc: 258,
  TLSPlain: 259,
  X509None: 260,
  X509Vnc: 261,
  X509Plain: 262,
  X509SASL: 263,
  TLSSASL: 264,
  Ident: 265,
  TLSIdent: 266,
  X509Ident: 267,
} as const;

/** Whose names 263 and 264 have: every deployed implementation's, or rfbproto's, where the two are the other way round. */
export type VencryptDialect = "qemu" | "spec";

/**
 * What Tight authenticates by, rfbproto "Tight Security Type". The first are security types as everywhere; 129 and 130 are
 * not those of the same number.
 */
export const TightAuthType = {
  None: 1,
  VncAuth: 2,
  VeNCrypt: 19,
  SASL: 20,
  UnixLogin: 129,
  /** Undefined: the name is all there is. */
  External: 130,
} as const;

/** Encodings and pseudo-encodings, RFC 6143 §7.7 and §7.8 and the rfbproto registry; signed. */
export const Encoding = {
  Raw: 0,
  CopyRect: 1,
  RRE: 2,
  CoRRE: 4,
  Hextile: 5,
  Zlib: 6,
  Tight: 7,
  ZlibHex: 8,
  Ultra: 9,
  Ultra2: 10,
  TRLE: 15,
  ZRLE: 16,
  ZYWRLE: 17,
  XZ: 18,
  XZYW: 19,
  H264: 20,
  JPEG: 21,
  JRLE: 22,
  ZRLE2: 24,
  Zstd: 25,
  TightZstd: 26,
  ZstdHex: 27,
  ZstdRLE: 28,
  ZstdYWRLE: 29,
  OpenH264: 50,
  AtenAST2100: 0x57,
  AtenASTJPEG: 0x58,
  AtenHermon: 0x59,
  AtenYarkon: 0x60,
  AtenPilot3: 0x61,
  AppleAdaptive: 1011,
  AppleCursorPos: 1100,
  AppleDisplayInfo: 1101,
  AppleUserInfo: 1102,
  AppleSessionEncryption: 1103,
  AppleCursorAlpha: 1104,
  AppleDisplayInfo2: 1105,
  AppleTouch: 1106,
  AppleDeviceInfo: 1107,
  AppleKeyboardInput: 1109,
  AppleMediaStream: 1110,
  /** libvncserver's experiment; its number spells "H264". */
  VaH264: 0x48323634,
  VMwareCursor: 0x574d5664,
  VMwareCursorState: 0x574d5665,
  VMwareCursorPosition: 0x574d5666,
  VMwareKeyRepeat: 0x574d5667,
  VMwareLEDState: 0x574d5668,
  VMwareDisplayModeChange: 0x574d5669,
  VMwareVirtualMachineState: 0x574d566a,
  /** The lowest quality, 0; 9 is -23. */
  JPEGQualityLevel0: -32,
  JPEGQualityLevel9: -23,
  DesktopSize: -223,
  LastRect: -224,
  PointerPos: -232,
  Cursor: -239,
  XCursor: -240,
  CompressionLevel9: -247,
  /** The lowest level, 0; 9 is -247. */
  CompressionLevel0: -256,
  QEMUPointerMotionChange: -257,
  QEMUExtendedKeyEvent: -258,
  QEMUAudio: -259,
  TightPNG: -260,
  QEMULEDState: -261,
  gii: -305,
  popa: -306,
  DesktopName: -307,
  ExtendedDesktopSize: -308,
  xvp: -309,
  OLIVECallControl: -310,
  ClientRedirect: -311,
  Fence: -312,
  ContinuousUpdates: -313,
  CursorWithAlpha: -314,
  ExtendedMouseButtons: -316,
  TightWithoutZlib: -317,
  /** TurboVNC: 0; 100 is -412. */
  JPEGFineQualityLevel0: -512,
  JPEGFineQualityLevel100: -412,
  JPEGSubsampling1X: -768,
  JPEGSubsampling4X: -767,
  JPEGSubsampling2X: -766,
  JPEGSubsamplingGray: -765,
  JPEGSubsampling8X: -764,
  JPEGSubsampling16X: -763,
  /** neatvnc: presentation timestamps and its clock messages. */
  NeatvncPTS: -1000,
  NeatvncNTP: -1001,
  ExtendedClipboard: -1063131698,
  PluginStreaming: -1063131697,
  KeyboardLedState: -131072,
  SupportedMessages: -131071,
  SupportedEncodings: -131070,
  ServerIdentity: -131069,
  UltraCache: -65536,
  UltraCacheEnable: -65535,
  UltraXORZlib: -65534,
  UltraXORMonoRectZlib: -65533,
  UltraXORMultiColorZlib: -65532,
  UltraSolidColor: -65531,
  UltraXOREnable: -65530,
  UltraCacheZip: -65529,
  UltraSolMonoZip: -65528,
  UltraZip: -65527,
  UltraQueueZstd: -65526,
  UltraQueueEnable: -65525,
  UltraServerState: -32768,
  UltraEnableKeepAlive: -32767,
  UltraFTProtocolVersion: -32766,
  UltraSession: -32765,
  UltraEnableIdleTime: -32764,
  UltraMonitorInfo: -32763,
} as const;

/** "VeNCrypt (19)", or "113" where we have no name. */
export function nameOfSecurityType(type: number): string {
  return named(SECURITY_TYPES, type);
}

/** "X509Vnc (261)", or "999" where we have no name. A nested security type is named as one, and 263 and 264 as QEMU does. */
export function nameOfVencryptSubtype(subtype: number): string {
  return nameOfVencryptSubtypeIn("qemu", subtype);
}

/** As {@link nameOfVencryptSubtype}, with 263 and 264 named as the dialect has them. */
export function nameOfVencryptSubtypeIn(dialect: VencryptDialect, subtype: number): string {
  if (dialect === "spec" && subtype === VencryptSubtype.X509SASL) return `TLSSASL (${subtype})`;
  if (dialect === "spec" && subtype === VencryptSubtype.TLSSASL) return `X509SASL (${subtype})`;
  return subtype < 256 ? nameOfSecurityType(subtype) : named(VENCRYPT_SUBTYPES, subtype);
}

/** "UnixLogin (129)", or "77" where we have no name. */
export function nameOfTightAuthType(authType: number): string {
  return named(TIGHT_AUTH_TYPES, authType);
}

/**
 * The names of what was chosen one inside the other, or one round after the other, as a session's `securityPath` has it: what a
 * number means follows from the one before it.
 */
export function namesOfSecurityPath(path: readonly number[]): string[] {
  return path.map((number, i) => {
    if (path[i - 1] === SecurityType.VeNCrypt) return nameOfVencryptSubtype(number);
    return path[i - 1] === SecurityType.Tight ? nameOfTightAuthType(number) : nameOfSecurityType(number);
  });
}

/** "CopyRect (1)", or "-305" where we have no name. */
export function nameOfEncoding(encoding: number): string {
  return named(ENCODINGS, encoding);
}

/**
 * "KeyFrameRequest of UltraVNC, SessionVisibility of Apple (12)", or "99" where we have no name: what a client's message
 * of this number can be that has no layout, or none in the session's dialect.
 */
export function nameOfClientMessage(messageType: number): string {
  return named(CLIENT_MESSAGES, messageType);
}

/** As {@link nameOfClientMessage}, of a server's message. */
export function nameOfServerMessage(messageType: number): string {
  return named(SERVER_MESSAGES, messageType);
}

const CLIENT_MESSAGES: ReadonlyMap<number, string> = new Map([
  [7, "FileTransfer of UltraVNC, NOP of Apple"],
  [12, "KeyFrameRequest of UltraVNC, SessionVisibility of Apple"],
  [14, "DragEvent of Apple"],
  [16, "EncryptedEvent of Apple"],
  [18, "SetEncryption of Apple"],
  [20, "RequestSession of UltraVNC, SessionVisibility2 of Apple"],
  [23, "GestureEvent of Apple"],
  [26, "PowerControl of ATEN"],
  [31, "Clipboard of Apple"],
  [33, "ViewerInfo of Apple"],
  [127, "VMware"],
  [128, "CarConnectivity"],
  [130, "FileListRequest of TightVNC"],
  [131, "FileDownloadRequest of TightVNC"],
  [132, "FileUploadRequest of TightVNC"],
  [133, "FileUploadData of TightVNC"],
  [134, "FileDownloadCancel of TightVNC"],
  [135, "FileUploadFailed of TightVNC"],
  [136, "FileCreateDirRequest of TightVNC"],
  [151, "VideoRectangleSelection of TightVNC"],
  [249, "OLIVECallControl"],
  [252, "tight"],
  [254, "VMware, SetMonitor of UltraVNC"],
]);

const SERVER_MESSAGES: ReadonlyMap<number, string> = new Map([
  [5, "KeyFrameUpdate of UltraVNC"],
  [20, "StateChange of Apple"],
  [22, "KeepAlive of ATEN"],
  [31, "Clipboard of Apple"],
  [32, "DragEvent of Apple"],
  [51, "VideoInfo of ATEN"],
  [53, "KbdMouseStatus of ATEN"],
  [55, "MouseInfo of ATEN"],
  [57, "SessionMessage of ATEN"],
  [60, "ScreenStatus of ATEN"],
  [81, "DisplayInfo2 of Apple"],
  [127, "VMware"],
  [128, "CarConnectivity"],
  [130, "FileListData of TightVNC"],
  [131, "FileDownloadData of TightVNC"],
  [132, "FileUploadCancel of TightVNC"],
  [133, "FileDownloadFailed of TightVNC"],
  [249, "OLIVECallControl"],
  [252, "tight, MonitorInfo of UltraVNC"],
  [254, "VMware"],
]);

const SECURITY_TYPES = /* @__PURE__ */ byNumber(SecurityType);
const VENCRYPT_SUBTYPES = /* @__PURE__ */ byNumber(VencryptSubtype);
const TIGHT_AUTH_TYPES = /* @__PURE__ */ byNumber(TightAuthType);
const ENCODINGS = /* @__PURE__ */ byNumber(Encoding);

function byNumber(names: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(names).map(([name, number]) => [number, name]));
}

function named(names: ReadonlyMap<number, string>, number: number): string {
  const name = names.get(number);
  return name === undefined ? String(number) : `${name} (${number})`;
}
