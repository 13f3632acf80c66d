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
  /** The URL of a WebSocket, for one use, with other claims than `target` if need be. */
  url(target: string, claims?: Readonly<Record<string, unknown>>, key?: CryptoKey): Promise<string>;
}

/** Starts the example with the configuration that it has. */
export async function startWorkerProxy(
  ca: string,
  targets: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerProxy> {
  const keys = await generateKeyPair("ES256");
  const workerd = await startWorkerd(await buildProxy(temporaryFolder(), ca), {
    TOKEN_KEY: await exportSPKI(keys.publicKey),
    TOKEN_AUDIENCE: AUDIENCE,
    TARGETS: targets.join(" "),
    ...env,
  });
  return {
    ...workerd,
    async url(target, claims = {}, key = keys.privateKey) {
      const exp = Math.floor(Date.now() / 1000) + 60;
      const payload = { jti: crypto.randomUUID(), aud: AUDIENCE, exp, target, ...claims };
      const token = await new SignJWT(payload).setProtectedHeader({ alg: "ES256" }).sign(key);
      return `ws://127.0.0.1:${workerd.port}/websockify?token=${token}`;
    },
  };
}
