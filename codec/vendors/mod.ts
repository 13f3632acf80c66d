/**
 * What makers have added to the protocol, by maker. Which of it a number means is the session's `dialect`.
 *
 * @module
 */

export * from "./apple/ack.ts";
export * from "./apple/clipboard.ts";
export * from "./apple/command.ts";
export * from "./apple/display_info2.ts";
export * from "./apple/drag_event.ts";
export type { AppleClientMessage, AppleServerMessage } from "./apple/mod.ts";
export * from "./apple/nop.ts";
export * from "./apple/set_encryption.ts";
export * from "./apple/state_change.ts";
export * from "./apple/viewer_info.ts";
export * from "./aten/command.ts";
export * from "./aten/cursor.ts";
export * from "./aten/key_event.ts";
export type { AtenClientMessage, AtenServerMessage } from "./aten/mod.ts";
export * from "./aten/notice.ts";
export * from "./aten/pointer_event.ts";
export type { BodyLengths } from "./fixed.ts";
export * from "./tightvnc/file_create_dir_request.ts";
export type { FileData } from "./tightvnc/file_data.ts";
export * from "./tightvnc/file_download_cancel.ts";
export * from "./tightvnc/file_download_data.ts";
export * from "./tightvnc/file_download_failed.ts";
export * from "./tightvnc/file_download_request.ts";
export * from "./tightvnc/file_list_data.ts";
export * from "./tightvnc/file_list_request.ts";
export type { FileRequest } from "./tightvnc/file_request.ts";
export * from "./tightvnc/file_upload_cancel.ts";
export * from "./tightvnc/file_upload_data.ts";
export * from "./tightvnc/file_upload_failed.ts";
export * from "./tightvnc/file_upload_request.ts";
export type { TightVncClientMessage, TightVncServerMessage } from "./tightvnc/mod.ts";
export * from "./tightvnc/video_rectangle_selection.ts";
export * from "./ultravnc/file_transfer.ts";
export * from "./ultravnc/keep_alive.ts";
export * from "./ultravnc/key_frame_request.ts";
export * from "./ultravnc/key_frame_update.ts";
export type { UltraVncClientMessage, UltraVncServerMessage } from "./ultravnc/mod.ts";
export * from "./ultravnc/monitor_info.ts";
export * from "./ultravnc/notify_plugin_streaming.ts";
export * from "./ultravnc/request_session.ts";
export * from "./ultravnc/resize_frame_buffer.ts";
export * from "./ultravnc/server_state.ts";
export * from "./ultravnc/set_monitor.ts";
export * from "./ultravnc/set_scale.ts";
export * from "./ultravnc/set_server_input.ts";
export * from "./ultravnc/set_session.ts";
export * from "./ultravnc/set_sw.ts";
export * from "./ultravnc/text_chat.ts";
export type { VMwareClientMessage } from "./vmware/mod.ts";
export * from "./vmware/vmware_message.ts";
