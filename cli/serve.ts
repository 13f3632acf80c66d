/**
 * The proxy on Node: listeners and what they serve, from settings that hold values. `rfb proxy` is this and flags.
 *
 * @module
 */

import { statSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { createSecurityProxy, type RfbSecurityProxy } from "../proxy/mod.ts";
import {
  type ListenAddress,
  type ProxySettings,
  type ProxySettingsInput,
  parseProxySettings,
  SettingsError,
} from "../proxy/settings.ts";
import { type Listener, listenTcp, listenWebSocket, serveFolder } from "../transports/node.ts";
import { connectTarget, nameOfTarget, reachOf } from "./connect.ts";
import { reasonOf } from "./fault.ts";
import { type Guard, guardOf } from "./guard.ts";
import { serverKeyCheck } from "./known_hosts.ts";
import type { Log } from "./log.ts";
import { checkPems } from "./pem.ts";
import { clientSecurity } from "./security.ts";

/** A proxy that serves. */
export interface RunningProxy {
  /** Where it listens, with the ports it really has, in the order of the settings: `ws://127.0.0.1:5901/websockify`. */
  readonly addresses: readonly string[];
  /** Clients being served. */
  readonly connections: number;
  /** Milliseconds that `drain` waits unless told otherwise. */
  readonly drainTimeout: number;
  /** Stops listening, and resolves once no client is left: so long at the most, when the rest are cut off. */
  drain(milliseconds?: number): Promise<void>;
  /** Stops listening and cuts every client off. */
  close(): Promise<void>;
}

/** What is no setting. */
export interface StartOptions {
  readonly log?: Log;
  /** Answers HTTP requests where no folder is set. */
  readonly serve?: Serve;
}

/**
 * Starts a proxy. The log hears where it listens, which schemes may be used, and of every client.
 *
 * @throws {SettingsError} what cannot be used, also an address that cannot be listened on; then nothing is left listening
 */
export async function startProxy(
  input: ProxySettingsInput,
  { log = () => {}, serve: answer }: StartOptions = {},
): Promise<RunningProxy> {
  const settings = parseProxySettings(input);
  checkPems(settings);
  const { target, handshakeTimeout, maxConnections, drainTimeout } = settings;
  const { serverKey, knownHosts } = settings;
  const server = nameOfTarget(target);
  const warn = (message: string): void => log({ event: "warning", message });
  const { authentication, tls, unavailable, warnings } = clientSecurity(settings, {
    reach: reachOf(target),
    server,
    trustsServerKey:
      serverKey === undefined && knownHosts === undefined
        ? undefined
        : serverKeyCheck({ server, serverKey, knownHosts, warn }),
    isRelay: true,
  });
  const guard = guardOf(settings);
  const serve = settings.web === undefined ? answer : folderAt(settings.web);
  const proxy = createSecurityProxy({
    dial: (signal) => connectTarget(target, { signal, tls, handshakeTimeout }),
    authentication,
    tls,
    clientAuthentication: guard.authentication,
    clientTls: guard.tls,
    failureDelay: settings.failureDelay,
    maxHandshakes: settings.maxHandshakes,
    handshakeTimeout,
    ...(maxConnections !== undefined && { maxConnections }),
    log,
  });

  const listeners: Listener[] = [];
  const stopListening = async (): Promise<void> => {
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  };
  const addresses: string[] = [];
  for (const place of settings.listen) {
    try {
      const listener = await listenAt(place, settings, proxy, serve);
      listeners.push(listener);
      addresses.push(nameOf(place, listener.address, listener.port));
    } catch (error) {
      await stopListening();
      throw new SettingsError("listen", `${nameOf(place, place.host, place.port)}: ${whyNotThere(error)}`);
    }
  }

  try {
    for (const address of addresses) log({ event: "listening", address });
    log({ event: "schemes", schemes: authentication.schemes.map(({ name }) => name) });
    for (const { name, reason } of unavailable) log({ event: "unavailable", scheme: name, reason });
    const clientSchemes = guard.authentication.schemes.map(({ name }) => name);
    if (settings.clientAuth.some((name) => name !== "none")) log({ event: "clientSchemes", schemes: clientSchemes });
    for (const message of [...warnings, ...guard.warnings, ...warningsOf(settings, guard, addresses)])
      log({ event: "warning", message });
  } catch (error) {
    await stopListening();
    throw error;
  }

  return {
    addresses,
    get connections() {
      return proxy.connections;
    },
    drainTimeout,
    async drain(milliseconds = drainTimeout) {
      await stopListening();
      await proxy.drain(milliseconds);
    },
    async close() {
      await stopListening();
      await proxy.drain(0);
    },
  };
}

type Serve = ReturnType<typeof serveFolder>;

async function listenAt(
  { type, host, port, path }: ListenAddress,
  settings: ProxySettings,
  proxy: RfbSecurityProxy,
  serve: Serve | undefined,
): Promise<Listener> {
  const { handshakeTimeout } = settings;
  if (type === "tcp") {
    return listenTcp({ host, port, handshakeTimeout, onConnection: (client) => void proxy.serve(client) });
  }
  const { cert = "", key = "" } =
    settings.listenCert === undefined ? settings : { cert: settings.listenCert, key: settings.listenKey };
  return listenWebSocket({
    host,
    port,
    path,
    ...(type === "wss" && { tls: { cert, key, minVersion: "1.2" } }),
    origins: settings.origins,
    serve,
    headTimeout: handshakeTimeout,
    onConnection: (client, { arrived }) => void proxy.serve(client, arrived),
  });
}

function folderAt(folder: string): Serve {
  try {
    if (!statSync(folder).isDirectory()) throw new Error("it is no folder");
    return serveFolder(folder);
  } catch (error) {
    throw new SettingsError("web", reasonOf(error));
  }
}

function nameOf({ type, path }: ListenAddress, host: string, port: number): string {
  return `${type}://${isIP(host) === 6 ? `[${host}]` : host}:${port}${path}`;
}

function whyNotThere(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  if (code === "EADDRINUSE") return "the port is in use: choose another one, or 0 for any that is free";
  if (code === "EACCES") return "not permitted: choose a port from 1024 on";
  return reasonOf(error);
}

/** What lets in more than an operator may have in mind. */
function warningsOf(settings: ProxySettings, guard: Guard, addresses: readonly string[]): string[] {
  const { listen, origins } = settings;
  return addresses.flatMap((address, i) => {
    const host = new URL(address).hostname.replace(/^\[(.*)\]$/, "$1");
    const isLocal = LOOPBACK.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
    const isSealed = listen[i]!.type === "wss";
    return [
      ...(isLocal || !guard.letsAnybodyIn
        ? []
        : [`${address} can be reached from other machines, and asks its clients for no password`]),
      ...(isLocal || isSealed || guard.inClear.length === 0
        ? []
        : [`${address} takes passwords as they are (${guard.inClear.join(", ")}): whoever listens has them`]),
      ...(listen[i]!.type === "tcp" || origins !== undefined
        ? []
        : [`${address} takes connections from the pages of any web site: name the ones to allow with --origin`]),
    ];
  });
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");
