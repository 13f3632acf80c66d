/**
 * The security proxy: clients that speak no security reach servers that demand it.
 *
 * ```ts
 * import { schemesNamed } from "rfb-codec/auth";
 * import { connectTcp, listenTcp } from "rfb-codec/node";
 * import { createSecurityProxy } from "rfb-codec/proxy";
 *
 * const proxy = createSecurityProxy({
 *   dial: (signal) => connectTcp({ host: "vm.example", port: 5900, signal }),
 *   authentication: { schemes: schemesNamed(["x509none"]), credentials: () => ({}) },
 *   log: (entry) => console.error(entry),
 * });
 * await listenTcp({ host: "127.0.0.1", port: 5901, onConnection: (client) => void proxy.serve(client) });
 * ```
 *
 * @module
 */

export type { ProxyLogEntry, Stage } from "./log.ts";
export { type ClientPolicy, viewOnly } from "./policy.ts";
export { createSecurityProxy, type RfbSecurityProxy, type SecurityProxyOptions } from "./proxy.ts";
export { parseTarget, type Target } from "./target.ts";
