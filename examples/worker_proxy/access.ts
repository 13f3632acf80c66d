import { errors, jwtVerify } from "jose";
import type { Address, Settings } from "./settings.ts";

/** What a token lets its bearer do, once. */
export interface Grant {
  /** The token's own name, claim `jti`. */
  readonly id: string;
  /** Milliseconds since 1970. The token counts until then; a session that it has begun goes on. */
  readonly expires: number;
  /** A server on the list, by its name there. */
  readonly target: string;
  readonly address: Address;
  readonly viewOnly: boolean;
}

/** A request that is turned away. The reason is for the log. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** @throws {Refusal} 401: the token is none of ours, or not valid now; 403: it is, but not for a server that is allowed */
export async function checkToken(
  token: string,
  { key, audience, targets }: Pick<Settings, "key" | "audience" | "targets">,
): Promise<Grant> {
  const { payload } = await jwtVerify(token, key, {
    algorithms: ["ES256"],
    audience,
    requiredClaims: ["aud", "exp", "jti", "target"],
  }).catch((error: unknown) => {
    throw error instanceof errors.JOSEError ? new Refusal(401, error.message) : error;
  });
  const { jti, target, viewOnly = false } = payload;
  const expires = payload.exp! * 1000;
  // A half of a surrogate pair is another character once it is stored.
  if (typeof jti !== "string" || !/^\P{Cs}{1,100}$/u.test(jti)) throw new Refusal(401, "the token's jti is none");
  if (expires > Date.now() + LONGEST) throw new Refusal(401, "the token counts for more than 24 hours");
  const address = typeof target === "string" ? targets.get(target) : undefined;
  if (typeof target !== "string" || address === undefined) {
    throw new Refusal(403, `the target ${JSON.stringify(target)} is not allowed`);
  }
  return { id: jti, expires, target, address, viewOnly: viewOnly !== false };
}

/** Milliseconds that a token may count for from now on: that it was used is remembered until it expires. */
const LONGEST = 24 * 60 * 60 * 1000;
