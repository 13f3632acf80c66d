import { RfbError } from "../codec/errors.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { SecurityStatus } from "../codec/handshake/security_result.ts";
import { available, u32 } from "../codec/wire.ts";
import { DONE } from "./afterwards.ts";

/**
 * The client's side of UltraVNC's Ultra (17). Nothing is said: the SecurityResult that comes next asks for another round, and
 * the list of that one holds what can be chosen inside. It is looked at here, and left for the handshake.
 *
 * The same number once was the SecureVNC plugin's, which begins with a challenge: that is not spoken. Nor does anybody get in
 * by choosing Ultra alone.
 */
export function ultraClient(): Exchange {
  return {
    next(input) {
      if (available(input) < 4) return undefined;
      const status = u32(input.bytes, input.start);
      switch (status) {
        case SecurityStatus.Continue:
        case SecurityStatus.Failed:
        case SecurityStatus.TooManyAttempts:
        case SecurityStatus.FailedWithReason:
          return DONE;
        case SecurityStatus.Ok:
          throw new RfbError("unexpected", "Cannot pass Ultra", "the server asks for nothing inside");
        default: {
          const what = `0x${status.toString(16).padStart(8, "0")} is no result`;
          throw new RfbError("unknownType", "Cannot pass Ultra", `${what}; perhaps the SecureVNC plugin, not spoken`);
        }
      }
    },
  };
}
