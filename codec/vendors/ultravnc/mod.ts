/**
 * What UltraVNC adds. Most of it is registered and libvncserver speaks it too; the rest is UltraVNC's alone.
 *
 * @module
 */

import type { Encoders, Layouts } from "../../layout.ts";
import {
  decodeClientFileTransfer,
  decodeServerFileTransfer,
  encodeClientFileTransfer,
  encodeServerFileTransfer,
  extentOfClientFileTransfer,
  extentOfServerFileTransfer,
  type FileTransfer,
} from "./file_transfer.ts";
import { decodeKeepAlive, encodeKeepAlive, extentOfKeepAlive, type KeepAlive } from "./keep_alive.ts";
import {
  decodeKeyFrameRequest,
  encodeKeyFrameRequest,
  extentOfKeyFrameRequest,
  type KeyFrameRequest,
} from "./key_frame_request.ts";
import {
  decodeKeyFrameUpdate,
  encodeKeyFrameUpdate,
  extentOfKeyFrameUpdate,
  type KeyFrameUpdate,
} from "./key_frame_update.ts";
import { decodeMonitorInfo, encodeMonitorInfo, extentOfMonitorInfo, type MonitorInfo } from "./monitor_info.ts";
import {
  decodeNotifyPluginStreaming,
  encodeNotifyPluginStreaming,
  extentOfNotifyPluginStreaming,
  type NotifyPluginStreaming,
} from "./notify_plugin_streaming.ts";
import {
  decodeRequestSession,
  encodeRequestSession,
  extentOfRequestSession,
  type RequestSession,
} from "./request_session.ts";
import {
  decodeResizeFrameBuffer,
  encodeResizeFrameBuffer,
  extentOfResizeFrameBuffer,
  type ResizeFrameBuffer,
} from "./resize_frame_buffer.ts";
import { decodeServerState, encodeServerState, extentOfServerState, type ServerState } from "./server_state.ts";
import { decodeSetMonitor, encodeSetMonitor, extentOfSetMonitor, type SetMonitor } from "./set_monitor.ts";
import { decodeSetScale, encodeSetScale, extentOfSetScale, type SetScale } from "./set_scale.ts";
import {
  decodeSetServerInput,
  encodeSetServerInput,
  extentOfSetServerInput,
  type SetServerInput,
} from "./set_server_input.ts";
import { decodeSetSession, encodeSetSession, extentOfSetSession, type SetSession } from "./set_session.ts";
import { decodeSetSW, encodeSetSW, extentOfSetSW, type SetSW } from "./set_sw.ts";
import { decodeTextChat, encodeTextChat, extentOfTextChat, type TextChat } from "./text_chat.ts";

/** What a client of UltraVNC sends besides. */
export type UltraVncClientMessage =
  | FileTransfer
  | SetScale
  | SetServerInput
  | SetSW
  | TextChat
  | KeyFrameRequest
  | KeepAlive
  | RequestSession
  | SetSession
  | NotifyPluginStreaming
  | SetMonitor;

/** What UltraVNC's server sends besides. */
export type UltraVncServerMessage =
  | ResizeFrameBuffer
  | KeyFrameUpdate
  | FileTransfer
  | TextChat
  | KeepAlive
  | NotifyPluginStreaming
  | ServerState
  | MonitorInfo;

/** Registered: they mean this in all dialects that say nothing else. */
export const ULTRAVNC_CLIENT_LAYOUTS: Layouts<UltraVncClientMessage> = {
  7: { extentOf: extentOfClientFileTransfer, decode: decodeClientFileTransfer },
  8: { extentOf: extentOfSetScale, decode: decodeSetScale },
  9: { extentOf: extentOfSetServerInput, decode: decodeSetServerInput },
  10: { extentOf: extentOfSetSW, decode: decodeSetSW },
  11: { extentOf: extentOfTextChat, decode: decodeTextChat },
  13: { extentOf: extentOfKeepAlive, decode: decodeKeepAlive },
  20: { extentOf: extentOfRequestSession, decode: decodeRequestSession },
  21: { extentOf: extentOfSetSession, decode: decodeSetSession },
  80: { extentOf: extentOfNotifyPluginStreaming, decode: decodeNotifyPluginStreaming },
};

/** Registered: they mean this in all dialects that say nothing else. */
export const ULTRAVNC_SERVER_LAYOUTS: Layouts<UltraVncServerMessage> = {
  4: { extentOf: extentOfResizeFrameBuffer, decode: decodeResizeFrameBuffer },
  7: { extentOf: extentOfServerFileTransfer, decode: decodeServerFileTransfer },
  11: { extentOf: extentOfTextChat, decode: decodeTextChat },
  13: { extentOf: extentOfKeepAlive, decode: decodeKeepAlive },
  173: { extentOf: extentOfServerState, decode: decodeServerState },
};

/** In UltraVNC's own dialect alone. */
export const ULTRAVNC_CLIENT_OWN: Layouts<UltraVncClientMessage> = {
  12: { extentOf: extentOfKeyFrameRequest, decode: decodeKeyFrameRequest },
  254: { extentOf: extentOfSetMonitor, decode: decodeSetMonitor },
};

/** In UltraVNC's own dialect alone. */
export const ULTRAVNC_SERVER_OWN: Layouts<UltraVncServerMessage> = {
  5: { extentOf: extentOfKeyFrameUpdate, decode: decodeKeyFrameUpdate },
  80: { extentOf: extentOfNotifyPluginStreaming, decode: decodeNotifyPluginStreaming },
  252: { extentOf: extentOfMonitorInfo, decode: decodeMonitorInfo },
};

export const ULTRAVNC_CLIENT_ENCODERS: Encoders<UltraVncClientMessage> = {
  fileTransfer: encodeClientFileTransfer,
  setScale: encodeSetScale,
  setServerInput: encodeSetServerInput,
  setSW: encodeSetSW,
  textChat: encodeTextChat,
  keyFrameRequest: encodeKeyFrameRequest,
  keepAlive: encodeKeepAlive,
  requestSession: encodeRequestSession,
  setSession: encodeSetSession,
  notifyPluginStreaming: encodeNotifyPluginStreaming,
  setMonitor: encodeSetMonitor,
};

export const ULTRAVNC_SERVER_ENCODERS: Encoders<UltraVncServerMessage> = {
  resizeFrameBuffer: encodeResizeFrameBuffer,
  keyFrameUpdate: encodeKeyFrameUpdate,
  fileTransfer: encodeServerFileTransfer,
  textChat: encodeTextChat,
  keepAlive: encodeKeepAlive,
  notifyPluginStreaming: encodeNotifyPluginStreaming,
  serverState: encodeServerState,
  monitorInfo: encodeMonitorInfo,
};
