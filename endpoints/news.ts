import { encodeAnnouncement } from "../codec/encodings/announcements.ts";
import { type Cursor, encodeCursor } from "../codec/encodings/cursor.ts";
import { encodeCursorWithAlpha } from "../codec/encodings/cursor_with_alpha.ts";
import { encodeDesktopName } from "../codec/encodings/desktop_name.ts";
import { encodeDesktopSize } from "../codec/encodings/desktop_size.ts";
import { encodeExtendedDesktopSize } from "../codec/encodings/extended_desktop_size.ts";
import { encodeQemuLedState } from "../codec/encodings/qemu_led_state.ts";
import { encodeVmwareCursor } from "../codec/encodings/vmware_cursor.ts";
import { encodeVmwareLedState } from "../codec/encodings/vmware_led_state.ts";
import { encodeXCursor } from "../codec/encodings/x_cursor.ts";
import { Encoding } from "../codec/names.ts";
import type { PixelFormat } from "../codec/pixel_format.ts";
import type { Session } from "../codec/session.ts";
import type { Desktop } from "./desktop.ts";

/** Who wanted a size, as ExtendedDesktopSize tells it. */
export const SizeReason = { Server: 0, ThisClient: 1, OtherClient: 2 } as const;

/** What one client is to be told of a desktop in rectangles that draw nothing. */
export interface News {
  /** The rectangles that this client can take and has not got, the size first. It takes them as sent. */
  take(session: Session): Uint8Array[];
  /** The size is to be told, even if it is as it was. */
  tellSize(reason: number, status?: number): void;
}

/** The client knows what ServerInit says. */
export function createNews(desktop: Desktop, { name }: Session): News {
  const announced = new Set<number>();
  const told: { name: Uint8Array | undefined; cursor?: Cursor; cursorType?: number; ledState?: number } = { name };
  let size: { readonly reason: number; readonly status: number } | undefined;

  return {
    take(session) {
      const { encodingTypes } = session;
      const rectangles = [...takeSize(session), ...takeCursor(session)];
      for (const type of ANNOUNCED) {
        if (!encodingTypes.includes(type) || announced.has(type)) continue;
        announced.add(type);
        rectangles.push(encodeAnnouncement(type));
      }
      if (told.name !== desktop.name && encodingTypes.includes(Encoding.DesktopName)) {
        told.name = desktop.name;
        rectangles.push(encodeDesktopName(desktop));
      }
      const { ledState } = desktop;
      const ledType = LED_STATES.find((type) => encodingTypes.includes(type));
      if (told.ledState !== ledState && ledState !== undefined && ledType !== undefined) {
        told.ledState = ledState;
        rectangles.push(
          ledType === Encoding.QEMULEDState
            ? encodeQemuLedState({ state: ledState })
            : encodeVmwareLedState({ ledFlags: ledState }),
        );
      }
      return rectangles;
    },
    tellSize(reason, status = 0) {
      // What the client has wished for is answered, whatever else comes up before it hears of it.
      if (size?.reason !== SizeReason.ThisClient || reason === SizeReason.ThisClient) size = { reason, status };
    },
  };

  function takeSize(session: Session): Uint8Array[] {
    const { width, height } = desktop.picture;
    const type = sizeTypeOf(session);
    if (type === Encoding.ExtendedDesktopSize && (size !== undefined || isOfOtherSize(desktop, session))) {
      const { reason, status } = size ?? { reason: SizeReason.Server, status: 0 };
      size = undefined;
      const screens = [{ id: 0, x: 0, y: 0, width, height, flags: 0 }];
      return [encodeExtendedDesktopSize({ reason, status, width, height, screens })];
    }
    size = undefined;
    return type === Encoding.DesktopSize && isOfOtherSize(desktop, session)
      ? [encodeDesktopSize({ width, height })]
      : [];
  }

  function takeCursor({ encodingTypes, pixelFormat, pixelFormatAsked }: Session): Uint8Array[] {
    const { cursor } = desktop;
    const type = CURSORS.find((known) => encodingTypes.includes(known));
    if (cursor === undefined || type === undefined || (told.cursor === cursor && told.cursorType === type)) return [];
    told.cursor = cursor;
    told.cursorType = type;
    // It goes with the update that the format asked for comes into force with.
    return [cursorRectangle(type, cursor, (pixelFormatAsked ?? pixelFormat)!)];
  }
}

/** How the client takes a new size, if it does. */
export function sizeTypeOf({ encodingTypes }: Session): number | undefined {
  return SIZES.find((type) => encodingTypes.includes(type));
}

/** The client's picture has not the desktop's size. */
export function isOfOtherSize({ picture }: Desktop, { framebufferWidth, framebufferHeight }: Session): boolean {
  return picture.width !== framebufferWidth || picture.height !== framebufferHeight;
}

const SIZES = [Encoding.ExtendedDesktopSize, Encoding.DesktopSize] as const;
/** The best first, whatever the client's order: it can draw them all. */
const CURSORS = [Encoding.CursorWithAlpha, Encoding.VMwareCursor, Encoding.Cursor, Encoding.XCursor] as const;
const LED_STATES = [Encoding.QEMULEDState, Encoding.VMwareLEDState] as const;
const ANNOUNCED = [Encoding.QEMUExtendedKeyEvent, Encoding.ExtendedMouseButtons] as const;

function cursorRectangle(type: (typeof CURSORS)[number], cursor: Cursor, format: PixelFormat): Uint8Array {
  switch (type) {
    case Encoding.CursorWithAlpha:
      return encodeCursorWithAlpha(cursor);
    case Encoding.VMwareCursor:
      return encodeVmwareCursor(cursor);
    case Encoding.Cursor:
      return encodeCursor(cursor, format);
    case Encoding.XCursor:
      return encodeXCursor(cursor);
  }
}
