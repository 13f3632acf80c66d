import { Encoding } from "../names.ts";
import { advanceAten, advanceAtenHermon } from "./aten.ts";
import { advanceClientRedirect } from "./client_redirect.ts";
import { advanceCopyRect } from "./copy_rect.ts";
import { advanceCorre } from "./corre.ts";
import { advanceCursor } from "./cursor.ts";
import { advanceCursorWithAlpha } from "./cursor_with_alpha.ts";
import { advanceDesktopName } from "./desktop_name.ts";
import { advanceExtendedDesktopSize } from "./extended_desktop_size.ts";
import { advanceHextile } from "./hextile.ts";
import { advanceJpeg } from "./jpeg.ts";
import { advanceNeatvncPts } from "./neatvnc_pts.ts";
import { advanceOpenH264, advanceVaH264 } from "./open_h264.ts";
import { advanceQemuLedState } from "./qemu_led_state.ts";
import { advanceRaw } from "./raw.ts";
import { advanceRre } from "./rre.ts";
import { advanceTight, advanceTightPng } from "./tight.ts";
import { advanceTrle } from "./trle.ts";
import { advanceUltra } from "./ultra.ts";
import { advanceSolidColor, advanceUltraCache, advanceUltraXor } from "./ultra_cache.ts";
import { advanceUltraZip } from "./ultra_zip.ts";
import { advanceVmwareCursor } from "./vmware_cursor.ts";
import { advanceVmwareCursorState } from "./vmware_cursor_state.ts";
import { advanceVmwareDisplayModeChange } from "./vmware_display_mode_change.ts";
import { advanceVmwareKeyRepeat } from "./vmware_key_repeat.ts";
import { advanceVmwareLedState } from "./vmware_led_state.ts";
import { advanceVmwareVirtualMachineState } from "./vmware_virtual_machine_state.ts";
import { type Advance, advanceAsWide, advanceNothing } from "./walk.ts";
import { advanceXCursor } from "./x_cursor.ts";
import { advanceZlib } from "./zlib.ts";
import { advanceZlibHex } from "./zlib_hex.ts";
import { advanceZrle } from "./zrle.ts";
import { advanceZywrle } from "./zywrle.ts";

/** What the framer needs to know of an encoding. */
export interface EncodingFraming {
  /** Finds where a payload ends. */
  readonly advance: Advance;
  /** Its place and size are pixels inside the framebuffer; a pseudo-encoding means something else by them. */
  readonly drawsPixels: boolean;
}

/** How the encoding's end is found, or undefined where no way is known. */
export function framingOf(encodingType: number): EncodingFraming | undefined {
  return FRAMING.get(encodingType);
}

