/**
 * Every number of the protocol that has ever had a meaning: what docs/supported.md says something about.
 *
 * @module
 */

import type { Dialect } from "../../codec/layout.ts";

/** One row. */
export interface Row {
  /** Of each section its own: "client 7 apple". Evidence is kept by it. */
  readonly id: string;
  readonly section: Section;
  /** From the first to the last, both included; several where a row stands for several ranges. */
  readonly ranges: readonly (readonly [number, number])[];
  /** As shown. */
  readonly numbers: string;
  readonly name: string;
  /** Whose meaning of a message number it is. */
  readonly dialect: Dialect;
  /** Exported functions that read and write it, where no table of the code says which. */
  readonly functions: readonly string[];
  /** What else is to be known. */
  readonly note: string;
}

export type Section =
  | "version"
  | "security"
  | "result"
  | "vencrypt"
  | "capability"
  | "client"
  | "server"
  | "encoding"
  | "pseudo";

type Message = readonly [numbers: string, name: string, functions?: string, dialect?: Dialect, note?: string];
type Named = readonly [numbers: string, name: string, functions?: string | undefined, note?: string | undefined];

const VERSIONS: readonly Named[] = [
  [
    "0.0",
    "UltraVNC's repeater, which is no server",
    "",
    "a client refuses it, unless it is told whom to ask the repeater for",
  ],
  ["3.3", "the original"],
  ["3.4, 3.14, 3.16", "UltraVNC"],
  ["3.5", "wrong reports by old clients"],
  ["3.6", "UltraVNC; Virtual PC's VMRC, another dialect", "", "VMRC's own messages have no layout"],
  ["3.7", "RFB 3.7"],
  ["3.8", "RFB 3.8"],
  ["3.9 to 3.888, 3.890 to 3.999", "repeaters and proxies"],
  [
    "3.889",
    "Apple Screen Sharing",
    "",
    "answered with 3.8, which makes it plain RFB; Apple's own messages come to those who answer 3.889",
  ],
  ["4.0", "Intel AMT"],
  ["4.1", "RealVNC 4.6 and later"],
  ["5.0", "RealVNC 5 and later"],
  ["55.8", "ATEN's boards", "", "its own answer is given by the caller, and makes the dialect"],
  ["0.1 to 2.999, 3.0 to 3.2", "nobody", "", "a client refuses them"],
];

/** Nobody but its maker knows the layout. */
const UNKNOWN = "no layout is known";

/** It is published, and nobody is known to have it. */
const UNMET = "as rfbproto has it; no packaged program speaks it";

const SECURITY: readonly Named[] = [
  ["0", "Invalid: a refusal, with its reason", "encodeSecurityRefusal"],
  ["1", "None"],
  ["2", "VncAuth"],
  ["3", "reserved for RealVNC", "", UNKNOWN],
  ["4", "reserved for RealVNC; NTLM in VMRC", "", "NTLM's frames can be read and written; no scheme speaks it"],
  ["5", "RA2"],
  ["6", "RA2ne"],
  ["7", "SSPI", "", UNKNOWN],
  ["8", "SSPIne", "", UNKNOWN],
  ["9-12", "reserved for RealVNC", "", UNKNOWN],
  ["13", "RA2r", "", UNMET],
  ["14-15", "reserved for RealVNC", "", UNKNOWN],
  ["16", "Tight", "", "its tunnels, of which there are none in use, are not"],
  ["17", "Ultra"],
  ["18", "TLS"],
  ["19", "VeNCrypt"],
  ["20", "SASL"],
  ["21", "MD5", "", UNKNOWN],
  ["22", "xvp"],
  ["23", "SecureTunnel", "", UNKNOWN],
  ["24", "IntegratedSSH", "", UNKNOWN],
  ["30", "DH", "", "Apple's, which its users call ARD"],
  ["31, 32, 34", "Apple's, without a name", "", UNKNOWN],
  ["33", "Apple's RSA1", "", "as far as one client's source tells; macOS was not met"],
  ["35", "Apple's Kerberos", "", UNKNOWN],
  ["36", "Apple's SRP", "", UNKNOWN],
  ["104", "UltraSCPrompt", "", UNKNOWN],
  ["105", "UltraSessionSelect", "", UNKNOWN],
  ["112", "MSLogonI", "", UNKNOWN],
  ["113", "MSLogonII"],
  ["114", "UltraSecureVNCPlugin", "", UNKNOWN],
  ["115", "UltraSecureVNCPluginNew", "", UNKNOWN],
  ["116", "UltraClientInitExtraMsg", "", UNKNOWN],
  ["117", "UltraClientInitExtraMsgNew", "", UNKNOWN],
  ["128", "reserved for RealVNC", "", UNKNOWN],
  ["129", "RA2_256"],
  ["130", "RA2ne_256"],
  ["131-132", "reserved for RealVNC", "", UNKNOWN],
  ["133", "RA2r_256", "", UNMET],
  ["134-255", "reserved for RealVNC", "", UNKNOWN],
  ["4294967290", "MSLogon", "", "in 3.3 alone"],
];

