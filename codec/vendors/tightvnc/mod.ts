/**
 * The file transfer of TightVNC 1.3, for servers that offer its capabilities. TightVNC 2's has no known layout.
 *
 * @module
 */

import type { Encoders, Layouts } from "../../layout.ts";
import {
  decodeFileCreateDirRequest,
  encodeFileCreateDirRequest,
  extentOfFileCreateDirRequest,
  type FileCreateDirRequest,
} from "./file_create_dir_request.ts";
import {
  decodeFileDownloadCancel,
  encodeFileDownloadCancel,
  extentOfFileDownloadCancel,
  type FileDownloadCancel,
} from "./file_download_cancel.ts";
import {
  decodeFileDownloadData,
  encodeFileDownloadData,
  extentOfFileDownloadData,
  type FileDownloadData,
} from "./file_download_data.ts";
import {
  decodeFileDownloadFailed,
  encodeFileDownloadFailed,
  extentOfFileDownloadFailed,
  type FileDownloadFailed,
} from "./file_download_failed.ts";
import {
  decodeFileDownloadRequest,
  encodeFileDownloadRequest,
  extentOfFileDownloadRequest,
  type FileDownloadRequest,
} from "./file_download_request.ts";
import { decodeFileListData, encodeFileListData, extentOfFileListData, type FileListData } from "./file_list_data.ts";
import {
  decodeFileListRequest,
  encodeFileListRequest,
  extentOfFileListRequest,
  type FileListRequest,
} from "./file_list_request.ts";
import {
  decodeFileUploadCancel,
  encodeFileUploadCancel,
  extentOfFileUploadCancel,
  type FileUploadCancel,
} from "./file_upload_cancel.ts";
import {
  decodeFileUploadData,
  encodeFileUploadData,
  extentOfFileUploadData,
  type FileUploadData,
} from "./file_upload_data.ts";
import {
  decodeFileUploadFailed,
  encodeFileUploadFailed,
  extentOfFileUploadFailed,
  type FileUploadFailed,
} from "./file_upload_failed.ts";
import {
  decodeFileUploadRequest,
  encodeFileUploadRequest,
  extentOfFileUploadRequest,
  type FileUploadRequest,
} from "./file_upload_request.ts";
import {
  decodeVideoRectangleSelection,
  encodeVideoRectangleSelection,
  extentOfVideoRectangleSelection,
  type VideoRectangleSelection,
} from "./video_rectangle_selection.ts";

/** What a client of TightVNC sends besides. */
export type TightVncClientMessage =
  | FileListRequest
  | FileDownloadRequest
  | FileUploadRequest
  | FileUploadData
  | FileDownloadCancel
  | FileUploadFailed
  | FileCreateDirRequest
  | VideoRectangleSelection;

/** What TightVNC's server sends besides. */
export type TightVncServerMessage = FileListData | FileDownloadData | FileUploadCancel | FileDownloadFailed;

export const TIGHTVNC_CLIENT_LAYOUTS: Layouts<TightVncClientMessage> = {
  130: { extentOf: extentOfFileListRequest, decode: decodeFileListRequest },
  131: { extentOf: extentOfFileDownloadRequest, decode: decodeFileDownloadRequest },
  132: { extentOf: extentOfFileUploadRequest, decode: decodeFileUploadRequest },
  133: { extentOf: extentOfFileUploadData, decode: decodeFileUploadData },
  134: { extentOf: extentOfFileDownloadCancel, decode: decodeFileDownloadCancel },
  135: { extentOf: extentOfFileUploadFailed, decode: decodeFileUploadFailed },
  136: { extentOf: extentOfFileCreateDirRequest, decode: decodeFileCreateDirRequest },
  151: { extentOf: extentOfVideoRectangleSelection, decode: decodeVideoRectangleSelection },
};

export const TIGHTVNC_SERVER_LAYOUTS: Layouts<TightVncServerMessage> = {
  130: { extentOf: extentOfFileListData, decode: decodeFileListData },
  131: { extentOf: extentOfFileDownloadData, decode: decodeFileDownloadData },
  132: { extentOf: extentOfFileUploadCancel, decode: decodeFileUploadCancel },
  133: { extentOf: extentOfFileDownloadFailed, decode: decodeFileDownloadFailed },
};

export const TIGHTVNC_CLIENT_ENCODERS: Encoders<TightVncClientMessage> = {
  fileListRequest: encodeFileListRequest,
  fileDownloadRequest: encodeFileDownloadRequest,
  fileUploadRequest: encodeFileUploadRequest,
  fileUploadData: encodeFileUploadData,
  fileDownloadCancel: encodeFileDownloadCancel,
  fileUploadFailed: encodeFileUploadFailed,
  fileCreateDirRequest: encodeFileCreateDirRequest,
  videoRectangleSelection: encodeVideoRectangleSelection,
};

export const TIGHTVNC_SERVER_ENCODERS: Encoders<TightVncServerMessage> = {
  fileListData: encodeFileListData,
  fileDownloadData: encodeFileDownloadData,
  fileUploadCancel: encodeFileUploadCancel,
  fileDownloadFailed: encodeFileDownloadFailed,
};
