import type { RecordLayer } from "../codec/handshake/exchange.ts";
import type { Transport } from "../transports/transport.ts";

/**
 * A transport whose bytes go through a layer of the protocol's own encryption. `inner` is spent.
 *
 * @param ahead a read of `inner` that is under way already
 */
export function sealedTransport(
  inner: Transport,
  records: RecordLayer,
  ahead?: Promise<Uint8Array | undefined>,
): Transport {
  let first = ahead;
  let closed = false; // by us: what is cut short then is nobody's fault
  return {
    async read() {
      for (;;) {
        const opened = records.next();
        if (opened !== undefined) return opened;
        const chunk = await (first ?? inner.read());
        first = undefined;
        if (chunk === undefined) {
          if (!closed) records.end();
          return undefined;
        }
        records.push(chunk);
      }
    },
    write: (bytes) => inner.write(records.seal(bytes)),
    ...(inner.closeWrite !== undefined && { closeWrite: () => inner.closeWrite!() }),
    close() {
      closed = true;
      return inner.close();
    },
    abort() {
      closed = true;
      inner.abort();
    },
    ...(inner.tls !== undefined && { tls: inner.tls }),
    ...(inner.peer !== undefined && { peer: inner.peer }),
  };
}
