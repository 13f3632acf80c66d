import { describe, expect, test } from "vitest";
import {
  ANNOUNCEMENTS,
  decodeCursor,
  decodeCursorWithAlpha,
  decodeDesktopName,
  decodeDesktopSize,
  decodeExtendedDesktopSize,
  decodePointerPos,
  decodeQemuLedState,
  decodeServerIdentity,
  decodeSupportedEncodings,
  decodeSupportedMessages,
  decodeVmwareCursor,
  decodeVmwareCursorPosition,
  decodeVmwareDisplayModeChange,
  decodeVmwareLedState,
  decodeXCursor,
  encodeAnnouncement,
  encodeCursor,
  encodeCursorWithAlpha,
  encodeDesktopName,
  encodeDesktopSize,
  encodeExtendedDesktopSize,
  encodeLastRect,
  encodePointerPos,
  encodeQemuLedState,
  encodeServerIdentity,
  encodeSupportedEncodings,
  encodeSupportedMessages,
  encodeVmwareCursor,
  encodeVmwareCursorPosition,
  encodeVmwareDisplayModeChange,
  encodeVmwareLedState,
  encodeXCursor,
  framingOf,
} from "../../../codec/encodings/mod.ts";
import { Encoding } from "../../../codec/names.ts";
import { hasCorpus, withCorpus } from "../recordings.ts";
import { parted } from "./framed.ts";
import { type Recorded, rectanglesOf } from "./recorded.ts";
import { decodeContext } from "./rectangles.ts";

/** How many of each pseudo-encoding a recording has, as who recorded it has counted them. */
const RECORDINGS: readonly (readonly [string, Readonly<Record<number, number>>])[] = [
  ["xtigervnc-cursor", { [-224]: 21, [-239]: 9 }],
  ["xtigervnc-xcursor", { [-224]: 20, [-240]: 9 }],
  ["xtigervnc-alphacursor", { [-224]: 20, [-314]: 9 }],
  ["xtigervnc-vmwarecursor", { [-224]: 20, [Encoding.VMwareCursor]: 9, [Encoding.VMwareCursorPosition]: 1 }],
  ["xtigervnc-vmwareled", { [-224]: 8, [-239]: 2, [Encoding.VMwareLEDState]: 4 }],
  ["xtigervnc-ledstate", { [-224]: 7, [-239]: 1, [-261]: 4 }],
  ["xtigervnc-messages", { [-224]: 18, [-239]: 4, [-258]: 1, [-261]: 3, [-307]: 1, [-308]: 1 }],
  ["xtigervnc-extendeddesktopsize", { [-224]: 9, [-239]: 2, [-308]: 21 }],
  ["xtigervnc-extendedclipboard", { [-224]: 4, [-239]: 1 }],
  ["xtigervnc-continuous", { [-224]: 29, [-239]: 1, [-258]: 1, [-261]: 1, [-308]: 1 }],
  ["xtightvnc-messages", { [-224]: 18, [-232]: 1, [-239]: 3 }],
  [
    "x11vnc-pseudo",
    {
      [-232]: 2,
      [-239]: 1,
      [-308]: 1,
      [Encoding.SupportedMessages]: 1,
      [Encoding.SupportedEncodings]: 1,
      [Encoding.ServerIdentity]: 1,
    },
  ],
  [
    "qemu-resize-extended",
    { [-257]: 1, [-258]: 1, [-259]: 1, [-261]: 1, [-308]: 7, [Encoding.VMwareDisplayModeChange]: 6 },
  ],
  ["qemu-vmware-svga", { [-257]: 1, [-258]: 1, [-259]: 1, [-261]: 1, [-308]: 1 }],
  ["qemu-audio", { [-257]: 1, [-258]: 1, [-259]: 1, [-261]: 1, [-308]: 2, [Encoding.VMwareDisplayModeChange]: 1 }],
  ["qemu-resize-plain", { [-223]: 6 }],
];

/** The rectangle, read and written again; undefined where its server fills in what says nothing. */
function rewritten({ rectangle, payload, session }: Recorded): Uint8Array | undefined {
  const format = session.pixelFormat!;
  const context = decodeContext(format);
  switch (rectangle.encodingType) {
    // What the mask leaves out has colours on the wire, which are lost: the cursors are the same, not the bytes.
    case Encoding.Cursor: {
      const cursor = decodeCursor(payload, rectangle, context);
      const again = parted(encodeCursor(cursor, format));
      expect(decodeCursor(again.payload, again.rectangle, context)).toStrictEqual(cursor);
      return undefined;
    }
    case Encoding.XCursor: {
      const cursor = decodeXCursor(payload, rectangle);
      const again = parted(encodeXCursor(cursor));
      expect(decodeXCursor(again.payload, again.rectangle)).toStrictEqual(cursor);
      return undefined;
    }
    case Encoding.VMwareCursor:
      return encodeVmwareCursor(decodeVmwareCursor(payload, rectangle, context));
    case Encoding.CursorWithAlpha:
      return encodeCursorWithAlpha(decodeCursorWithAlpha(payload, rectangle, context));
    case Encoding.DesktopSize:
      return encodeDesktopSize(decodeDesktopSize(rectangle));
    case Encoding.ExtendedDesktopSize:
      return encodeExtendedDesktopSize(decodeExtendedDesktopSize(payload, rectangle));
    case Encoding.LastRect:
      return encodeLastRect();
    case Encoding.PointerPos:
      return encodePointerPos(decodePointerPos(rectangle));
    case Encoding.VMwareCursorPosition:
      return encodeVmwareCursorPosition(decodeVmwareCursorPosition(rectangle));
    case Encoding.DesktopName:
      return encodeDesktopName(decodeDesktopName(payload));
    case Encoding.QEMULEDState:
      return rectangle.width === 0 ? encodeQemuLedState(decodeQemuLedState(payload)) : undefined;
    case Encoding.VMwareLEDState:
      return encodeVmwareLedState(decodeVmwareLedState(payload));
    case Encoding.VMwareDisplayModeChange:
      return encodeVmwareDisplayModeChange(decodeVmwareDisplayModeChange(payload, rectangle));
    case Encoding.SupportedMessages:
      return encodeSupportedMessages(decodeSupportedMessages(payload));
    case Encoding.SupportedEncodings:
      return encodeSupportedEncodings(decodeSupportedEncodings(payload));
    case Encoding.ServerIdentity:
      return encodeServerIdentity(decodeServerIdentity(payload));
    default:
      return ANNOUNCEMENTS.has(rectangle.encodingType) && rectangle.width === 0
        ? encodeAnnouncement(rectangle.encodingType)
        : undefined;
  }
}

describe.skipIf(!hasCorpus)(`what servers have sent${withCorpus}`, () => {
  test.each(RECORDINGS)("%s: every pseudo-encoding is read, and written as it came", (name, expected) => {
    const counts: Record<number, number> = {};
    let same = 0;
    for (const recorded of rectanglesOf(name)) {
      const { encodingType } = recorded.rectangle;
      if (framingOf(encodingType)!.drawsPixels) continue;
      counts[encodingType] = (counts[encodingType] ?? 0) + 1;
      const again = rewritten(recorded);
      if (again === undefined) continue;
      same += 1;
      expect(parted(again)).toStrictEqual({ rectangle: recorded.rectangle, payload: recorded.payload });
    }
    expect(counts).toStrictEqual(expected);
    expect(same).toBeGreaterThan(0);
  });
});
