import { putU8 } from "./wire.ts";

/** Codes of xvp messages, rfbproto: the first two are a server's, the others a client's. */
export const XvpMessageCode = { Fail: 0, Init: 1, Shutdown: 2, Reboot: 3, Reset: 4 } as const;

/** What an xvp message says, in either direction. */
export interface Xvp {
  /** 1 is the only one there is. */
  readonly xvpExtensionVersion: number;
  /** See {@link XvpMessageCode}. */
  readonly xvpMessageCode: number;
}

export function encodeXvp({ xvpExtensionVersion, xvpMessageCode }: Xvp): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 250);
  putU8(bytes, 2, xvpExtensionVersion);
  putU8(bytes, 3, xvpMessageCode);
  return bytes;
}