const RESULTS: readonly Named[] = [
  ["0", "OK"],
  ["1", "failed"],
  ["2", "too many attempts (Tight)"],
  ["3", "UltraVNC: failed, with a reason in every version"],
  ["4294967295", "UltraVNC: go on with another list of security types"],
];

const VENCRYPT: readonly Named[] = [
  ["256", "Plain"],
  ["257", "TLSNone"],
  ["258", "TLSVnc"],
  ["259", "TLSPlain"],
  ["260", "X509None"],
  ["261", "X509Vnc"],
  ["262", "X509Plain"],
  ["263", "X509SASL", "", "as QEMU has it; TLSSASL in rfbproto"],
  ["264", "TLSSASL", "", "as QEMU has it; X509SASL in rfbproto"],
  ["265", "Ident"],
  ["266", "TLSIdent"],
  ["267", "X509Ident"],
  ["0-18, 20-255", "security types inside VeNCrypt", "", "those that have a scheme of their own for it"],
  ["19", "VeNCrypt inside VeNCrypt", "", "refused: it need have no end"],
];

const VENCRYPT_01: readonly Named[] = [
  [
    "19-25",
    "VeNCrypt 0.1: Plain, TLSNone, TLSVnc, TLSPlain, X509None, X509Vnc, X509Plain",
    "encodeVencrypt01Subtypes",
    "a server speaks it where it is told how",
  ],
];

/** Kind, code, vendor and signature. */
const CAPABILITIES: readonly (readonly [kind: string, code: number, words: string])[] = [
  ["tunnel", 0, "TGHT NOTUNNEL"],
  ["tunnel", 1, "SICR SCHANNEL"],
  ["authentication", 1, "STDV NOAUTH__"],
  ["authentication", 2, "STDV VNCAUTH_"],
  ["authentication", 19, "VENC VENCRYPT"],
  ["authentication", 20, "GTKV SASL____"],
  ["authentication", 129, "TGHT ULGNAUTH"],
  ["authentication", 130, "TGHT XTRNAUTH"],
  ["server message", 130, "TGHT FTS_LSDT"],
  ["server message", 131, "TGHT FTS_DNDT"],
  ["server message", 132, "TGHT FTS_UPCN"],
  ["server message", 133, "TGHT FTS_DNFL"],
  ["server message", 150, "TGHT CUS_EOCU"],
  ["server message", 253, "GGI_ GII_SERV"],
  ["client message", 130, "TGHT FTC_LSRQ"],
  ["client message", 131, "TGHT FTC_DNRQ"],
  ["client message", 132, "TGHT FTC_UPRQ"],
  ["client message", 133, "TGHT FTC_UPDT"],
  ["client message", 134, "TGHT FTC_DNCN"],
  ["client message", 135, "TGHT FTC_UPFL"],
  ["client message", 136, "TGHT FTC_FCDR"],
  ["client message", 150, "TGHT CUC_ENCU"],
  ["client message", 151, "TGHT VRECTSEL"],
  ["client message", 253, "GGI_ GII_CLNT"],
  ["encoding", 0, "STDV RAW_____"],
  ["encoding", 1, "STDV COPYRECT"],
  ["encoding", 2, "STDV RRE_____"],
  ["encoding", 4, "STDV CORRE___"],
  ["encoding", 5, "STDV HEXTILE_"],
  ["encoding", 6, "TRDV ZLIB____"],
  ["encoding", 7, "TGHT TIGHT___"],
  ["encoding", 8, "TRDV ZLIBHEX_"],
  ["encoding", -32, "TGHT JPEGQLVL"],
  ["encoding", -223, "TGHT NEWFBSIZ"],
  ["encoding", -224, "TGHT LASTRECT"],
  ["encoding", -232, "TGHT POINTPOS"],
  ["encoding", -239, "TGHT RCHCURSR"],
  ["encoding", -240, "TGHT X11CURSR"],
  ["encoding", -256, "TGHT COMPRLVL"],
  ["encoding", -305, "GGI_ GII_____"],
  ["encoding", -512, "TRBO FINEQLVL"],
  ["encoding", -768, "TRBO SSAMPLVL"],
];

