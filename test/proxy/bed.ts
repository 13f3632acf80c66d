import { expect } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import {
  createSecurityProxy,
  type ProxyLogEntry,
  type RfbSecurityProxy,
  type SecurityProxyOptions,
} from "../../proxy/mod.ts";
import { createMemoryPair, type MemoryOptions } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { type Peer, peerOver } from "./peer.ts";

/** What differs from one test to the next. */
export interface BedOptions extends Partial<Omit<SecurityProxyOptions, "authentication" | "log">> {
  /** What the proxy may use, best first. */
  readonly schemes?: readonly string[];
  readonly credentials?: SecurityProxyOptions["authentication"]["credentials"];
  /** The connection to the client, and the ones to servers. */
  readonly client?: MemoryOptions;
  readonly server?: MemoryOptions;
  /** Comes between the proxy and its end of the connection. */
  readonly wrapClient?: (transport: Transport) => Transport;
  readonly wrapServer?: (transport: Transport) => Transport;
}

/** One proxy, one client and one server, the last two played by hand. */
export interface Bed {
  readonly proxy: RfbSecurityProxy;
  readonly client: Peer;
  readonly server: Peer;
  /** The proxy has dialled. */
  readonly dialled: Promise<void>;
  readonly log: ProxyLogEntry[];
  readonly served: Promise<void>;
  /** The proxy's handles, as the test bed handed them over, that were neither closed nor aborted. */
  readonly open: () => readonly string[];
}

export const CREDENTIALS = { username: "ada", password: "password" } as const;

/** Words that belong to the operator: no client may hear any of them. */
export const INTERNAL = "compute-17.internal.example";

/** A proxy that serves one client already. */
export function bed(options: BedOptions = {}): Bed {
  const {
    schemes = ["none"],
    credentials = () => CREDENTIALS,
    client,
    server,
    wrapClient,
    wrapServer,
    ...more
  } = options;
  const [clientEnd, toClient] = createMemoryPair(client);
  const [serverEnd, toServer] = createMemoryPair({ tlsKinds: ["x509", "anonymous"], ...server });
  const open = new Set<string>();
  const log: ProxyLogEntry[] = [];
  const dialled = withResolvers();
  const proxy = createSecurityProxy({
    dial: async () => {
      dialled.resolve();
      return watched("server", wrapServer?.(toServer) ?? toServer, open);
    },
    handshakeTimeout: 5000,
    ...more,
    authentication: { schemes: schemesNamed(schemes), credentials },
    log: (entry) => log.push(entry),
  });
  const served = proxy.serve(watched("client", wrapClient?.(toClient) ?? toClient, open));
  return {
    proxy,
    client: peerOver(clientEnd),
    server: peerOver(serverEnd),
    dialled: dialled.promise,
    log,
    served,
    open: () => [...open],
  };
}

/** The one entry of a log that has one. */
export function only(log: readonly ProxyLogEntry[]): ProxyLogEntry {
  expect(log.map(({ event, reason }) => `${event}: ${reason}`)).toHaveLength(1);
  return log[0]!;
}

/** Keeps book of whether the connection was ended, on this handle or on the one that TLS made of it. */
export function watched(name: string, transport: Transport, open: Set<string>): Transport {
  open.add(name);
  const { startTls } = transport;
  const ended = (): void => {
    open.delete(name);
  };
  return {
    ...transport,
    read: () => transport.read(),
    write: (bytes) => transport.write(bytes),
    close: () => {
      ended();
      return transport.close();
    },
    abort: () => {
      ended();
      transport.abort();
    },
    ...(startTls !== undefined && {
      startTls: async (how) => {
        const secured = await startTls(how);
        open.delete(name);
        return watched(`${name} over TLS`, secured, open);
      },
    }),
  };
}

/** Fails a test that would hang, and says where. */
export async function soon<Result>(what: string, work: Promise<Result>, milliseconds = 2000): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
