/**
 * What hostile peers send: streams that begin with the most that a head can claim, and go on with anything.
 *
 * @module
 */

import { deflateSync } from "node:zlib";
import { FRAMING } from "../../codec/encodings/mod.ts";
import type { Dialect } from "../../codec/layout.ts";
import { Encoding, nameOfEncoding } from "../../codec/names.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { NEW_SESSION, type Session } from "../../codec/session.ts";
import { be16, be32, hex, join } from "../codec/bytes.ts";
import { rectangleHead, update } from "../codec/streams.ts";

/** A stream: its beginning, and the session that it belongs to. */
export interface Hostile {
  readonly name: string;
  readonly head: Uint8Array;
  readonly session: Session;
  /** It is refused for its head; anything else may also wait for more, or be read. */
  readonly isRefused: boolean;
}

/** 512 × 256 pixels of 4 bytes: what is drawn on it takes little. */
const SESSION: Session = {
  ...NEW_SESSION,
  phase: "normal",
  version: "3.8",
  framebufferWidth: 512,
  framebufferHeight: 256,
  pixelFormat: RGBX8888,
};

/** The largest framebuffer: 256 MiB of pixels. */
export const LARGEST = { framebufferWidth: 16384, framebufferHeight: 4096 } as const;

const MOST = hex("ffffffff");
const PIXEL_FORMAT = hex("20 18 00 01 00ff 00ff 00ff 00 08 10 000000");

function hostile(name: string, head: Uint8Array, isRefused: boolean, session: Partial<Session> = {}): Hostile {
  return { name, head, session: { ...SESSION, ...session }, isRefused };
}

function of(dialect: Dialect): Partial<Session> {
  return { dialect };
}

/** Streams from a server, from ServerInit on. */
export const FROM_SERVER: readonly Hostile[] = [
  hostile("a framebuffer of 65535x65535", join([MOST, PIXEL_FORMAT, MOST]), true, { phase: "serverInit" }),
  hostile("the largest framebuffer", join([be16(16384), be16(4096), PIXEL_FORMAT, be32(0)]), false, {
    phase: "serverInit",
  }),
  hostile("a name of 4 GB", join([be32(0), PIXEL_FORMAT, MOST]), true, { phase: "serverInit" }),
  hostile("a name of 64 KiB", join([be32(0), PIXEL_FORMAT, be32(65536)]), false, { phase: "serverInit" }),
  hostile("65535 capabilities", join([be32(0), PIXEL_FORMAT, be32(0), MOST, MOST]), true, {
    phase: "serverInit",
    securityType: 16,
  }),
  hostile("a cut text of 4 GB", join([hex("03000000"), MOST]), true),
  hostile("a cut text of 1 MiB", join([hex("03000000"), be32(2 ** 20)]), false),
  hostile("an extended cut text of 2 GB", hex("03000000 80000001 10000001"), false, { extendedClipboard: true }),
  hostile("an extended cut text of 1 MiB", hex("03000000 fff00000 10000001"), false, { extendedClipboard: true }),
  hostile("a colour map of 65535 entries", hex("0100 0000 ffff"), false),
  hostile("a colour map beyond its end", hex("0100 ffff ffff"), true),
  hostile("UltraVNC's framebuffer of 65535x65535", hex("0400 ffff ffff"), true, of("ultravnc")),
  hostile("UltraVNC's largest framebuffer", hex("0400 4000 1000"), false, of("ultravnc")),
  hostile("PalmVNC's framebuffer of 65535x65535", hex("0f00 ffff ffff ffff ffff 0000"), true),
  hostile("a text chat of 4 GB", hex("0b000000 fffffffc"), true, of("ultravnc")),
  hostile("a file's block of 4 GB", hex("07050000 00000000 ffffffff"), true, of("ultravnc")),
  hostile("a file's block of 1 MiB", hex("07050000 00000000 00100000"), false, of("ultravnc")),
  hostile("TightVNC's list of files", hex("8200 ffff ffff ffff"), false, of("tightvnc")),
  hostile("TightVNC's block of a file", hex("8300 ffff ffff"), false, of("tightvnc")),
  hostile("audio of 4 GB", join([hex("ff010002"), MOST]), true),
  hostile("audio of 1 MiB", join([hex("ff010002"), be32(2 ** 20)]), false),
  hostile("gii of 65535 bytes", hex("fd85ffff"), false),
  hostile("a fence of 255 bytes", hex("f8000000 80000000 ff"), false),
  hostile("Apple's pasteboard of 4 GB", join([hex("1f000000"), be32(0), MOST, MOST]), true, of("apple")),
  hostile("Apple's drag of 4 GB", join([hex("20"), be32(0), MOST]), true, of("apple")),
  hostile("Apple's displays of 65535 bytes", hex("51 ffff"), false, of("apple")),
  hostile("ATEN's cursor of 4 GB", join([hex("04"), be32(0), be32(0), MOST, MOST, be32(1)]), true, of("aten")),
  hostile("an unknown message", hex("c8"), true),
  hostile("an unknown encoding", update(1, rectangleHead(0, 0, 1, 1, 1011)), true),
  ...[...FRAMING].flatMap(([type, { drawsPixels }]): Hostile[] => {
    const name = nameOfEncoding(type);
    return [
      hostile(`${name} of 65535x65535`, update(0xffff, rectangleHead(0, 0, 0xffff, 0xffff, type)), drawsPixels),
      hostile(
        `${name} that claims all ones`,
        update(0xffff, rectangleHead(0, 0, 512, 256, type), MOST, MOST, MOST),
        false,
      ),
      hostile(`${name} that claims nothing`, update(0xffff, rectangleHead(0, 0, 512, 256, type)), false),
    ];
  }),
  ...[
    ["Zlib", Encoding.Zlib, be32(2 ** 26)],
    ["ZRLE", Encoding.ZRLE, be32(2 ** 26)],
    ["Ultra", Encoding.Ultra, be32(2 ** 26)],
    ["RRE", Encoding.RRE, be32(5_000_000)],
    ["UltraZip", Encoding.UltraZip, be32(2 ** 26)],
    ["JPEG", Encoding.JPEG, hex("ffd8 ffda0002")],
    ["Open H.264", Encoding.OpenH264, join([be32(2 ** 24), be32(0)])],
  ].map(([name, type, claim]) =>
    hostile(
      `${name} of the largest framebuffer, as long as may be`,
      update(1, rectangleHead(0, 0, 16384, 4096, type as number), claim as Uint8Array),
      false,
      LARGEST,
    ),
  ),
  ...[Encoding.Cursor, Encoding.XCursor, Encoding.CursorWithAlpha, Encoding.VMwareCursor].flatMap((type) => [
    hostile(`${nameOfEncoding(type)} of 1025x1025`, update(1, rectangleHead(0, 0, 1025, 1025, type)), true),
    hostile(`${nameOfEncoding(type)} of 1024x1024`, update(1, rectangleHead(0, 0, 1024, 1024, type)), false),
  ]),
  hostile(
    "a pixel in the last corner of the largest framebuffer",
    update(1, rectangleHead(16383, 4095, 1, 1, Encoding.Raw), be32(0)),
    false,
    LARGEST,
  ),
  hostile("a clipboard that claims 4 GB", clipboard(0x10000001, join([MOST, new Uint8Array(2 ** 26)])), false, {
    extendedClipboard: true,
  }),
  hostile("a clipboard of 64 MiB in 16 formats", clipboard(0x1000ffff, repeated(2 ** 20, 64)), false, {
    extendedClipboard: true,
  }),
];

