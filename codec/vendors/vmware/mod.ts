/**
 * What VMware's client adds.
 *
 * @module
 */

import type { Encoders, Layouts } from "../../layout.ts";
import {
  decodeVMwareMessage,
  encodeVMwareMessage,
  extentOfVMwareMessage,
  type VMwareMessage,
} from "./vmware_message.ts";

/** What VMware's client sends besides. */
export type VMwareClientMessage = VMwareMessage;

export const VMWARE_CLIENT_LAYOUTS: Layouts<VMwareClientMessage> = {
  127: { extentOf: extentOfVMwareMessage, decode: decodeVMwareMessage },
};

export const VMWARE_CLIENT_ENCODERS: Encoders<VMwareClientMessage> = {
  vmwareMessage: encodeVMwareMessage,
};
