import { RfbError } from "../codec/errors.ts";
import type { Exchange, ExchangeStep } from "../codec/handshake/exchange.ts";
import { available, type Input } from "../codec/wire.ts";

/** What answers the next pull of an exchange that goes from one turn to the next. */
export type Turn = (input: Input) => ExchangeStep | undefined;

/** Says these bytes. */
export function send(bytes: Uint8Array): ExchangeStep {
  return { type: "send", bytes };
}

/** The rest is another exchange's. */
export function goOn(exchange: Exchange): Turn {
  return (input) => exchange.next(input);
}

/** The rest is an error. */
export function failing(error: RfbError): Turn {
  return () => {
    throw error;
  };
}

/**
 * What somebody in the path sends ahead of TLS must not be taken for what comes through it.
 *
 * @throws {RfbError} `insecure`
 */
export function refuseEarlyBytes(input: Input): void {
  const early = available(input);
  if (early > 0) throw new RfbError("insecure", "Cannot start TLS", `${early} bytes came in clear ahead of it`);
}
