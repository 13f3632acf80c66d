/**
 * The payloads of rectangles, one encoding a file: how its end is found, and how it becomes pixels and is made of them.
 *
 * @module
 */

export * from "./announcements.ts";
export { advanceAten, advanceAtenHermon, decodeAtenHermon } from "./aten.ts";
export * from "./client_redirect.ts";
export type { Decode, DecodeContext, DecoderMemory, Encode, EncodeContext, EncoderMemory } from "./context.ts";
export * from "./copy_rect.ts";
export * from "./corre.ts";
export { advanceCursor, type Cursor, decodeCursor, encodeCursor } from "./cursor.ts";
export * from "./cursor_with_alpha.ts";
export * from "./decoders.ts";
export * from "./desktop_name.ts";
export * from "./desktop_size.ts";
export * from "./encoders.ts";
export * from "./extended_desktop_size.ts";
export * from "./framing.ts";
export { advanceHextile, decodeHextile, encodeHextile, HextileMask } from "./hextile.ts";
export { advanceJpeg, decodeJpeg } from "./jpeg.ts";
export * from "./keyboard_led_state.ts";
export * from "./last_rect.ts";
export * from "./neatvnc_pts.ts";
export { advanceOpenH264, advanceVaH264, decodeOpenH264, type H264Context, type H264Screen } from "./open_h264.ts";
export * from "./pointer_pos.ts";
export * from "./qemu_led_state.ts";
export * from "./qemu_pointer_motion_change.ts";
export * from "./raw.ts";
export { advanceRre, decodeRre, encodeRre } from "./rre.ts";
export * from "./server_identity.ts";
export * from "./supported_encodings.ts";
export * from "./supported_messages.ts";
export { advanceTight, advanceTightPng, decodeTight, MAXIMUM_TIGHT_WIDTH } from "./tight.ts";
export { encodeTight } from "./tight_encoder.ts";
export { decodeTightPng, encodeTightPng } from "./tight_png.ts";
export * from "./trle.ts";
export * from "./ultra.ts";
export * from "./ultra_cache.ts";
export * from "./ultra_zip.ts";
export * from "./vmware_cursor.ts";
export * from "./vmware_cursor_position.ts";
export * from "./vmware_cursor_state.ts";
export * from "./vmware_display_mode_change.ts";
export * from "./vmware_key_repeat.ts";
export * from "./vmware_led_state.ts";
export * from "./vmware_virtual_machine_state.ts";
export { type Advance, createWalk, type Walk } from "./walk.ts";
export * from "./x_cursor.ts";
export * from "./zlib.ts";
export * from "./zlib_hex.ts";
export { advanceZrle, decodeZrle, encodeZrle } from "./zrle.ts";
export { advanceZywrle, decodeZywrle, encodeZywrle } from "./zywrle.ts";
