import * as fc from "fast-check";
import {
  APPLE_COMMANDS,
  ATEN_COMMANDS,
  ATEN_NOTICES,
  decodeAppleAck,
  decodeAppleClipboard,
  decodeAppleCommand,
  decodeAppleDisplayInfo2,
  decodeAppleDragEvent,
  decodeAppleNop,
  decodeAppleSetEncryption,
  decodeAppleStateChange,
  decodeAppleViewerInfo,
  decodeAtenCommand,
  decodeAtenCursor,
  decodeAtenKeyEvent,
  decodeAtenNotice,
  decodeAtenPointerEvent,
  decodeClientFileTransfer,
  decodeFileCreateDirRequest,
  decodeFileDownloadCancel,
  decodeFileDownloadData,
  decodeFileDownloadFailed,
  decodeFileDownloadRequest,
  decodeFileListData,
  decodeFileListRequest,
  decodeFileUploadCancel,
  decodeFileUploadData,
  decodeFileUploadFailed,
  decodeFileUploadRequest,
  decodeKeepAlive,
  decodeKeyFrameRequest,
  decodeKeyFrameUpdate,
  decodeMonitorInfo,
  decodeNotifyPluginStreaming,
  decodeRequestSession,
  decodeResizeFrameBuffer,
  decodeServerFileTransfer,
  decodeServerState,
  decodeSetMonitor,
  decodeSetScale,
  decodeSetServerInput,
  decodeSetSession,
  decodeSetSW,
  decodeTextChat,
  decodeVideoRectangleSelection,
  decodeVMwareMessage,
  encodeAppleAck,
  encodeAppleClipboard,
  encodeAppleCommand,
  encodeAppleDisplayInfo2,
  encodeAppleDragEvent,
  encodeAppleNop,
  encodeAppleSetEncryption,
  encodeAppleStateChange,
  encodeAppleViewerInfo,
  encodeAtenCommand,
  encodeAtenCursor,
  encodeAtenKeyEvent,
  encodeAtenNotice,
  encodeAtenPointerEvent,
  encodeClientFileTransfer,
  encodeFileCreateDirRequest,
  encodeFileDownloadCancel,
  encodeFileDownloadData,
  encodeFileDownloadFailed,
  encodeFileDownloadRequest,
  encodeFileListData,
  encodeFileListRequest,
  encodeFileUploadCancel,
  encodeFileUploadData,
  encodeFileUploadFailed,
  encodeFileUploadRequest,
  encodeKeepAlive,
  encodeKeyFrameRequest,
  encodeKeyFrameUpdate,
  encodeMonitorInfo,
  encodeNotifyPluginStreaming,
  encodeRequestSession,
  encodeResizeFrameBuffer,
  encodeServerFileTransfer,
  encodeServerState,
  encodeSetMonitor,
  encodeSetScale,
  encodeSetServerInput,
  encodeSetSession,
  encodeSetSW,
  encodeTextChat,
  encodeVideoRectangleSelection,
  encodeVMwareMessage,
  extentOfAppleAck,
  extentOfAppleClipboard,
  extentOfAppleCommand,
  extentOfAppleDisplayInfo2,
  extentOfAppleDragEvent,
  extentOfAppleNop,
  extentOfAppleSetEncryption,
  extentOfAppleStateChange,
  extentOfAppleViewerInfo,
  extentOfAtenCommand,
  extentOfAtenCursor,
  extentOfAtenKeyEvent,
  extentOfAtenNotice,
  extentOfAtenPointerEvent,
  extentOfClientFileTransfer,
  extentOfFileCreateDirRequest,
  extentOfFileDownloadCancel,
  extentOfFileDownloadData,
  extentOfFileDownloadFailed,
  extentOfFileDownloadRequest,
  extentOfFileListData,
  extentOfFileListRequest,
  extentOfFileUploadCancel,
  extentOfFileUploadData,
  extentOfFileUploadFailed,
  extentOfFileUploadRequest,
  extentOfKeepAlive,
  extentOfKeyFrameRequest,
  extentOfKeyFrameUpdate,
  extentOfMonitorInfo,
  extentOfNotifyPluginStreaming,
  extentOfRequestSession,
  extentOfResizeFrameBuffer,
  extentOfServerFileTransfer,
  extentOfServerState,
  extentOfSetMonitor,
  extentOfSetScale,
  extentOfSetServerInput,
  extentOfSetSession,
  extentOfSetSW,
  extentOfTextChat,
  extentOfVideoRectangleSelection,
  extentOfVMwareMessage,
  type FileData,
  type FileTransfer,
} from "../../codec/vendors/mod.ts";
import { bytes, recordOf, u8s, u16s, u32s } from "./arbitraries.ts";
import { be16, be32, hex, join, latin1 } from "./bytes.ts";
import { type Claim, type Golden, golden, type MessageCase, messageCase, U8, U16, U32 } from "./message_case.ts";

// What makers have added. No recording has any of it: the vectors follow the named headers and readers by hand.

const ULTRAVNC = "UltraVNC's rfbproto.h";
const TIGHTVNC = "TightVNC 1.3's rfbproto.h";
const APPLE = "captures of Apple's server and viewer";
const ATEN = "captures of an ATEN board";

const NOTHING = new Uint8Array(0);

/** Messages that are their type and nothing else. */
function bodyless<Type extends string>(
  name: string,
  framedFrom: "client" | "server",
  dialect: "standard" | "ultravnc" | "apple",
  source: string,
  spelt: string,
  type: Type,
  [extentOf, decode, encode]: readonly [
    () => number,
    () => { readonly type: Type },
    (message: { readonly type: Type }) => Uint8Array,
  ],
): MessageCase {
  return messageCase<{ readonly type: Type }>({
    name,
    framedFrom,
    session: { dialect },
    golden: [golden(source, spelt, { type })],
    arbitrary: fc.constant({ type }),
    extentOf,
    decode,
    encode,
  });
}