/** Streams from a client, from ClientInit on. */
export const FROM_CLIENT: readonly Hostile[] = [
  hostile("65535 encodings", hex("0200ffff"), true),
  hostile("1024 encodings", hex("02000400"), false),
  hostile("a cut text of 4 GB", join([hex("06000000"), MOST]), true),
  hostile("a cut text of 1 MiB", join([hex("06000000"), be32(2 ** 20)]), false),
  hostile("an extended cut text of 2 GB", hex("06000000 80000001 10000001"), false, { extendedClipboard: true }),
  hostile("a colour map of 65535 entries", hex("0100 0000 ffff"), false),
  hostile("255 screens of 65535x65535", hex("fb00 ffff ffff ff00"), false),
  hostile("a fence of 255 bytes", hex("f8000000 80000000 ff"), false),
  hostile("gii of 65535 bytes", hex("fd85ffff"), false),
  hostile("gii's device of 4294967295 valuators", join([hex("fd82 ffff"), new Uint8Array(48), MOST]), false),
  hostile("a text chat of 4 GB", hex("0b000000 fffffffc"), true, of("ultravnc")),
  hostile("a file's block of 4 GB", hex("07050000 00000000 ffffffff"), true, of("ultravnc")),
  hostile("a file's block of 1 MiB", hex("07050000 00000000 00100000"), false, of("ultravnc")),
  hostile("TightVNC's name of a file", hex("8300 ffff"), false, of("tightvnc")),
  hostile("TightVNC's block of a file", hex("8500 ffff ffff"), false, of("tightvnc")),
  hostile("Apple's pasteboard of 4 GB", join([hex("1f000000"), be32(0), MOST, MOST]), true, of("apple")),
  hostile("Apple's viewer of 65535 bytes", hex("2100 ffff"), false, of("apple")),
  hostile("VMware's message of 65535 bytes", hex("7f00 ffff"), false, of("vmware")),
  hostile("an unknown message", hex("c8"), true),
];

/** What follows ProtocolVersion 003.008 of a server. */
export const FROM_SERVER_IN_HANDSHAKE: readonly Omit<Hostile, "session">[] = [
  { name: "a reason of 4 GB", head: join([hex("00"), MOST]), isRefused: true },
  { name: "a reason of 64 KiB", head: join([hex("00"), be32(65536)]), isRefused: false },
  { name: "255 security types", head: hex("ff"), isRefused: false },
  { name: "a reason of 4 GB after security", head: join([hex("01 01 00000001"), MOST]), isRefused: true },
  { name: "a reason of 64 KiB after security", head: join([hex("01 01 00000001"), be32(65536)]), isRefused: false },
];

/** What follows ProtocolVersion 003.008 and the choice of a client that is to say who it is, as in VeNCrypt's Plain. */
export const FROM_CLIENT_IN_HANDSHAKE: readonly Omit<Hostile, "session">[] = [
  { name: "a user and a password of 4 GB", head: join([MOST, MOST]), isRefused: true },
  { name: "a password of 4 GB", head: join([be32(3), MOST]), isRefused: true },
  { name: "a user and a password of 1024 bytes", head: join([be32(1024), be32(1024)]), isRefused: false },
];

/** Deflated beforehand: whoever measures is not to measure this. */
function clipboard(flags: number, stream: Uint8Array): Uint8Array {
  const deflated = deflateSync(stream);
  return join([hex("03000000"), be32(2 ** 32 - deflated.length - 4), be32(flags), deflated]);
}

function repeated(size: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * (4 + size));
  for (let i = 0; i < count; i++) bytes.set(be32(size), i * (4 + size));
  return bytes;
}
