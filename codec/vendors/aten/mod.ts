/**
 * What ATEN's management boards (Supermicro's, among others) make of the protocol: from captures and firmware, none of
 * it documented. Numbers that are registered for UltraVNC mean something else here, known or not.
 *
 * @module
 */

import type { Encoders, Layout, OwnLayouts } from "../../layout.ts";
import type { BodyLengths } from "../fixed.ts";
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

export const ATEN_CLIENT_LAYOUTS: OwnLayouts<AtenClientMessage> = /* @__PURE__ */ withFixed<AtenClientMessage>(
  ATEN_COMMANDS,
  { extentOf: extentOfAtenCommand, decode: decodeAtenCommand },
  {
    4: { extentOf: extentOfAtenKeyEvent, decode: decodeAtenKeyEvent },
    5: { extentOf: extentOfAtenPointerEvent, decode: decodeAtenPointerEvent },
    9: undefined,
    10: undefined,
    11: undefined,
    13: undefined,
    80: undefined,
  },
);

export const ATEN_SERVER_LAYOUTS: OwnLayouts<AtenServerMessage> = /* @__PURE__ */ withFixed<AtenServerMessage>(
  ATEN_NOTICES,
  { extentOf: extentOfAtenNotice, decode: decodeAtenNotice },
  {
    4: { extentOf: extentOfAtenCursor, decode: decodeAtenCursor },
    7: undefined,
    11: undefined,
    13: undefined,
    173: undefined,
  },
);

/** All that have one layout, and the others. A call that is marked pure is left out of bundles that have no use for it. */
function withFixed<Message>(
  fixed: BodyLengths,
  layout: Layout<Message>,
  others: OwnLayouts<Message>,
): OwnLayouts<Message> {
  return { ...others, ...Object.fromEntries(Array.from(fixed.keys(), (messageType) => [messageType, layout])) };
}

export const ATEN_CLIENT_ENCODERS: Encoders<AtenClientMessage> = {
  atenKeyEvent: encodeAtenKeyEvent,
  atenPointerEvent: encodeAtenPointerEvent,
  atenCommand: encodeAtenCommand,
};

export const ATEN_SERVER_ENCODERS: Encoders<AtenServerMessage> = {
  atenCursor: encodeAtenCursor,
  atenNotice: encodeAtenNotice,
};
