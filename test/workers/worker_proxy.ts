/**
 * The example of a Worker as a proxy, running, and tokens for it.
 *
 * @module
 */

import { type CryptoKey, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { buildProxy } from "../../examples/worker_proxy/build.ts";
import { temporaryFolder } from "../peers/process.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const AUDIENCE = "https://proxy.example";

export interface WorkerProxy extends Workerd {
  /** What its tokens are verified with, PEM. */
  readonly publicKey: string;
  /** The URL of a WebSocket, for one use, with other claims than `target` if need be, or signed by another. */
  url(target: string, claims?: Readonly<Record<string, unknown>>, signer?: Signer): Promise<string>;
}

/** Who signs a token, and how. */
export interface Signer {
  readonly alg: string;
  readonly key: CryptoKey | Uint8Array;
}

/** Who can sign tokens, and what he is called. */
export interface TokenSource {
  /** The variables of a Worker that takes his tokens. */
  readonly env: { readonly TOKEN_KEY: string; readonly TOKEN_AUDIENCE: string };
  sign(target: string, claims?: Readonly<Record<string, unknown>>, signer?: Signer): Promise<string>;
}

export async function createTokenSource(): Promise<TokenSource> {
  const keys = await generateKeyPair("ES256");
  const own = { alg: "ES256", key: keys.privateKey };
  return {
    env: { TOKEN_KEY: await exportSPKI(keys.publicKey), TOKEN_AUDIENCE: AUDIENCE },
    sign(target, claims = {}, { alg, key } = own) {
      const exp = Math.floor(Date.now() / 1000) + 60;
      const payload = { jti: crypto.randomUUID(), aud: AUDIENCE, exp, target, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
    },
  };
}

/** Starts the example with the configuration that it has; variables that are undefined are not set. */
export async function startWorkerProxy(
  ca: string,
  targets: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<WorkerProxy> {
  const source = await createTokenSource();
  const variables = { ...source.env, TARGETS: targets.join(" "), ...env };
  const set = Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const workerd = await startWorkerd(await buildOnce(ca), Object.fromEntries(set));
  return {
    ...workerd,
    publicKey: source.env.TOKEN_KEY,
    url: async (...token) => `ws://127.0.0.1:${workerd.port}/websockify?token=${await source.sign(...token)}`,
  };
}

const built = new Map<string, Promise<string>>();

function buildOnce(ca: string): Promise<string> {
  const config = built.get(ca) ?? buildProxy(temporaryFolder(), ca);
  built.set(ca, config);
  return config;
}