const KEEP_ALIVE = [extentOfKeepAlive, decodeKeepAlive, encodeKeepAlive] as const;

/** A length of 4 bytes behind `front`. */
function claim(limit: Claim["limit"], front: string, most = 0xffffffff): Claim {
  return { limit, most, head: (length) => join([hex(front), most > 0xffff ? be32(length) : be16(length)]) };
}

function fileTransfer(
  contentType: number,
  contentParam: string,
  size: number,
  data: Uint8Array,
  sizeHigh?: number,
): FileTransfer {
  return { type: "fileTransfer", contentType, contentParam: hex(contentParam), size, data, sizeHigh };
}

const params = bytes(2, 2);

function fileTransfers(contentTypes: fc.Arbitrary<number>, tailed: boolean): fc.Arbitrary<FileTransfer> {
  return recordOf<FileTransfer>({
    type: fc.constant("fileTransfer" as const),
    contentType: contentTypes,
    contentParam: params,
    // 0xFFFFFFFF heads a file that cannot be sent: `file_transfer.test.ts` has it.
    size: fc.integer({ min: 0, max: 0xfffffffe }),
    data: bytes(30),
    sizeHigh: tailed ? u32s : fc.constant(undefined),
  });
}

const PATH = latin1("C:\\a.txt");
const FILE_TRANSFER_CLAIMS = [claim("maxFileTransferLength", "07 05 0000 00000000")];

const fileTransferMessages: readonly MessageCase[] = [
  messageCase({
    name: "FileTransfer from a client",
    framedFrom: "client",
    golden: [
      golden(`${ULTRAVNC}, asking for a directory`, "07 01 0100 00000000 00000002 433a", {
        ...fileTransfer(1, "0100", 0, latin1("C:")),
      }),
      golden(`${ULTRAVNC}, an offer of 4 GiB and 7 bytes`, "07 08 0000 00000007 00000008 433a5c612e747874 00000001", {
        ...fileTransfer(8, "0000", 7, PATH, 1),
      }),
      golden(`${ULTRAVNC}, ready to receive: no size-high`, "07 04 0000 00000000 00000000", {
        ...fileTransfer(4, "0000", 0, NOTHING),
      }),
      golden(`${ULTRAVNC}, cannot receive: no size-high`, "07 04 0000 ffffffff 00000000", {
        ...fileTransfer(4, "0000", 0xffffffff, NOTHING),
      }),
      golden(`${ULTRAVNC}, a compressed packet`, "07 05 0000 00000001 00000003 789c03", {
        ...fileTransfer(5, "0000", 1, hex("789c03")),
      }),
      golden(`${ULTRAVNC}, a session's start and end`, "07 0f 0000 00000000 00000000", {
        ...fileTransfer(15, "0000", 0, NOTHING),
      }),
    ],
    arbitrary: fc.oneof(
      fileTransfers(fc.constant(8), true),
      fileTransfers(
        u8s.filter((contentType) => contentType !== 8),
        false,
      ),
    ),
    extentOf: extentOfClientFileTransfer,
    decode: decodeClientFileTransfer,
    encode: encodeClientFileTransfer,
    numbers: { size: U32 },
    claims: FILE_TRANSFER_CLAIMS,
    refused: [
      fileTransfer(8, "0000", 7, PATH),
      fileTransfer(4, "0000", 7, PATH, 0),
      fileTransfer(1, "00", 7, PATH),
      fileTransfer(1, "000000", 7, PATH),
      fileTransfer(256, "0000", 7, PATH),
      fileTransfer(8, "0000", 7, PATH, 2 ** 32),
    ],
  }),
  messageCase({
    name: "FileTransfer from a server",
    framedFrom: "server",
    golden: [
      golden(`${ULTRAVNC}, its version 4, little-endian`, "07 11 0400 00008000 00000000", {
        ...fileTransfer(17, "0400", 0x8000, NOTHING),
      }),
      golden(`${ULTRAVNC}, a file of 4 GiB and 7 bytes`, "07 04 0000 00000007 00000008 433a5c612e747874 00000001", {
        ...fileTransfer(4, "0000", 7, PATH, 1),
      }),
      golden(`${ULTRAVNC}, an answer to an offer: no size-high`, "07 09 0000 ffffffff 00000002 433a", {
        ...fileTransfer(9, "0000", 0xffffffff, latin1("C:")),
      }),
      golden(`${ULTRAVNC}, the end of a directory`, "07 02 0000 00000000 00000000", {
        ...fileTransfer(2, "0000", 0, NOTHING),
      }),
    ],
    arbitrary: fc.oneof(
      fileTransfers(fc.constant(4), true),
      fileTransfers(
        u8s.filter((contentType) => contentType !== 4),
        false,
      ),
    ),
    extentOf: extentOfServerFileTransfer,
    decode: decodeServerFileTransfer,
    encode: encodeServerFileTransfer,
    numbers: { size: U32 },
    claims: FILE_TRANSFER_CLAIMS,
    refused: [
      fileTransfer(4, "0000", 7, PATH),
      fileTransfer(8, "0000", 7, PATH, 0),
      fileTransfer(4, "0000", 0xffffffff, PATH, 0),
      fileTransfer(4, "0000", 0xffffffff, PATH, 0xfeffffff),
      fileTransfer(17, "", 7, PATH),
    ],
  }),
];

