/**
 * What ATEN's management boards (Supermicro's, among others) make of the protocol: from captures and firmware, none of
 * it documented. Numbers that are registered for UltraVNC mean something else here, known or not.
 *
 * @module
 */

import type { Encoders, Layout, OwnLayouts } from "../../layout.ts";
import {
  ATEN_COMMANDS,
  type AtenCommand,
  decodeAtenCommand,
  encodeAtenCommand,
  extentOfAtenCommand,
} from "./command.ts";
import { type AtenCursor, decodeAtenCursor, encodeAtenCursor, extentOfAtenCursor } from "./cursor.ts";
import { type AtenKeyEvent, decodeAtenKeyEvent, encodeAtenKeyEvent, extentOfAtenKeyEvent } from "./key_event.ts";
import { ATEN_NOTICES, type AtenNotice, decodeAtenNotice, encodeAtenNotice, extentOfAtenNotice } from "./notice.ts";
import {
  type AtenPointerEvent,
  decodeAtenPointerEvent,
  encodeAtenPointerEvent,
  extentOfAtenPointerEvent,
} from "./pointer_event.ts";

/** What a client of an ATEN board sends in place of KeyEvent and PointerEvent, and besides. */
export type AtenClientMessage = AtenKeyEvent | AtenPointerEvent | AtenCommand;

/** What an ATEN board sends besides. */
export type AtenServerMessage = AtenCursor | AtenNotice;

const COMMAND: Layout<AtenCommand> = { extentOf: extentOfAtenCommand, decode: decodeAtenCommand };
const NOTICE: Layout<AtenNotice> = { extentOf: extentOfAtenNotice, decode: decodeAtenNotice };

export const ATEN_CLIENT_LAYOUTS: OwnLayouts<AtenClientMessage> = {
  4: { extentOf: extentOfAtenKeyEvent, decode: decodeAtenKeyEvent },
  5: { extentOf: extentOfAtenPointerEvent, decode: decodeAtenPointerEvent },
  9: undefined,
  10: undefined,
  11: undefined,
  13: undefined,
  80: undefined,
  ...Object.fromEntries(Array.from(ATEN_COMMANDS.keys(), (messageType) => [messageType, COMMAND])),
};

export const ATEN_SERVER_LAYOUTS: OwnLayouts<AtenServerMessage> = {
  4: { extentOf: extentOfAtenCursor, decode: decodeAtenCursor },
  7: undefined,
  11: undefined,
  13: undefined,
  173: undefined,
  ...Object.fromEntries(Array.from(ATEN_NOTICES.keys(), (messageType) => [messageType, NOTICE])),
};

export const ATEN_CLIENT_ENCODERS: Encoders<AtenClientMessage> = {
  atenKeyEvent: encodeAtenKeyEvent,
  atenPointerEvent: encodeAtenPointerEvent,
  atenCommand: encodeAtenCommand,
};

export const ATEN_SERVER_ENCODERS: Encoders<AtenServerMessage> = {
  atenCursor: encodeAtenCursor,
  atenNotice: encodeAtenNotice,
};
