import type { RecordLayer } from "../codec/handshake/exchange.ts";
import type { Transport } from "../transports/transport.ts";

/** A transport whose bytes go through a layer of the protocol's own encryption. `inner` is spent. */
export function sealedTransport(inner: Transport, records: RecordLayer): Transport {
  return {
    async read() {
      for (;;) {
        const opened = records.next();
        if (opened !== undefined) return opened;
        const chunk = await inner.read();
        if (chunk === undefined) return undefined;
        records.push(chunk);
      }
    },
    write: (bytes) => inner.write(records.seal(bytes)),
    ...(inner.closeWrite !== undefined && { closeWrite: () => inner.closeWrite!() }),
    close: () => inner.close(),
    abort: () => inner.abort(),
    ...(inner.tls !== undefined && { tls: inner.tls }),
    ...(inner.peer !== undefined && { peer: inner.peer }),
  };
}
