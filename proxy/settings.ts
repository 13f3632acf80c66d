/**
 * What an operator may set, checked: the outer edge, where plain values come in. Certificates are PEM here, not
 * files; whether they can be used shows only where they are used.
 *
 * @module
 */

import { z } from "zod";
import { SCHEMES } from "../auth/mod.ts";
import { parseTarget, type Target } from "./target.ts";

/** How to pass a server's security, as an operator writes it. */
export interface SecuritySettingsInput {
  /** Names of schemes, best first; `vencrypt` stands for the X509 ones that the credentials allow (not x509ident). That when absent. */
  readonly auth?: readonly string[] | undefined;
  /** The authorities to trust, PEM; the host's own when absent. */
  readonly ca?: string | undefined;
  /** Our certificate and its key, PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that the server's certificate must be made out to; the target's host when absent. */
  readonly serverName?: string | undefined;
  /** false accepts a certificate that is made out to another name. */
  readonly verifyHostname?: boolean | undefined;
  /** The oldest version of TLS to accept: "1.2" when absent. */
  readonly minTls?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** xvp: the machine to reach. */
  readonly targetName?: string | undefined;
  /**
   * SASL mechanisms, best first: SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN. When absent all three, but PLAIN only over TLS with a
   * certificate; one that is named here may be used without, too.
   */
  readonly sasl?: readonly string[] | undefined;
  /** The one key that a server may show, where it has no certificate: `SHA256:…`, or as TigerVNC prints it. */
  readonly serverKey?: string | undefined;
  /** A file of keys that servers have shown. The first one is trusted, and noted there. */
  readonly knownHosts?: string | undefined;
}

/** What a proxy is started with, as an operator writes it. */
export interface ProxySettingsInput extends SecuritySettingsInput {
  /** `tcp://HOST:PORT`, `ws://HOST:PORT/PATH` or `wss://HOST:PORT/PATH`, one or more. Port 0: one that is free. */
  readonly listen: readonly string[];
  /** As {@link parseTarget} reads it. */
  readonly target: string;
  /** The certificate and key of wss listeners, PEM; `cert` and `key` when absent. */
  readonly listenCert?: string | undefined;
  readonly listenKey?: string | undefined;
  /** Names of schemes that clients are offered, in this order; `none` when absent: whoever connects is in. */
  readonly clientAuth?: readonly string[] | undefined;
  /** What the schemes without users are checked with. */
  readonly clientPassword?: string | undefined;
  /** What the schemes with users are checked with: a line each, as `rfb user` makes them. */
  readonly clientUsers?: string | undefined;
  /** What clients are shown in the X509 schemes, PEM; `listenCert` and `listenKey`, or else `cert` and `key`, when absent. */
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  /** Demand a certificate of clients, in the X509 schemes, that one of these authorities has signed. PEM. */
  readonly clientCa?: string | undefined;
  /** The newest version of TLS in the X509 schemes of clients: 1.3 when absent. TigerVNC's viewers up to 1.12 need 1.2. */
  readonly clientMaxTls?: string | undefined;
  /** The RSA key that clients are shown in the schemes that show one, PEM. */
  readonly clientRsaKey?: string | undefined;
  /** Milliseconds that a client waits to hear that it failed to authenticate: 2000 when absent. */
  readonly failureDelay?: number | undefined;
  /** Clients of one address that may be at their handshake at a time, where they authenticate: 10 when absent. */
  readonly maxHandshakes?: number | undefined;
  /** Milliseconds for everything up to SecurityResult: 10 000 when absent. */
  readonly handshakeTimeout?: number | undefined;
  /** Clients at a time; no limit when absent. */
  readonly maxConnections?: number | undefined;
  /** Milliseconds that open sessions go on when the proxy is told to stop: 5000 when absent. */
  readonly drainTimeout?: number | undefined;
  /** A folder to serve over HTTP, next to the WebSocket. */
  readonly web?: string | undefined;
  /** The sites whose pages may open a WebSocket; any when absent. */
  readonly origins?: readonly string[] | undefined;
}

