import { bytesOf } from "../../codec/text.ts";
import { unasked } from "./failure.ts";
import type { SaslMechanism } from "./mechanism.ts";

/**
 * ANONYMOUS, RFC 4505: nobody proves anything. A server that lists it lets everybody in. The client leaves no trace of who it
 * is, and the server does not look for one.
 */
export const ANONYMOUS: SaslMechanism = {
  name: "ANONYMOUS",
  client: () => ({
    start: () => bytesOf(""),
    respond() {
      throw unasked("ANONYMOUS");
    },
    isSatisfied: () => true,
  }),
  server: () => ({
    respond: (response) => ({ complete: response !== undefined }),
  }),
};