const CLIENT: readonly Message[] = [
  ["0", "SetPixelFormat", "encodeSetPixelFormat"],
  ["1", "FixColourMapEntries", "encodeFixColourMapEntries"],
  ["2", "SetEncodings", "encodeSetEncodings"],
  ["3", "FramebufferUpdateRequest", "encodeFramebufferUpdateRequest"],
  ["4", "KeyEvent", "encodeKeyEvent"],
  ["4", "KeyEvent of 18 bytes", "encodeAtenKeyEvent", "aten"],
  [
    "5",
    "PointerEvent, and its form of 7 bytes for ExtendedMouseButtons",
    "encodePointerEvent",
    "standard",
    "the form of 7 bytes by vectors alone",
  ],
  ["5", "PointerEvent of 18 bytes", "encodeAtenPointerEvent", "aten"],
  ["6", "ClientCutText, and its extended form", "encodeClientCutText encodeExtendedClientCutText"],
  ["7", "FileTransfer (UltraVNC)", "encodeClientFileTransfer"],
  ["7", "RunImage", "encodeAtenCommand", "aten"],
  ["7", "NOP", "", "apple"],
  ["8", "SetScale (UltraVNC)", "encodeSetScale"],
  ["8", "SetServerScaling", "encodeAppleCommand", "apple"],
  ["8", "a command without a name", "encodeAtenCommand", "aten"],
  ["9", "SetServerInput (UltraVNC)", "encodeSetServerInput"],
  ["9", "AutoFramebufferUpdate", "encodeAppleCommand", "apple"],
  ["10", "SetSW (UltraVNC)", "encodeSetSW"],
  ["10", "SetMode", "encodeAppleCommand", "apple"],
  ["11", "TextChat (UltraVNC)", "encodeTextChat"],
  ["11", "ClipboardRequest", "encodeAppleCommand", "apple"],
  ["12", "KeyFrameRequest", "encodeKeyFrameRequest", "ultravnc"],
  ["12", "SessionVisibility", "", "apple"],
  ["13", "KeepAlive (UltraVNC)", "encodeKeepAlive"],
  ["13", "SetDisplay", "encodeAppleCommand", "apple"],
  ["14", "reserved for UltraVNC"],
  ["14", "DragEvent", "", "apple"],
  ["15", "SetScaleFactor (PalmVNC)", "encodeSetScaleFactor"],
  ["16-19", "reserved for UltraVNC"],
  ["16", "EncryptedEvent", "", "apple"],
  ["18", "SetEncryption", "encodeAppleSetEncryption", "apple"],
  ["20", "RequestSession (UltraVNC)", "encodeRequestSession"],
  ["20", "SessionVisibility2", "", "apple"],
  ["20", "a command without a name", "encodeAtenCommand", "aten"],
  ["21", "SetSession (UltraVNC)", "encodeSetSession"],
  ["21", "AutoPasteboard", "encodeAppleCommand", "apple"],
  ["21", "KeepAliveAck", "encodeAtenCommand", "aten"],
  ["22, 24, 25, 51-53, 56, 59-62", "commands without a name", "encodeAtenCommand", "aten"],
  ["23", "GestureEvent", "", "apple"],
  ["26", "PowerControl", "encodeAtenCommand", "aten"],
  ["31", "Clipboard", "encodeAppleClipboard", "apple"],
  ["33", "ViewerInfo", "encodeAppleViewerInfo", "apple"],
  ["50", "VideoSettings", "encodeAtenCommand", "aten"],
  ["54", "MouseMode", "encodeAtenCommand", "aten"],
  ["55", "UpdateInfo", "encodeAtenCommand", "aten"],
  ["58", "HidHotplug", "encodeAtenCommand", "aten"],
  ["80", "NotifyPluginStreaming (UltraVNC)", "encodeNotifyPluginStreaming"],
  ["127", "VMware's", "encodeVMwareMessage", "vmware"],
  ["128", "CarConnectivity (MirrorLink)"],
  ["130", "FileListRequest", "encodeFileListRequest", "tightvnc"],
  ["131", "FileDownloadRequest", "encodeFileDownloadRequest", "tightvnc"],
  ["132", "FileUploadRequest", "encodeFileUploadRequest", "tightvnc"],
  ["133", "FileUploadData", "encodeFileUploadData", "tightvnc"],
  ["134", "FileDownloadCancel", "encodeFileDownloadCancel", "tightvnc"],
  ["135", "FileUploadFailed", "encodeFileUploadFailed", "tightvnc"],
  ["136", "FileCreateDirRequest", "encodeFileCreateDirRequest", "tightvnc"],
  ["150", "EnableContinuousUpdates", "encodeEnableContinuousUpdates"],
  ["151", "VideoRectangleSelection", "encodeVideoRectangleSelection", "tightvnc"],
  ["160", "NTP (neatvnc)", "encodeClientNtp"],
  ["248", "ClientFence", "encodeClientFence"],
  ["249", "OLIVECallControl"],
  ["250", "xvp", "encodeClientXvp"],
  ["251", "SetDesktopSize", "encodeSetDesktopSize"],
  ["252", "tight (TightVNC 2's file transfer)"],
  [
    "253",
    "gii",
    "decodeGiiClientMessage encodeGiiClientVersion encodeGiiDeviceCreation encodeGiiDeviceDestruction encodeGiiEvents",
  ],
  ["254", "VMware's other"],
  ["254", "SetMonitor", "encodeSetMonitor", "ultravnc"],
  [
    "255",
    "QEMU: ExtendedKeyEvent, Audio",
    "decodeQemuClientMessage encodeQemuExtendedKeyEvent encodeQemuAudioEnable encodeQemuAudioDisable encodeQemuAudioSetFormat",
  ],
];