function textChats(framedFrom: "client" | "server"): MessageCase {
  return messageCase({
    name: `TextChat from a ${framedFrom}`,
    framedFrom,
    golden: [
      golden(`${ULTRAVNC}, a text`, "0b 000000 00000003 686921", {
        type: "textChat",
        action: "text",
        text: latin1("hi!"),
      } as const),
      golden(`${ULTRAVNC}, open`, "0b 000000 ffffffff", { type: "textChat", action: "open", text: NOTHING } as const),
      golden(`${ULTRAVNC}, close`, "0b 000000 fffffffe", { type: "textChat", action: "close", text: NOTHING } as const),
      golden(`${ULTRAVNC}, finished`, "0b 000000 fffffffd", {
        type: "textChat",
        action: "finished",
        text: NOTHING,
      } as const),
      golden(`${ULTRAVNC}, an empty text`, "0b 000000 00000000", {
        type: "textChat",
        action: "text",
        text: NOTHING,
      } as const),
    ],
    arbitrary: fc.oneof(
      recordOf({ type: fc.constant("textChat" as const), action: fc.constant("text" as const), text: bytes(30) }),
      recordOf({
        type: fc.constant("textChat" as const),
        action: fc.constantFrom("open" as const, "close" as const, "finished" as const),
        text: fc.constant(NOTHING),
      }),
    ),
    extentOf: extentOfTextChat,
    decode: decodeTextChat,
    encode: encodeTextChat,
    padding: [1, 2, 3],
    claims: [{ ...claim("maxTextChatLength", "0b 000000"), most: 0xfffffffc }],
    refused: (["open", "close", "finished"] as const).map(
      (action) => ({ type: "textChat", action, text: latin1("x") }) as const,
    ),
  });
}

/** Either way, but only a client's is registered. */
function pluginStreaming(framedFrom: "client" | "server", dialect: "standard" | "ultravnc"): MessageCase {
  return messageCase({
    name: `NotifyPluginStreaming from a ${framedFrom}`,
    framedFrom,
    session: { dialect },
    golden: [golden(ULTRAVNC, "50 00 0000", { type: "notifyPluginStreaming", flags: 0 } as const)],
    arbitrary: recordOf({ type: fc.constant("notifyPluginStreaming" as const), flags: u16s }),
    extentOf: extentOfNotifyPluginStreaming,
    decode: decodeNotifyPluginStreaming,
    encode: encodeNotifyPluginStreaming,
    padding: [1],
    numbers: { flags: U16 },
  });
}