/** What a snapshot is taken with, as an operator writes it. */
export interface SnapshotSettingsInput extends SecuritySettingsInput {
  /** As {@link parseTarget} reads it, or a `ws://` or `wss://` URL. */
  readonly target: string;
  /** Milliseconds for all of it: 15 000 when absent. */
  readonly timeout?: number | undefined;
}

/** {@link SecuritySettingsInput}, checked. */
export interface SecuritySettings {
  readonly auth: readonly string[];
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  readonly verifyHostname: boolean;
  readonly minTls: "1.2" | "1.3";
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly targetName?: string | undefined;
  readonly sasl?: readonly string[] | undefined;
  readonly serverKey?: string | undefined;
  readonly knownHosts?: string | undefined;
}

/** {@link ProxySettingsInput}, checked. */
export interface ProxySettings extends SecuritySettings {
  readonly listen: readonly ListenAddress[];
  readonly target: Target;
  readonly listenCert?: string | undefined;
  readonly listenKey?: string | undefined;
  readonly clientAuth: readonly string[];
  readonly clientPassword?: string | undefined;
  readonly clientUsers?: string | undefined;
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly clientCa?: string | undefined;
  readonly clientMaxTls: "1.2" | "1.3";
  readonly clientRsaKey?: string | undefined;
  readonly failureDelay: number;
  readonly maxHandshakes: number;
  readonly handshakeTimeout: number;
  readonly maxConnections?: number | undefined;
  readonly drainTimeout: number;
  readonly web?: string | undefined;
  readonly origins?: readonly string[] | undefined;
}

/** {@link SnapshotSettingsInput}, checked. */
export interface SnapshotSettings extends SecuritySettings {
  readonly target: Target | WebSocketTarget;
  readonly timeout: number;
}

/** Where a proxy listens. */
export interface ListenAddress {
  readonly type: "tcp" | "ws" | "wss";
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Of the WebSocket; empty for tcp. */
  readonly path: string;
}

/** A VNC server that is reached through a WebSocket. */
export interface WebSocketTarget {
  readonly type: "ws" | "wss";
  readonly url: string;
}

/** A setting that cannot be used: the operator's fault. */
export class SettingsError extends RangeError {
  override readonly name = "SettingsError";
  /** As in the settings object: `listen`. */
  readonly setting: string;
  /** What to do about it. */
  readonly reason: string;

  constructor(setting: string, reason: string) {
    super(`Cannot use the setting ${setting}: ${reason}`);
    this.setting = setting;
    this.reason = reason;
  }
}

/** @throws {SettingsError} the first setting that cannot be used */
export function parseProxySettings(settings: ProxySettingsInput): ProxySettings {
  return parsed(PROXY, settings);
}

/** @throws {SettingsError} the first setting that cannot be used */
export function parseSnapshotSettings(settings: SnapshotSettingsInput): SnapshotSettings {
  return parsed(SNAPSHOT, settings);
}

/** The longest that a timer can be set to; it would go off at once beyond that. */
const MAXIMUM_TIMEOUT = 2 ** 31 - 1;

const LISTEN_FORMS = "write tcp://HOST:PORT, ws://HOST:PORT/PATH or wss://HOST:PORT/PATH";
const NOT_LISTENING = `it is missing: ${LISTEN_FORMS}`;
const TARGET_FORMS = "write HOST:PORT, HOST:DISPLAY, HOST::PORT or unix:PATH";
const NO_TARGET = `it is missing: ${TARGET_FORMS}`;

function text(what: string): z.ZodString {
  return z.string({ error: `give ${what}` }).min(1, { error: `it is empty: give ${what}` });
}