/** Every encoding that can be framed. */
// A map, not an array or an object: the number is the peer's.
export const FRAMING: ReadonlyMap<number, EncodingFraming> = new Map<number, EncodingFraming>([
  [Encoding.Raw, { advance: advanceRaw, drawsPixels: true }],
  [Encoding.CopyRect, { advance: advanceCopyRect, drawsPixels: true }],
  [Encoding.RRE, { advance: advanceRre, drawsPixels: true }],
  [Encoding.CoRRE, { advance: advanceCorre, drawsPixels: true }],
  [Encoding.Hextile, { advance: advanceHextile, drawsPixels: true }],
  [Encoding.Zlib, { advance: advanceZlib, drawsPixels: true }],
  [Encoding.ZlibHex, { advance: advanceZlibHex, drawsPixels: true }],
  [Encoding.Tight, { advance: advanceTight, drawsPixels: true }],
  [Encoding.TightPNG, { advance: advanceTightPng, drawsPixels: true }],
  [Encoding.TRLE, { advance: advanceTrle, drawsPixels: true }],
  [Encoding.ZRLE, { advance: advanceZrle, drawsPixels: true }],
  [Encoding.ZYWRLE, { advance: advanceZywrle, drawsPixels: true }],
  [Encoding.JPEG, { advance: advanceJpeg, drawsPixels: true }],
  [Encoding.OpenH264, { advance: advanceOpenH264, drawsPixels: true }],
  [Encoding.VaH264, { advance: advanceVaH264, drawsPixels: true }],
  // Their rectangles are as large as the screen, whatever ServerInit has said.
  [Encoding.AtenAST2100, { advance: advanceAten, drawsPixels: false }],
  [Encoding.AtenASTJPEG, { advance: advanceAten, drawsPixels: false }],
  [Encoding.AtenHermon, { advance: advanceAtenHermon, drawsPixels: false }],
  [Encoding.AtenYarkon, { advance: advanceAten, drawsPixels: false }],
  [Encoding.AtenPilot3, { advance: advanceAten, drawsPixels: false }],
  [Encoding.DesktopSize, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.LastRect, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.Ultra, { advance: advanceUltra, drawsPixels: true }],
  [Encoding.Ultra2, { advance: advanceUltra, drawsPixels: true }],
  [Encoding.XZ, { advance: advanceUltra, drawsPixels: true }],
  [Encoding.XZYW, { advance: advanceUltra, drawsPixels: true }],
  [Encoding.Zstd, { advance: advanceZlib, drawsPixels: true }],
  [Encoding.TightZstd, { advance: advanceTight, drawsPixels: true }],
  [Encoding.ZstdHex, { advance: advanceZlibHex, drawsPixels: true }],
  [Encoding.ZstdRLE, { advance: advanceZrle, drawsPixels: true }],
  [Encoding.ZstdYWRLE, { advance: advanceZrle, drawsPixels: true }],
  [Encoding.UltraCache, { advance: advanceUltraCache, drawsPixels: true }],
  [Encoding.UltraXORZlib, { advance: advanceUltraXor, drawsPixels: true }],
  [Encoding.UltraXORMonoRectZlib, { advance: advanceUltraXor, drawsPixels: true }],
  [Encoding.UltraXORMultiColorZlib, { advance: advanceUltraXor, drawsPixels: true }],
  [Encoding.UltraSolidColor, { advance: advanceSolidColor, drawsPixels: true }],
  // Their heads mean what an UltraZip's does.
  [Encoding.UltraCacheZip, { advance: advanceUltraZip, drawsPixels: false }],
  [Encoding.UltraSolMonoZip, { advance: advanceUltraZip, drawsPixels: false }],
  [Encoding.UltraZip, { advance: advanceUltraZip, drawsPixels: false }],
  [Encoding.UltraQueueZstd, { advance: advanceUltraZip, drawsPixels: false }],
  [Encoding.Cursor, { advance: advanceCursor, drawsPixels: false }],
  [Encoding.XCursor, { advance: advanceXCursor, drawsPixels: false }],
  [Encoding.CursorWithAlpha, { advance: advanceCursorWithAlpha, drawsPixels: false }],
  [Encoding.VMwareCursor, { advance: advanceVmwareCursor, drawsPixels: false }],
  [Encoding.VMwareCursorState, { advance: advanceVmwareCursorState, drawsPixels: false }],
  [Encoding.VMwareCursorPosition, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.VMwareKeyRepeat, { advance: advanceVmwareKeyRepeat, drawsPixels: false }],
  [Encoding.VMwareLEDState, { advance: advanceVmwareLedState, drawsPixels: false }],
  [Encoding.VMwareDisplayModeChange, { advance: advanceVmwareDisplayModeChange, drawsPixels: false }],
  [Encoding.VMwareVirtualMachineState, { advance: advanceVmwareVirtualMachineState, drawsPixels: false }],
  [Encoding.PointerPos, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.QEMUPointerMotionChange, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.QEMUExtendedKeyEvent, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.QEMUAudio, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.QEMULEDState, { advance: advanceQemuLedState, drawsPixels: false }],
  [Encoding.DesktopName, { advance: advanceDesktopName, drawsPixels: false }],
  [Encoding.ExtendedDesktopSize, { advance: advanceExtendedDesktopSize, drawsPixels: false }],
  [Encoding.ClientRedirect, { advance: advanceClientRedirect, drawsPixels: false }],
  [Encoding.ExtendedMouseButtons, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.NeatvncPTS, { advance: advanceNeatvncPts, drawsPixels: false }],
  [Encoding.NeatvncNTP, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.KeyboardLedState, { advance: advanceNothing, drawsPixels: false }],
  [Encoding.SupportedMessages, { advance: advanceAsWide, drawsPixels: false }],
  [Encoding.SupportedEncodings, { advance: advanceAsWide, drawsPixels: false }],
  [Encoding.ServerIdentity, { advance: advanceAsWide, drawsPixels: false }],
]);