const SERVER: readonly Message[] = [
  ["0", "FramebufferUpdate", "encodeFramebufferUpdate"],
  ["1", "SetColourMapEntries", "encodeSetColourMapEntries"],
  ["2", "Bell", "encodeBell"],
  ["3", "ServerCutText, and its extended form", "encodeServerCutText encodeExtendedServerCutText"],
  ["4", "ResizeFrameBuffer (UltraVNC)", "encodeResizeFrameBuffer"],
  ["4", "Ack", "encodeAppleAck", "apple"],
  ["4", "cursor", "encodeAtenCursor", "aten"],
  ["4", "VMRC's display change"],
  ["5", "KeyFrameUpdate", "encodeKeyFrameUpdate", "ultravnc"],
  ["6, 8-10, 12, 14", "reserved for UltraVNC"],
  ["7", "FileTransfer (UltraVNC)", "encodeServerFileTransfer"],
  ["7", "NOP", "encodeAppleNop", "apple"],
  ["11", "TextChat (UltraVNC)", "encodeTextChat"],
  ["13", "KeepAlive (UltraVNC)", "encodeKeepAlive"],
  ["15", "ResizeFrameBuffer (PalmVNC)", "encodePalmResizeFrameBuffer"],
  ["20", "StateChange", "encodeAppleStateChange", "apple"],
  ["22", "KeepAlive", "encodeAtenNotice", "aten"],
  ["31", "Clipboard", "encodeAppleClipboard", "apple"],
  ["32", "DragEvent", "encodeAppleDragEvent", "apple"],
  ["51", "VideoInfo", "encodeAtenNotice", "aten"],
  ["53", "KbdMouseStatus", "encodeAtenNotice", "aten"],
  ["55", "MouseInfo", "encodeAtenNotice", "aten"],
  ["57", "SessionMessage", "encodeAtenNotice", "aten"],
  ["60", "ScreenStatus", "encodeAtenNotice", "aten"],
  ["62", "a notice without a name", "encodeAtenNotice", "aten"],
  ["80", "NotifyPluginStreaming", "encodeNotifyPluginStreaming", "ultravnc"],
  ["81", "DisplayInfo2", "encodeAppleDisplayInfo2", "apple"],
  ["127", "VMware's"],
  ["128", "CarConnectivity (MirrorLink)"],
  ["130", "FileListData", "encodeFileListData", "tightvnc"],
  ["131", "FileDownloadData", "encodeFileDownloadData", "tightvnc"],
  ["132", "FileUploadCancel", "encodeFileUploadCancel", "tightvnc"],
  ["133", "FileDownloadFailed", "encodeFileDownloadFailed", "tightvnc"],
  ["150", "EndOfContinuousUpdates", "encodeEndOfContinuousUpdates"],
  ["160", "NTP (neatvnc)", "encodeServerNtp"],
  ["173", "ServerState (UltraVNC)", "encodeServerState"],
  ["248", "ServerFence", "encodeServerFence"],
  ["249", "OLIVECallControl"],
  ["250", "xvp", "encodeServerXvp"],
  ["252", "tight (TightVNC 2's file transfer)"],
  ["252", "MonitorInfo", "encodeMonitorInfo", "ultravnc"],
  ["253", "gii", "decodeGiiServerMessage encodeGiiServerVersion encodeGiiDeviceCreated"],
  ["254", "VMware's other"],
  ["255", "QEMU: Audio", "decodeQemuServerMessage encodeQemuAudioBegin encodeQemuAudioData encodeQemuAudioEnd"],
];

