/**
 * What Apple's Screen Sharing adds once the client has answered 003.889: from captures, none of it documented.
 * Numbers that are registered for UltraVNC mean something else here, known or not.
 *
 * @module
 */

import type { Encoders, Layout, OwnLayouts } from "../../layout.ts";
import { type AppleAck, decodeAppleAck, encodeAppleAck, extentOfAppleAck } from "./ack.ts";
import {
  type AppleClipboard,
  decodeAppleClipboard,
  encodeAppleClipboard,
  extentOfAppleClipboard,
  skipExtentOfAppleClipboard,
} from "./clipboard.ts";
import { type AppleCommand, decodeAppleCommand, encodeAppleCommand, extentOfAppleCommand } from "./command.ts";
import {
  type AppleDisplayInfo2,
  decodeAppleDisplayInfo2,
  encodeAppleDisplayInfo2,
  extentOfAppleDisplayInfo2,
} from "./display_info2.ts";
import {
  type AppleDragEvent,
  decodeAppleDragEvent,
  encodeAppleDragEvent,
  extentOfAppleDragEvent,
} from "./drag_event.ts";
import { type AppleNop, decodeAppleNop, encodeAppleNop, extentOfAppleNop } from "./nop.ts";
import {
  type AppleSetEncryption,
  decodeAppleSetEncryption,
  encodeAppleSetEncryption,
  extentOfAppleSetEncryption,
} from "./set_encryption.ts";
import {
  type AppleStateChange,
  decodeAppleStateChange,
  encodeAppleStateChange,
  extentOfAppleStateChange,
} from "./state_change.ts";
import {
  type AppleViewerInfo,
  decodeAppleViewerInfo,
  encodeAppleViewerInfo,
  extentOfAppleViewerInfo,
} from "./viewer_info.ts";

/** What Apple's viewer sends besides. */
export type AppleClientMessage = AppleCommand | AppleSetEncryption | AppleClipboard | AppleViewerInfo;

/** What Apple's server sends besides. */
export type AppleServerMessage =
  | AppleAck
  | AppleNop
  | AppleStateChange
  | AppleClipboard
  | AppleDragEvent
  | AppleDisplayInfo2;

const COMMAND: Layout<AppleCommand> = { extentOf: extentOfAppleCommand, decode: decodeAppleCommand };

export const APPLE_CLIENT_LAYOUTS: OwnLayouts<AppleClientMessage> = {
  7: undefined, // NOP
  8: COMMAND,
  9: COMMAND,
  10: COMMAND,
  11: COMMAND,
  13: COMMAND,
  18: { extentOf: extentOfAppleSetEncryption, decode: decodeAppleSetEncryption },
  20: undefined, // SessionVisibility2
  21: COMMAND,
  31: { extentOf: extentOfAppleClipboard, skipExtentOf: skipExtentOfAppleClipboard, decode: decodeAppleClipboard },
  33: { extentOf: extentOfAppleViewerInfo, decode: decodeAppleViewerInfo },
  80: undefined,
};

export const APPLE_SERVER_LAYOUTS: OwnLayouts<AppleServerMessage> = {
  4: { extentOf: extentOfAppleAck, decode: decodeAppleAck },
  7: { extentOf: extentOfAppleNop, decode: decodeAppleNop },
  11: undefined,
  13: undefined,
  20: { extentOf: extentOfAppleStateChange, decode: decodeAppleStateChange },
  31: { extentOf: extentOfAppleClipboard, skipExtentOf: skipExtentOfAppleClipboard, decode: decodeAppleClipboard },
  32: { extentOf: extentOfAppleDragEvent, decode: decodeAppleDragEvent },
  81: { extentOf: extentOfAppleDisplayInfo2, decode: decodeAppleDisplayInfo2 },
  173: undefined,
};

export const APPLE_CLIENT_ENCODERS: Encoders<AppleClientMessage> = {
  appleCommand: encodeAppleCommand,
  appleSetEncryption: encodeAppleSetEncryption,
  appleClipboard: encodeAppleClipboard,
  appleViewerInfo: encodeAppleViewerInfo,
};

export const APPLE_SERVER_ENCODERS: Encoders<AppleServerMessage> = {
  appleAck: encodeAppleAck,
  appleNop: encodeAppleNop,
  appleStateChange: encodeAppleStateChange,
  appleClipboard: encodeAppleClipboard,
  appleDragEvent: encodeAppleDragEvent,
  appleDisplayInfo2: encodeAppleDisplayInfo2,
};
