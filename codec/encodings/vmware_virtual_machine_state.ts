import { Encoding } from "../names.ts";
import { putU16, u16 } from "../wire.ts";
import { bareRectangle, expectLength } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** What the virtual machine is up to. */
export interface VmwareVirtualMachineState {
  /** Bit 0: who sits at it has it on the full screen; bit 1: and has stopped updates for a while. */
  readonly vmStateFlags: number;
}

/** Always 2 bytes. */
export const advanceVmwareVirtualMachineState: Advance = advanceWhole(2);

/**
 * VMware Virtual Machine State, rfbproto.
 *
 *     0  U16  vm-state-flags
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeVmwareVirtualMachineState(payload: Uint8Array): VmwareVirtualMachineState {
  expectLength(payload, 2, "Cannot read a VMwareVirtualMachineState");
  return { vmStateFlags: u16(payload, 0) };
}

/** The whole rectangle. @throws {RangeError} flags that does not fit */
export function encodeVmwareVirtualMachineState({ vmStateFlags }: VmwareVirtualMachineState): Uint8Array {
  const payload = new Uint8Array(2);
  putU16(payload, 0, vmStateFlags);
  return bareRectangle(Encoding.VMwareVirtualMachineState, payload);
}
