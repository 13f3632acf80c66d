import type { Exchange } from "../codec/handshake/exchange.ts";
import { DONE } from "./afterwards.ts";

/** None, RFC 6143 §7.2.1, either role: nothing is said. */
export function none(): Exchange {
  return { next: () => DONE };
}
