/**
 * noVNC's own answers to a server's security, from its sources as they are. A browser's globals stand in as far as loading
 * them takes; what it calculates needs none but Web Crypto.
 *
 * @module
 */

/** How noVNC answers Apple's Diffie-Hellman or MSLogonII, with this user and password. */
export async function novncAnswers(
  scheme: "ARD" | "MSLogonII",
  said: Uint8Array,
  credentials: { readonly username: string; readonly password: string },
): Promise<Uint8Array> {
  const negotiate = `_negotiate${scheme}Auth` as const;
  const { default: Rfb } = await loaded();
  const answer: number[] = [];
  const client: NovncClient = Object.create(Rfb.prototype);
  client._sock = socketOver(said, answer);
  client._rfbCredentials = { ...credentials };
  // It asks to be called again once Web Crypto has answered.
  const resumed = new Promise<void>((resolve) => {
    client._resumeAuthentication = () => {
      client[negotiate]!();
      resolve();
    };
  });
  if (client[negotiate]!() !== true) await resumed;
  if (client._rfbInitState !== "SecurityResult") throw new Error(`noVNC is at ${client._rfbInitState}`);
  return Uint8Array.from(answer);
}

interface NovncClient {
  _sock: object;
  _rfbCredentials: object;
  _rfbInitState?: string;
  _resumeAuthentication(): void;
  readonly [negotiate: `_negotiate${string}`]: () => boolean;
}

/** A part of noVNC's Websock. */
function socketOver(bytes: Uint8Array, sent: number[]): object {
  let at = 0;
  const shift = (length: number): Uint8Array => {
    at += length;
    return bytes.slice(at - length, at);
  };
  return {
    rQwait: (_what: string, length: number) => bytes.length - at < length,
    rQshiftBytes: shift,
    rQshift16: () => new DataView(shift(2).buffer).getUint16(0),
    sQpushBytes: (more: Uint8Array) => void sent.push(...more),
    flush() {},
  };
}

let loading: Promise<{ default: { readonly prototype: object } }> | undefined;

function loaded(): NonNullable<typeof loading> {
  loading ??= load();
  return loading;
}

async function load(): Promise<{ default: { readonly prototype: object } }> {
  const anything: unknown = new Proxy(() => {}, {
    get: (_target, key) => (key === Symbol.toPrimitive ? () => "" : key === "indexOf" ? () => 0 : anything),
    set: () => true,
    apply: () => anything,
  });
  const standIns = {
    window: globalThis,
    document: anything,
    navigator: { platform: "", userAgent: "", language: "en" },
    MutationObserver: class {},
    WebSocket: class {},
    addEventListener: () => {},
  };
  for (const [name, value] of Object.entries(standIns)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  return await import(new URL("../../node_modules/@novnc/novnc/core/rfb.js", import.meta.url).href);
}
