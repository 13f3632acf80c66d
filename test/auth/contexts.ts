import {
  type ClientContext,
  type Credentials,
  type Scheme,
  type ServerContext,
  type Verifier,
  webRandom,
} from "../../auth/mod.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";

/** What a scheme's client works with, where the user knows these. */
export function clientContext(
  scheme: Scheme,
  credentials: Credentials,
  more: Partial<ClientContext> = {},
): ClientContext {
  return {
    scheme,
    ask: async () => credentials,
    trustsServerKey: () => true,
    random: webRandom,
    limits: DEFAULT_LIMITS,
    ...more,
  };
}

/** What a scheme's server works with. */
export function serverContext(scheme: Scheme, verifier: Verifier, more: Partial<ServerContext> = {}): ServerContext {
  return { scheme, verifier, random: verifier.random ?? webRandom, limits: DEFAULT_LIMITS, ...more };
}