function wholeNumber(least: number, most: number): z.ZodNumber {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `${JSON.stringify(input)} is not a whole number from ${least} to ${most}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

const SASL_NAMES = ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"];
const SCHEME_NAMES = SCHEMES.map(({ name }) => name);

/** Of a scheme; those besides stand for several. */
function nameOfScheme(...besides: readonly string[]): z.ZodType<string, string> {
  return z.string().transform((text, context) => {
    const name = text.trim().toLowerCase();
    const known = [...SCHEME_NAMES, ...besides];
    if (known.includes(name)) return name;
    return refuse(context, `${JSON.stringify(text)} is no scheme: the known ones are ${known.join(", ")}`);
  });
}

const saslName = z.string().transform((text, context) => {
  const name = text.trim().toUpperCase();
  if (SASL_NAMES.includes(name)) return name;
  return refuse(context, `${JSON.stringify(text)} is no SASL mechanism: the known ones are ${SASL_NAMES.join(", ")}`);
});

const fingerprint = z.string().transform((text, context) => {
  const [, digest] = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(text.trim()) ?? [];
  if (digest !== undefined) return `SHA256:${digest}`;
  if (/^[0-9a-f]{2}([-:][0-9a-f]{2}){7}$/i.test(text.trim())) return text.trim().toLowerCase().replaceAll(":", "-");
  return refuse(context, "that is no fingerprint: write SHA256:… or 01-23-45-67-89-ab-cd-ef, as rfb snapshot shows it");
});

const listenAddress = z.string().transform((text, context): ListenAddress => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, type, path] = /^(tcp|wss?):\/\/[^/]+(\/.*)?$/.exec(text) ?? [];
  if (url?.username || url?.password) return refuse(context, "an address to listen on has no user or password");
  // A port that is its scheme's own is no longer in the URL.
  const port = url?.port || (type === "ws" ? "80" : type === "wss" ? "443" : "");
  const isPlain =
    type && url?.hostname && port !== "" && !url.search && !url.hash && (type !== "tcp" || (path ?? "/") === "/");
  if (!isPlain) return refuse(context, `${quoted(text)} is no address to listen on: ${LISTEN_FORMS}`);
  return {
    type: type as ListenAddress["type"],
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port),
    path: type === "tcp" ? "" : url.pathname,
  };
});

const tcpOrUnixTarget = z.string({ error: NO_TARGET }).transform((text, context): Target => {
  try {
    return parseTarget(text);
  } catch {
    return refuse(context, `${quoted(text)} is no VNC server: ${TARGET_FORMS}`);
  }
});

const anyTarget = z.string({ error: NO_TARGET }).transform((text, context): Target | WebSocketTarget => {
  const scheme = /^(wss?):\/\//.exec(text)?.[1];
  if (scheme === undefined) {
    const result = tcpOrUnixTarget.safeParse(text);
    return result.data ?? refuse(context, `${result.error?.issues[0]?.message}, or a ws:// or wss:// URL`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) return refuse(context, "a URL with user or password is not supported");
  if (url === undefined) return refuse(context, `${quoted(text)} is no URL: write ${scheme}://HOST:PORT/PATH`);
  url.hash = "";
  return { type: scheme as WebSocketTarget["type"], url: url.href };
});

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSite = /^https?:/.test(text) && url !== undefined && url.href.replace(/\/$/, "") === url.origin;
  return isSite ? url.origin : refuse(context, `${quoted(text)} is no site: write https://HOST or https://HOST:PORT`);
});

const SECURITY = z.strictObject({
  auth: z
    .array(nameOfScheme("vencrypt"))
    .min(1, { error: "name one scheme or more, the best first" })
    .default(["vencrypt"]),
  ca: text("a PEM with the authorities' certificates").optional(),
  cert: text("a certificate, PEM").optional(),
  key: text("a private key, PEM").optional(),
  serverName: text("the name in the server's certificate").optional(),
  verifyHostname: z.boolean().default(true),
  minTls: z.enum(["1.2", "1.3"], { error: "the oldest version of TLS is 1.2 or 1.3" }).default("1.2"),
  username: text("a user name").optional(),
  password: text("a password").optional(),
  targetName: text("the name of a machine").optional(),
  sasl: z.array(saslName).min(1, { error: "name one mechanism or more, the best first" }).optional(),
  serverKey: fingerprint.optional(),
  knownHosts: text("a file").optional(),
});