const ENCODINGS: readonly Named[] = [
  ["0", "Raw"],
  ["1", "CopyRect", "encodeCopyRect"],
  ["2", "RRE"],
  ["4", "CoRRE"],
  ["5", "Hextile"],
  ["6", "Zlib"],
  ["7", "Tight"],
  ["8", "ZlibHex"],
  ["9", "Ultra"],
  ["10", "Ultra2"],
  ["15", "TRLE"],
  ["16", "ZRLE"],
  ["17", "ZYWRLE"],
  ["18", "XZ (UltraVNC)"],
  ["19", "XZYW (UltraVNC)"],
  ["20", "H264, RealVNC's"],
  ["21", "JPEG"],
  ["22", "JRLE"],
  ["24", "ZRLE2"],
  ["25", "Zstd (UltraVNC)"],
  ["26", "TightZstd (UltraVNC)"],
  ["27", "ZstdHex (UltraVNC)"],
  ["28", "ZstdRLE (UltraVNC)"],
  ["29", "ZstdYWRLE (UltraVNC)"],
  ["50", "OpenH264", "", "with a video decoder of the caller's"],
  ["87", "AST2100 (ATEN)"],
  ["88", "ASTJPEG (ATEN)"],
  ["89", "Hermon (ATEN)"],
  ["96", "Yarkon (ATEN)"],
  ["97", "Pilot3 (ATEN)"],
  ["1000-1002", "Apple's with few colours"],
  ["1011", "Apple's adaptive"],
  ["1024-1099", "RealVNC's"],
  ["1100", "AppleCursorPos"],
  ["1101", "AppleDisplayInfo"],
  ["1102", "AppleUserInfo"],
  ["1103", "AppleSessionEncryption"],
  ["1104", "AppleCursorAlpha"],
  ["1105", "AppleDisplayInfo2"],
  ["1106", "AppleTouch"],
  ["1107", "AppleDeviceInfo"],
  ["1109", "AppleKeyboardInput"],
  ["1110", "AppleMediaStream"],
  ["-260", "TightPNG"],
  ["0x48323634", "H264, libvncserver's experiment"],
  ["0xFFFF0000", "Cache (UltraVNC)"],
  ["0xFFFF0002", "XORZlib (UltraVNC)"],
  ["0xFFFF0003", "XORMonoRectZlib (UltraVNC)"],
  ["0xFFFF0004", "XORMultiColorZlib (UltraVNC)"],
  ["0xFFFF0005", "SolidColor (UltraVNC)"],
  ["0xFFFF0007", "CacheZip (UltraVNC)"],
  ["0xFFFF0008", "SolMonoZip, QueueZip (UltraVNC)"],
  ["0xFFFF0009", "UltraZip (UltraVNC)"],
  ["0xFFFF000A", "QueueZstd (UltraVNC)"],
];

const ASKED = "only ever asked for";