const ultraVncMessages: readonly MessageCase[] = [
  ...fileTransferMessages,
  textChats("client"),
  textChats("server"),
  pluginStreaming("client", "standard"),
  pluginStreaming("server", "ultravnc"),
  bodyless("KeepAlive from a client", "client", "standard", ULTRAVNC, "0d", "keepAlive", KEEP_ALIVE),
  bodyless("KeepAlive from a server", "server", "standard", ULTRAVNC, "0d", "keepAlive", KEEP_ALIVE),
  bodyless("RequestSession", "client", "standard", ULTRAVNC, "14", "requestSession", [
    extentOfRequestSession,
    decodeRequestSession,
    encodeRequestSession,
  ]),
  bodyless("KeyFrameRequest", "client", "ultravnc", "UltraVNC's video builds", "0c", "keyFrameRequest", [
    extentOfKeyFrameRequest,
    decodeKeyFrameRequest,
    encodeKeyFrameRequest,
  ]),
  bodyless("KeyFrameUpdate", "server", "ultravnc", "UltraVNC's video builds", "05", "keyFrameUpdate", [
    extentOfKeyFrameUpdate,
    decodeKeyFrameUpdate,
    encodeKeyFrameUpdate,
  ]),
  messageCase({
    name: "SetScale",
    framedFrom: "client",
    golden: [golden(ULTRAVNC, "08 02 0000", { type: "setScale", scale: 2 } as const)],
    arbitrary: recordOf({ type: fc.constant("setScale" as const), scale: u8s }),
    extentOf: extentOfSetScale,
    decode: decodeSetScale,
    encode: encodeSetScale,
    padding: [2, 3],
    numbers: { scale: U8 },
  }),
  messageCase({
    name: "SetServerInput",
    framedFrom: "client",
    golden: [golden(ULTRAVNC, "09 01 0000", { type: "setServerInput", status: 1 } as const)],
    arbitrary: recordOf({ type: fc.constant("setServerInput" as const), status: u8s }),
    extentOf: extentOfSetServerInput,
    decode: decodeSetServerInput,
    encode: encodeSetServerInput,
    padding: [2, 3],
    numbers: { status: U8 },
  }),
  messageCase({
    name: "SetSW",
    framedFrom: "client",
    golden: [golden(ULTRAVNC, "0a 00 0123 0456", { type: "setSW", status: 0, x: 0x123, y: 0x456 } as const)],
    arbitrary: recordOf({ type: fc.constant("setSW" as const), status: u8s, x: u16s, y: u16s }),
    extentOf: extentOfSetSW,
    decode: decodeSetSW,
    encode: encodeSetSW,
    numbers: { status: U8, x: U16, y: U16 },
  }),
  messageCase({
    name: "SetSession",
    framedFrom: "client",
    golden: [golden(ULTRAVNC, "15 03", { type: "setSession", number: 3 } as const)],
    arbitrary: recordOf({ type: fc.constant("setSession" as const), number: u8s }),
    extentOf: extentOfSetSession,
    decode: decodeSetSession,
    encode: encodeSetSession,
    numbers: { number: U8 },
  }),
  messageCase({
    name: "SetMonitor",
    framedFrom: "client",
    session: { dialect: "ultravnc" },
    golden: [golden(ULTRAVNC, "fe 02 0000", { type: "setMonitor", number: 2 } as const)],
    arbitrary: recordOf({ type: fc.constant("setMonitor" as const), number: u8s }),
    extentOf: extentOfSetMonitor,
    decode: decodeSetMonitor,
    encode: encodeSetMonitor,
    padding: [2, 3],
    numbers: { number: U8 },
  }),
  messageCase({
    name: "MonitorInfo",
    framedFrom: "server",
    session: { dialect: "ultravnc" },
    golden: [golden(ULTRAVNC, "fc 03 0000", { type: "monitorInfo", numberOfMonitors: 3 } as const)],
    arbitrary: recordOf({ type: fc.constant("monitorInfo" as const), numberOfMonitors: u8s }),
    extentOf: extentOfMonitorInfo,
    decode: decodeMonitorInfo,
    encode: encodeMonitorInfo,
    padding: [2, 3],
    numbers: { numberOfMonitors: U8 },
  }),
  messageCase({
    name: "ResizeFrameBuffer",
    framedFrom: "server",
    golden: [
      golden(ULTRAVNC, "04 00 0280 01e0", {
        type: "resizeFrameBuffer",
        framebufferWidth: 640,
        framebufferHeight: 480,
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("resizeFrameBuffer" as const),
      framebufferWidth: fc.integer({ min: 0, max: 4096 }),
      framebufferHeight: fc.integer({ min: 0, max: 16384 }),
    }),
    extentOf: extentOfResizeFrameBuffer,
    decode: decodeResizeFrameBuffer,
    encode: encodeResizeFrameBuffer,
    padding: [1],
    numbers: { framebufferWidth: U16, framebufferHeight: U16 },
    claims: [
      { limit: "maxFramebufferSide", most: 0xffff, head: (side) => join([hex("0400"), be16(side), be16(1)]) },
      { limit: "maxFramebufferSide", most: 0xffff, head: (side) => join([hex("0400"), be16(1), be16(side)]) },
      { limit: "maxFramebufferArea", most: 16384, head: (area) => join([hex("0400"), be16(area), be16(1)]) },
    ],
  }),
  messageCase({
    name: "ServerState",
    framedFrom: "server",
    golden: [
      golden(`${ULTRAVNC}, input is not taken`, "ad 000000 00000001 00000000", {
        type: "serverState",
        state: 1,
        value: 0,
      } as const),
      golden(`${ULTRAVNC}, 5 seconds between KeepAlives`, "ad 000000 00000002 00000005", {
        type: "serverState",
        state: 2,
        value: 5,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("serverState" as const), state: u32s, value: u32s }),
    extentOf: extentOfServerState,
    decode: decodeServerState,
    encode: encodeServerState,
    padding: [1, 2, 3],
    numbers: { state: U32, value: U32 },
  }),
];

/** The five that are a text and nothing else. */
function textual<Type extends string, Field extends string>(
  name: string,
  framedFrom: "client" | "server",
  messageType: number,
  type: Type,
  field: Field,
  codec: {
    readonly extentOf: MessageCase["extentOf"];
    readonly decode: (bytes: Uint8Array, at: number) => unknown;
    readonly encode: (message: never) => Uint8Array;
  },
): MessageCase {
  const saying = (text: Uint8Array): unknown => ({ type, [field]: text });
  const front = Uint8Array.of(messageType, 0);
  const vector = (source: string, text: Uint8Array): Golden<unknown> => ({
    source,
    bytes: join([front, be16(text.length), text]),
    value: saying(text),
  });
  return {
    name,
    framedFrom,
    session: { dialect: "tightvnc" },
    golden: [vector(TIGHTVNC, latin1("no space")), vector(`${TIGHTVNC}, empty`, NOTHING)],
    arbitrary: bytes(30).map(saying),
    extentOf: codec.extentOf,
    decode: codec.decode,
    encode: codec.encode as (message: unknown) => Uint8Array,
    padding: [1],
    claims: [{ limit: "maxFileTransferLength", most: 0xffff, head: (length) => join([front, be16(length)]) }],
    refused: [saying(new Uint8Array(65536))],
  };
}

/** FileDownloadRequest and FileUploadRequest. */
function fileRequest<Type extends string>(
  name: string,
  messageType: string,
  type: Type,
  codec: {
    readonly extentOf: MessageCase["extentOf"];
    readonly decode: (bytes: Uint8Array, at: number) => unknown;
    readonly encode: (message: never) => Uint8Array;
  },
): MessageCase {
  const value = { type, compressionLevel: 6, position: 0x1000, name: latin1("/a.txt") };
  return {
    name,
    framedFrom: "client",
    session: { dialect: "tightvnc" },
    golden: [golden<unknown>(TIGHTVNC, `${messageType} 06 0006 00001000 2f612e747874`, value)],
    arbitrary: recordOf({ type: fc.constant(type), compressionLevel: u8s, position: u32s, name: bytes(30) }),
    extentOf: codec.extentOf,
    decode: codec.decode,
    encode: codec.encode as (message: unknown) => Uint8Array,
    numbers: { compressionLevel: U8, position: U32 },
    claims: [
      {
        limit: "maxFileTransferLength",
        most: 0xffff,
        head: (length) => join([hex(`${messageType} 06`), be16(length), be32(0)]),
      },
    ],
    refused: [{ ...value, name: new Uint8Array(65536) }],
  };
}

/** FileUploadData and FileDownloadData. */
function fileData<Type extends string>(
  name: string,
  framedFrom: "client" | "server",
  messageType: string,
  type: Type,
  codec: {
    readonly extentOf: MessageCase["extentOf"];
    readonly decode: (bytes: Uint8Array, at: number) => unknown;
    readonly encode: (message: never) => Uint8Array;
  },
): MessageCase {
  const saying = (said: FileData): unknown => ({ type, ...said });
  const last = { compressionLevel: 0, realSize: 0, data: NOTHING, modificationTime: 0x4a5b6c7d };
  return {
    name,
    framedFrom,
    session: { dialect: "tightvnc" },
    golden: [
      golden(
        `${TIGHTVNC}, a piece`,
        `${messageType} 06 0400 0003 789c03`,
        saying({ compressionLevel: 6, realSize: 0x400, data: hex("789c03"), modificationTime: undefined }),
      ),
      golden(`${TIGHTVNC}, the end of the file`, `${messageType} 00 0000 0000 4a5b6c7d`, saying(last)),
      golden(
        `${TIGHTVNC}, a size and no data`,
        `${messageType} 00 0001 0000`,
        saying({ compressionLevel: 0, realSize: 1, data: NOTHING, modificationTime: undefined }),
      ),
    ],
    arbitrary: fc.oneof(
      recordOf({
        type: fc.constant(type),
        compressionLevel: u8s,
        realSize: u16s,
        data: bytes(30, 1),
        modificationTime: fc.constant(undefined),
      }),
      recordOf({
        type: fc.constant(type),
        compressionLevel: u8s,
        realSize: fc.constant(0),
        data: fc.constant(NOTHING),
        modificationTime: u32s,
      }),
    ),
    extentOf: codec.extentOf,
    decode: codec.decode,
    encode: codec.encode as (message: unknown) => Uint8Array,
    numbers: { compressionLevel: U8, realSize: U16 },
    claims: [claim("maxFileTransferLength", `${messageType} 00 ffff`, 0xffff)],
    refused: [
      saying({ ...last, modificationTime: undefined }),
      saying({ ...last, realSize: 1 }),
      saying({ ...last, data: hex("00") }),
      saying({ ...last, modificationTime: 2 ** 32 }),
      saying({ compressionLevel: 0, realSize: 1, data: new Uint8Array(65536), modificationTime: undefined }),
    ],
  };
}

const tightVncMessages: readonly MessageCase[] = [
  messageCase({
    name: "FileListRequest",
    framedFrom: "client",
    session: { dialect: "tightvnc" },
    golden: [
      golden(TIGHTVNC, "82 10 0001 2f", { type: "fileListRequest", flags: 0x10, directory: latin1("/") } as const),
      golden(`${TIGHTVNC}, the root`, "82 00 0000", {
        type: "fileListRequest",
        flags: 0,
        directory: NOTHING,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("fileListRequest" as const), flags: u8s, directory: bytes(30) }),
    extentOf: extentOfFileListRequest,
    decode: decodeFileListRequest,
    encode: encodeFileListRequest,
    numbers: { flags: U8 },
    claims: [claim("maxFileTransferLength", "82 00", 0xffff)],
    refused: [{ type: "fileListRequest", flags: 0, directory: new Uint8Array(65536) }],
  }),
  fileRequest("FileDownloadRequest", "83", "fileDownloadRequest", {
    extentOf: extentOfFileDownloadRequest,
    decode: decodeFileDownloadRequest,
    encode: encodeFileDownloadRequest,
  }),
  fileRequest("FileUploadRequest", "84", "fileUploadRequest", {
    extentOf: extentOfFileUploadRequest,
    decode: decodeFileUploadRequest,
    encode: encodeFileUploadRequest,
  }),
  fileData("FileUploadData", "client", "85", "fileUploadData", {
    extentOf: extentOfFileUploadData,
    decode: decodeFileUploadData,
    encode: encodeFileUploadData,
  }),
  fileData("FileDownloadData", "server", "83", "fileDownloadData", {
    extentOf: extentOfFileDownloadData,
    decode: decodeFileDownloadData,
    encode: encodeFileDownloadData,
  }),
  textual("FileDownloadCancel", "client", 134, "fileDownloadCancel", "reason", {
    extentOf: extentOfFileDownloadCancel,
    decode: decodeFileDownloadCancel,
    encode: encodeFileDownloadCancel,
  }),
  textual("FileUploadFailed", "client", 135, "fileUploadFailed", "reason", {
    extentOf: extentOfFileUploadFailed,
    decode: decodeFileUploadFailed,
    encode: encodeFileUploadFailed,
  }),
  textual("FileCreateDirRequest", "client", 136, "fileCreateDirRequest", "name", {
    extentOf: extentOfFileCreateDirRequest,
    decode: decodeFileCreateDirRequest,
    encode: encodeFileCreateDirRequest,
  }),
  textual("FileUploadCancel", "server", 132, "fileUploadCancel", "reason", {
    extentOf: extentOfFileUploadCancel,
    decode: decodeFileUploadCancel,
    encode: encodeFileUploadCancel,
  }),
  textual("FileDownloadFailed", "server", 133, "fileDownloadFailed", "reason", {
    extentOf: extentOfFileDownloadFailed,
    decode: decodeFileDownloadFailed,
    encode: encodeFileDownloadFailed,
  }),
  messageCase({
    name: "FileListData",
    framedFrom: "server",
    session: { dialect: "tightvnc" },
    golden: [
      golden(
        `${TIGHTVNC}, a directory and a file`,
        "82 00 0002 0006 0006 ffffffff 00000000 00000400 4a5b6c7d 622f00612e00",
        {
          type: "fileListData",
          flags: 0,
          entries: [
            { size: 0xffffffff, modificationTime: 0 },
            { size: 0x400, modificationTime: 0x4a5b6c7d },
          ],
          namesSize: 6,
          names: latin1("b/\0a.\0"),
        } as const,
      ),
      golden(`${TIGHTVNC}, it cannot be read`, "82 80 0000 0000 0000", {
        type: "fileListData",
        flags: 0x80,
        entries: [],
        namesSize: 0,
        names: NOTHING,
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("fileListData" as const),
      flags: u8s,
      entries: fc.array(recordOf({ size: u32s, modificationTime: u32s }), { maxLength: 4 }),
      namesSize: u16s,
      names: bytes(20),
    }),
    extentOf: extentOfFileListData,
    decode: decodeFileListData,
    encode: encodeFileListData,
    numbers: { flags: U8, namesSize: U16 },
    claims: [claim("maxFileTransferLength", "82 00 0000 0000", 0xffff)],
    refused: [
      { type: "fileListData", flags: 0, entries: [], namesSize: 0, names: new Uint8Array(65536) },
      {
        type: "fileListData",
        flags: 0,
        entries: new Array(65536).fill({ size: 0, modificationTime: 0 }),
        namesSize: 0,
        names: NOTHING,
      },
    ],
  }),
  messageCase({
    name: "VideoRectangleSelection",
    framedFrom: "client",
    session: { dialect: "tightvnc" },
    golden: [
      golden("TightVNC's Java viewer", "97 00 0001 0002 0140 00f0", {
        type: "videoRectangleSelection",
        x: 1,
        y: 2,
        width: 320,
        height: 240,
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("videoRectangleSelection" as const),
      x: u16s,
      y: u16s,
      width: u16s,
      height: u16s,
    }),
    extentOf: extentOfVideoRectangleSelection,
    decode: decodeVideoRectangleSelection,
    encode: encodeVideoRectangleSelection,
    padding: [1],
    numbers: { x: U16, y: U16, width: U16, height: U16 },
  }),
];

const vmwareMessages: readonly MessageCase[] = [
  messageCase({
    name: "VMware's message",
    framedFrom: "client",
    session: { dialect: "vmware" },
    golden: [
      golden("VMware's client, a key", "7f 00 0008 001e0100", {
        type: "vmwareMessage",
        subType: 0,
        data: hex("001e0100"),
      } as const),
      golden("VMware's client, sub-type 6", "7f 06 000a 000102030405", {
        type: "vmwareMessage",
        subType: 6,
        data: hex("000102030405"),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("vmwareMessage" as const), subType: u8s, data: bytes(30) }),
    extentOf: extentOfVMwareMessage,
    decode: decodeVMwareMessage,
    encode: encodeVMwareMessage,
    numbers: { subType: U8 },
    claims: [{ limit: "maxVendorLength", most: 0xffff - 4, head: (length) => join([hex("7f 00"), be16(length + 4)]) }],
    refused: [{ type: "vmwareMessage", subType: 0, data: new Uint8Array(65532) }],
  }),
];

/** Messages of which no more than their length is known. */
function opaque<Type extends string>(
  type: Type,
  lengths: ReadonlyMap<number, number>,
): fc.Arbitrary<{ readonly type: Type; readonly messageType: number; readonly body: Uint8Array }> {
  return fc.constantFrom(...lengths).chain(([messageType, length]) =>
    recordOf({
      type: fc.constant(type),
      messageType: fc.constant(messageType),
      body: bytes(length, length),
    }),
  );
}

function appleClipboard(framedFrom: "client" | "server"): MessageCase {
  return messageCase({
    name: `Apple's Clipboard from a ${framedFrom}`,
    framedFrom,
    session: { dialect: "apple" },
    golden: [
      golden(APPLE, "1f 01 0000 00000007 00000100 00000003 789c03", {
        type: "appleClipboard",
        format: 1,
        session: 7,
        uncompressedSize: 256,
        data: hex("789c03"),
      } as const),
    ],
    arbitrary: recordOf({
      type: fc.constant("appleClipboard" as const),
      format: u8s,
      session: u32s,
      uncompressedSize: u32s,
      data: bytes(30),
    }),
    extentOf: extentOfAppleClipboard,
    decode: decodeAppleClipboard,
    encode: encodeAppleClipboard,
    padding: [2, 3],
    numbers: { format: U8, session: U32, uncompressedSize: U32 },
    claims: [claim("maxCutTextLength", "1f 00 0000 00000000 00000000")],
  });
}

const appleMessages: readonly MessageCase[] = [
  bodyless("Apple's Ack", "server", "apple", APPLE, "04", "appleAck", [
    extentOfAppleAck,
    decodeAppleAck,
    encodeAppleAck,
  ]),
  bodyless("Apple's NOP", "server", "apple", APPLE, "07", "appleNop", [
    extentOfAppleNop,
    decodeAppleNop,
    encodeAppleNop,
  ]),
  appleClipboard("client"),
  appleClipboard("server"),
  messageCase({
    name: "Apple's StateChange",
    framedFrom: "server",
    session: { dialect: "apple" },
    golden: [
      golden(`${APPLE}, the pasteboard changed`, "14 00 0004 0001 0002", {
        type: "appleStateChange",
        body: hex("00010002"),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("appleStateChange" as const), body: bytes(30) }),
    extentOf: extentOfAppleStateChange,
    decode: decodeAppleStateChange,
    encode: encodeAppleStateChange,
    padding: [1],
    claims: [claim("maxVendorLength", "14 00", 0xffff)],
    refused: [{ type: "appleStateChange", body: new Uint8Array(65536) }],
  }),
  messageCase({
    name: "Apple's DragEvent",
    framedFrom: "server",
    session: { dialect: "apple" },
    golden: [
      golden(APPLE, "20 00000009 00000002 abcd", {
        type: "appleDragEvent",
        session: 9,
        data: hex("abcd"),
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("appleDragEvent" as const), session: u32s, data: bytes(30) }),
    extentOf: extentOfAppleDragEvent,
    decode: decodeAppleDragEvent,
    encode: encodeAppleDragEvent,
    numbers: { session: U32 },
    claims: [claim("maxVendorLength", "20 00000000")],
  }),
  messageCase({
    name: "Apple's DisplayInfo2",
    framedFrom: "server",
    session: { dialect: "apple" },
    golden: [golden(APPLE, "51 0003 010203", { type: "appleDisplayInfo2", body: hex("010203") } as const)],
    arbitrary: recordOf({ type: fc.constant("appleDisplayInfo2" as const), body: bytes(30) }),
    extentOf: extentOfAppleDisplayInfo2,
    decode: decodeAppleDisplayInfo2,
    encode: encodeAppleDisplayInfo2,
    claims: [claim("maxVendorLength", "51", 0xffff)],
    refused: [{ type: "appleDisplayInfo2", body: new Uint8Array(65536) }],
  }),
  messageCase({
    name: "Apple's command",
    framedFrom: "client",
    session: { dialect: "apple" },
    golden: [
      golden(`${APPLE}, SetServerScaling to a half`, "08 00 3fe0000000000000", {
        type: "appleCommand",
        messageType: 8,
        body: hex("00 3fe0000000000000"),
      } as const),
      golden(`${APPLE}, AutoFramebufferUpdate`, "09 00 0001 ffffffff 0000 0000 0780 0438", {
        type: "appleCommand",
        messageType: 9,
        body: hex("00 0001 ffffffff 0000 0000 0780 0438"),
      } as const),
      golden(`${APPLE}, SetMode`, "0a 00 0001", {
        type: "appleCommand",
        messageType: 10,
        body: hex("000001"),
      } as const),
      golden(`${APPLE}, ClipboardRequest`, "0b 00 0000 00000005", {
        type: "appleCommand",
        messageType: 11,
        body: hex("000000 00000005"),
      } as const),
      golden(`${APPLE}, SetDisplay to all`, "0d 01 0000 00000000", {
        type: "appleCommand",
        messageType: 13,
        body: hex("01 0000 00000000"),
      } as const),
      golden(`${APPLE}, AutoPasteboard`, "15 00 0001 00000000", {
        type: "appleCommand",
        messageType: 21,
        body: hex("00 0001 00000000"),
      } as const),
    ],
    arbitrary: opaque("appleCommand", APPLE_COMMANDS),
    extentOf: extentOfAppleCommand,
    decode: decodeAppleCommand,
    encode: encodeAppleCommand,
    refused: [
      { type: "appleCommand", messageType: 8, body: new Uint8Array(8) },
      { type: "appleCommand", messageType: 8, body: new Uint8Array(10) },
      { type: "appleCommand", messageType: 12, body: NOTHING },
    ],
  }),
  messageCase({
    name: "Apple's SetEncryption",
    framedFrom: "client",
    session: { dialect: "apple" },
    golden: [
      golden(`${APPLE}, what the server is to do`, "12 00 0001 0001 0001 00000001", {
        type: "appleSetEncryption",
        command: 1,
        level: 1,
        methods: [1],
      } as const),
      golden(`${APPLE}, what the client does`, "12 00 0002 0001 0000", {
        type: "appleSetEncryption",
        command: 2,
        level: 1,
        methods: [],
      } as const),
    ],
    arbitrary: fc.oneof(
      recordOf({
        type: fc.constant("appleSetEncryption" as const),
        command: fc.constant(1),
        level: u16s,
        methods: fc.array(u32s, { maxLength: 5 }),
      }),
      recordOf({
        type: fc.constant("appleSetEncryption" as const),
        command: fc.constant(2),
        level: u16s,
        methods: fc.constant([]),
      }),
    ),
    extentOf: extentOfAppleSetEncryption,
    decode: decodeAppleSetEncryption,
    encode: encodeAppleSetEncryption,
    padding: [1],
    numbers: { level: U16 },
    refused: [
      { type: "appleSetEncryption", command: 0, level: 0, methods: [] },
      { type: "appleSetEncryption", command: 3, level: 0, methods: [] },
      { type: "appleSetEncryption", command: 2, level: 0, methods: [1] },
      { type: "appleSetEncryption", command: 1, level: 0, methods: [2 ** 32] },
      { type: "appleSetEncryption", command: 1, level: 0, methods: new Array(65536).fill(1) },
    ],
  }),
  messageCase({
    name: "Apple's ViewerInfo",
    framedFrom: "client",
    session: { dialect: "apple" },
    golden: [
      golden(APPLE, "21 00 0006 0001 00000002", { type: "appleViewerInfo", body: hex("000100000002") } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("appleViewerInfo" as const), body: bytes(62) }),
    extentOf: extentOfAppleViewerInfo,
    decode: decodeAppleViewerInfo,
    encode: encodeAppleViewerInfo,
    padding: [1],
    claims: [claim("maxVendorLength", "21 00", 0xffff)],
    refused: [{ type: "appleViewerInfo", body: new Uint8Array(65536) }],
  }),
];

const atenMessages: readonly MessageCase[] = [
  messageCase({
    name: "ATEN's KeyEvent",
    framedFrom: "client",
    session: { dialect: "aten" },
    golden: [
      golden(`${ATEN}, the key A goes down`, "04 00 01 0000 00000004 000000000000000000", {
        type: "atenKeyEvent",
        downFlag: 1,
        key: 4,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("atenKeyEvent" as const), downFlag: u8s, key: u32s }),
    extentOf: extentOfAtenKeyEvent,
    decode: decodeAtenKeyEvent,
    encode: encodeAtenKeyEvent,
    padding: [1, 3, 4, 9, 10, 11, 12, 13, 14, 15, 16, 17],
    numbers: { downFlag: U8, key: U32 },
  }),
  messageCase({
    name: "ATEN's PointerEvent",
    framedFrom: "client",
    session: { dialect: "aten" },
    golden: [
      golden(ATEN, "05 00 01 0280 01e0 0000000000000000000000", {
        type: "atenPointerEvent",
        buttonMask: 1,
        x: 640,
        y: 480,
      } as const),
    ],
    arbitrary: recordOf({ type: fc.constant("atenPointerEvent" as const), buttonMask: u8s, x: u16s, y: u16s }),
    extentOf: extentOfAtenPointerEvent,
    decode: decodeAtenPointerEvent,
    encode: encodeAtenPointerEvent,
    padding: [1, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
    numbers: { buttonMask: U8, x: U16, y: U16 },
  }),
  messageCase({
    name: "ATEN's command",
    framedFrom: "client",
    session: { dialect: "aten" },
    golden: [
      golden(`${ATEN}, run image`, "07 0780", { type: "atenCommand", messageType: 7, body: hex("0780") } as const),
      golden(`${ATEN}, an answer to a KeepAlive`, "15 00000001 00000000", {
        type: "atenCommand",
        messageType: 21,
        body: hex("0000000100000000"),
      } as const),
      golden(`${ATEN}, a reset`, "1a 02", { type: "atenCommand", messageType: 26, body: hex("02") } as const),
      golden(`${ATEN}, which mouse mode`, "37", { type: "atenCommand", messageType: 55, body: NOTHING } as const),
    ],
    arbitrary: opaque("atenCommand", ATEN_COMMANDS),
    extentOf: extentOfAtenCommand,
    decode: decodeAtenCommand,
    encode: encodeAtenCommand,
    refused: [
      { type: "atenCommand", messageType: 7, body: hex("07") },
      { type: "atenCommand", messageType: 7, body: hex("078000") },
      { type: "atenCommand", messageType: 9, body: NOTHING },
    ],
  }),
  messageCase({
    name: "ATEN's cursor",
    framedFrom: "server",
    session: { dialect: "aten" },
    golden: [
      golden(`${ATEN}, no shape`, "04 00000001 00000002 00000040 00000040 00000000", {
        type: "atenCursor",
        x: 1,
        y: 2,
        width: 64,
        height: 64,
        flag: 0,
        shape: NOTHING,
      } as const),
      golden(`${ATEN}, a shape`, "04 00000001 00000002 00000002 00000001 00000001 00000000 7fff 0000", {
        type: "atenCursor",
        x: 1,
        y: 2,
        width: 2,
        height: 1,
        flag: 1,
        shape: hex("000000007fff0000"),
      } as const),
    ],
    arbitrary: fc.oneof(
      recordOf({
        type: fc.constant("atenCursor" as const),
        x: u32s,
        y: u32s,
        width: u32s,
        height: u32s,
        flag: u32s.filter((flag) => flag !== 1),
        shape: fc.constant(NOTHING),
      }),
      fc
        .tuple(u32s, u32s, fc.nat({ max: 4 }), fc.nat({ max: 4 }))
        .chain(([x, y, width, height]) =>
          bytes(4 + 2 * width * height, 4 + 2 * width * height).map(
            (shape) => ({ type: "atenCursor", x, y, width, height, flag: 1, shape }) as const,
          ),
        ),
    ),
    extentOf: extentOfAtenCursor,
    decode: decodeAtenCursor,
    encode: encodeAtenCursor,
    numbers: { x: U32, y: U32 },
    claims: [
      {
        limit: "maxCursorSide",
        most: 0xffffffff,
        head: (side) => join([hex("04 0000000000000000"), be32(side), be32(1), be32(1)]),
      },
      {
        limit: "maxCursorSide",
        most: 0xffffffff,
        head: (side) => join([hex("04 0000000000000000"), be32(1), be32(side), be32(1)]),
      },
    ],
    refused: [
      { type: "atenCursor", x: 0, y: 0, width: 1, height: 1, flag: 0, shape: new Uint8Array(6) },
      { type: "atenCursor", x: 0, y: 0, width: 1, height: 1, flag: 1, shape: new Uint8Array(2) },
    ],
  }),
  messageCase({
    name: "ATEN's notice",
    framedFrom: "server",
    session: { dialect: "aten" },
    golden: [
      golden(`${ATEN}, KeepAlive`, "16 00", { type: "atenNotice", messageType: 22, body: hex("00") } as const),
      golden(`${ATEN}, video info`, "33 00010002", {
        type: "atenNotice",
        messageType: 51,
        body: hex("00010002"),
      } as const),
      golden(`${ATEN}, keyboard and mouse`, "35 0102030405", {
        type: "atenNotice",
        messageType: 53,
        body: hex("0102030405"),
      } as const),
      golden(`${ATEN}, mouse info`, "37 0001", { type: "atenNotice", messageType: 55, body: hex("0001") } as const),
      golden(`${ATEN}, who is there`, join([hex("39 00000001 00000004"), latin1("ADMIN"), new Uint8Array(251)]), {
        type: "atenNotice",
        messageType: 57,
        body: join([hex("00000001 00000004"), latin1("ADMIN"), new Uint8Array(251)]),
      } as const),
      golden(`${ATEN}, screen status`, "3c 00000001 00000000", {
        type: "atenNotice",
        messageType: 60,
        body: hex("0000000100000000"),
      } as const),
    ],
    arbitrary: opaque("atenNotice", ATEN_NOTICES),
    extentOf: extentOfAtenNotice,
    decode: decodeAtenNotice,
    encode: encodeAtenNotice,
    refused: [
      { type: "atenNotice", messageType: 55, body: hex("000102") },
      { type: "atenNotice", messageType: 4, body: NOTHING },
    ],
  }),
];

export const VENDOR_MESSAGES: readonly MessageCase[] = [
  ...ultraVncMessages,
  ...tightVncMessages,
  ...vmwareMessages,
  ...appleMessages,
  ...atenMessages,
];