const SNAPSHOT: z.ZodType<SnapshotSettings, SnapshotSettingsInput> = SECURITY.extend({
  target: anyTarget,
  timeout: wholeNumber(1, MAXIMUM_TIMEOUT).default(15_000),
}).superRefine((settings, context) => {
  checkPair(settings, "cert", "key", context);
});

const PROXY: z.ZodType<ProxySettings, ProxySettingsInput> = SECURITY.extend({
  listen: z.array(listenAddress, { error: NOT_LISTENING }).min(1, { error: NOT_LISTENING }),
  target: tcpOrUnixTarget,
  listenCert: text("a certificate, PEM").optional(),
  listenKey: text("a private key, PEM").optional(),
  clientAuth: z.array(nameOfScheme()).min(1, { error: "name one scheme or more, the best first" }).default(["none"]),
  clientPassword: text("a password").optional(),
  clientUsers: text("a line for each user, as rfb user makes them").optional(),
  clientCert: text("a certificate, PEM").optional(),
  clientKey: text("a private key, PEM").optional(),
  clientCa: text("a PEM with the authorities' certificates").optional(),
  clientMaxTls: z.enum(["1.2", "1.3"], { error: "the newest version of TLS is 1.2 or 1.3" }).default("1.3"),
  clientRsaKey: text("an RSA private key, PEM").optional(),
  failureDelay: wholeNumber(0, MAXIMUM_TIMEOUT).default(2000),
  maxHandshakes: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(10),
  handshakeTimeout: wholeNumber(1, MAXIMUM_TIMEOUT).default(10_000),
  maxConnections: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  drainTimeout: wholeNumber(0, MAXIMUM_TIMEOUT).default(5000),
  web: text("a folder").optional(),
  origins: z.array(origin).min(1, { error: "name one site or more" }).optional(),
}).superRefine((settings, context) => {
  checkPair(settings, "cert", "key", context);
  checkPair(settings, "listenCert", "listenKey", context);
  checkPair(settings, "clientCert", "clientKey", context);
  const { listen } = settings;
  const webSockets = listen.filter(({ type }) => type !== "tcp");
  if (listen.some(({ type }) => type === "wss") && (settings.listenCert ?? settings.cert) === undefined) {
    add(context, "listen", "wss:// shows browsers a certificate: give --listen-cert and --listen-key, or write ws://");
  }
  if (settings.web !== undefined) {
    if (webSockets.length === 0) add(context, "web", "only a ws:// or wss:// listener can serve a folder: add one");
    if (webSockets.some(({ path }) => path === "/")) {
      add(context, "listen", "next to a folder the WebSocket needs a path of its own: write ws://HOST:PORT/websockify");
    }
  }
  if (settings.origins !== undefined && webSockets.length === 0) {
    add(context, "origins", "only ws:// and wss:// listeners know where a client comes from: add one");
  }
});

/** What stands before an @ or behind a ? or # may be a secret, and errors end up in logs. */
function quoted(text: string): string {
  return /[@?#]/.test(text) ? "that" : JSON.stringify(text);
}

type Context = Pick<z.RefinementCtx, "addIssue">;

function checkPair<Name extends string>(
  settings: Readonly<Partial<Record<Name, string | undefined>>>,
  cert: Name,
  key: Name,
  context: Context,
): void {
  if (settings[cert] !== undefined && settings[key] === undefined) add(context, cert, "its key is missing: give both");
  if (settings[cert] === undefined && settings[key] !== undefined) {
    add(context, key, "its certificate is missing: give both");
  }
}

function add(context: Context, setting: string, message: string): void {
  context.addIssue({ code: "custom", path: [setting], message });
}

function refuse(context: Context, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

function parsed<Settings>(schema: z.ZodType<Settings>, settings: unknown): Settings {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  const { path, message, ...issue } = result.error.issues[0]!;
  if (issue.code === "unrecognized_keys") throw new SettingsError(String(issue.keys[0]), "there is no such setting");
  throw new SettingsError(String(path[0] ?? "object"), message);
}