const PSEUDO: readonly Named[] = [
  ["-1 to -22, -33 to -218, -226 to -231, -233 to -238, -241 to -246", "TightVNC's options, not in use"],
  ["-23 to -32", "JPEGQualityLevel 9 to 0", "", `${ASKED}; the encoders of Tight, TightPNG and ZYWRLE heed it`],
  ["-219 to -222", "libvncserver's of old"],
  ["-223", "DesktopSize", "decodeDesktopSize encodeDesktopSize"],
  ["-224", "LastRect", "encodeLastRect"],
  ["-225", "PointerPos as the registry has it", "", "nobody sends it: -232 is what there is"],
  ["-232", "PointerPos", "decodePointerPos encodePointerPos"],
  ["-239", "Cursor", "decodeCursor encodeCursor"],
  ["-240", "XCursor", "decodeXCursor encodeXCursor"],
  ["-247 to -256", "CompressionLevel 9 to 0", "", `${ASKED}; the encoders heed it`],
  ["-257", "QEMUPointerMotionChange", "decodeQemuPointerMotionChange encodeQemuPointerMotionChange"],
  ["-258", "QEMUExtendedKeyEvent", "encodeAnnouncement"],
  ["-259", "QEMUAudio", "encodeAnnouncement"],
  ["-261", "QEMULEDState", "decodeQemuLedState encodeQemuLedState"],
  ["-262 to -272", "reserved for QEMU"],
  ["-273 to -304", "reserved for VMware"],
  ["-305", "gii", "", `${ASKED}; then message 253 may come`],
  ["-306", "popa"],
  [
    "-307",
    "DesktopName",
    "decodeDesktopName encodeDesktopName",
    "UltraVNC's ExtViewSize has the same number, and is not told apart",
  ],
  ["-308", "ExtendedDesktopSize", "decodeExtendedDesktopSize encodeExtendedDesktopSize"],
  ["-309", "xvp", "", `${ASKED}; then message 250 may come`],
  ["-310", "OLIVECallControl", "", `${ASKED}; then message 249 may come, which has no layout`],
  ["-311", "ClientRedirect", "decodeClientRedirect encodeClientRedirect"],
  ["-312", "Fence", "", `${ASKED}; then message 248 may come`],
  ["-313", "ContinuousUpdates", "", `${ASKED}; then message 150 may come`],
  ["-314", "CursorWithAlpha", "decodeCursorWithAlpha encodeCursorWithAlpha"],
  ["-316", "ExtendedMouseButtons", "encodeAnnouncement"],
  ["-317", "TightWithoutZlib", "", `${ASKED}; the encoder of Tight heeds it at level 0`],
  ["-412 to -512", "JPEGFineQualityLevel 100 to 0", "", `${ASKED}; the encoders do not heed it`],
  ["-523 to -528", "CarConnectivity (MirrorLink)"],
  ["-763 to -768", "JPEGSubsampling", "", `${ASKED}; the encoders do not heed it`],
  ["-1000", "NeatvncPTS", "decodeNeatvncPts encodeNeatvncPts"],
  ["-1001", "NeatvncNTP", "encodeAnnouncement"],
  ["0x574D5664", "VMwareCursor", "decodeVmwareCursor encodeVmwareCursor"],
  ["0x574D5665", "VMwareCursorState", "decodeVmwareCursorState encodeVmwareCursorState"],
  ["0x574D5666", "VMwareCursorPosition", "decodeVmwareCursorPosition encodeVmwareCursorPosition"],
  ["0x574D5667", "VMwareKeyRepeat", "decodeVmwareKeyRepeat encodeVmwareKeyRepeat"],
  ["0x574D5668", "VMwareLEDState", "decodeVmwareLedState encodeVmwareLedState"],
  ["0x574D5669", "VMwareDisplayModeChange", "decodeVmwareDisplayModeChange encodeVmwareDisplayModeChange"],
  ["0x574D566A", "VMwareVirtualMachineState", "decodeVmwareVirtualMachineState encodeVmwareVirtualMachineState"],
  ["0x574D5600 to 0x574D5663, 0x574D566B to 0x574D56FF", "VMware's others"],
  ["0xC0A1E5CE", "ExtendedClipboard", "", `${ASKED}; then the cut texts, messages 3 and 6, have another form`],
  ["0xC0A1E5CF", "PluginStreaming (UltraVNC)", "", `${ASKED}; then message 80 may come`],
  ["0xFFFE0000", "KeyboardLedState (libvncserver)", "decodeKeyboardLedState encodeKeyboardLedState"],
  ["0xFFFE0001", "SupportedMessages (libvncserver)", "decodeSupportedMessages encodeSupportedMessages"],
  ["0xFFFE0002", "SupportedEncodings (libvncserver)", "decodeSupportedEncodings encodeSupportedEncodings"],
  ["0xFFFE0003", "ServerIdentity (libvncserver)", "decodeServerIdentity encodeServerIdentity"],
  ["0xFFFE0004 to 0xFFFE00FF", "reserved for libvncserver"],
  ["0xFFFF0001", "CacheEnable (UltraVNC)", "", `${ASKED}; the encoders do not heed it`],
  ["0xFFFF0006", "XOREnable (UltraVNC)", "", `${ASKED}; the encoders do not heed it`],
  ["0xFFFF000B", "QueueEnable (UltraVNC)", "", `${ASKED}; the encoders do not heed it`],
  ["0xFFFF8000", "ServerState (UltraVNC)", "", `${ASKED}; then message 173 may come`],
  ["0xFFFF8001", "EnableKeepAlive (UltraVNC)", "", `${ASKED}; then message 13 may come`],
  ["0xFFFF8002", "FTProtocolVersion (UltraVNC)", "", `${ASKED}; then message 7 may come`],
  ["0xFFFF8003", "Session (UltraVNC)", "", `${ASKED}; then messages 20 and 21 may come`],
  ["0xFFFF8004", "EnableIdleTime (UltraVNC)", "", `${ASKED}; nothing comes of it`],
  ["0xFFFF8005", "MonitorInfo (UltraVNC)", "", `${ASKED}; then message 252 may come`],
];

/** All of them, in order. */
export const ROWS: readonly Row[] = [
  ...VERSIONS.map((row) => named("version", [row[0], row[1], "encodeProtocolVersion", row[3]], versionsOf(row[0]))),
  ...SECURITY.map((row) => named("security", row)),
  ...RESULTS.map((row) => named("result", [row[0], row[1], "encodeSecurityResult", row[3]])),
  ...VENCRYPT.map((row) => named("vencrypt", row)),
  ...VENCRYPT_01.map((row) => ({ ...named("vencrypt", row), id: "vencrypt 0.1" })),
  ...CAPABILITIES.map(([kind, code, words]) => ({
    ...named("capability", [String(code), words, "decodeServerInit", kind]),
    id: `capability ${words.slice(5)}`,
  })),
  ...CLIENT.map((row) => message("client", row)),
  ...SERVER.map((row) => message("server", row)),
  ...ENCODINGS.map((row) => named("encoding", row)),
  ...PSEUDO.map((row) => named("pseudo", row)),
];

/** The row says that a number is only asked for, in SetEncodings. */
export function isOnlyAskedFor({ note }: Row): boolean {
  return note.startsWith(ASKED);
}

/** Whether the number is one of the row's. */
export function has({ ranges }: Row, number: number): boolean {
  return ranges.some(([first, last]) => number >= first && number <= last);
}

/** A version as one number. */
export function versionNumber(text: string): number {
  const [major, minor] = text.split(".").map(Number);
  return major! * 1000 + minor!;
}

function named(
  section: Section,
  [numbers, name, functions = "", note = ""]: Named,
  ranges = rangesOf(numbers, section),
): Row {
  const id = `${section} ${numbers}`;
  return { id, section, ranges, numbers, name, dialect: "standard", functions: words(functions), note };
}

function message(section: Section, [numbers, name, functions = "", dialect = "standard", note = ""]: Message): Row {
  const id = `${section} ${numbers}${dialect === "standard" ? "" : ` ${dialect}`}${name.startsWith("VMRC") ? " vmrc" : ""}`;
  return { id, section, ranges: rangesOf(numbers, section), numbers, name, dialect, functions: words(functions), note };
}

/** "130-136, 151", "-23 to -32"; encodings are signed. */
function rangesOf(numbers: string, section: Section): (readonly [number, number])[] {
  const signed = section === "encoding" || section === "pseudo";
  const value = (text: string): number => (signed ? Number(text) | 0 : Number(text));
  return numbers.split(", ").map((range) => {
    const ends = range.includes(" to ") ? range.split(" to ") : range.split(/(?<=\d)-/);
    const [one, other] = [value(ends[0]!), value(ends.at(-1)!)];
    return [Math.min(one, other), Math.max(one, other)];
  });
}

function versionsOf(numbers: string): (readonly [number, number])[] {
  return numbers.split(", ").map((range) => {
    const ends = range.split(" to ").map(versionNumber);
    return [ends[0]!, ends.at(-1)!];
  });
}

function words(text: string): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}
