import { errors, importSPKI, jwtVerify } from "jose";

/** What tokens are checked with. */
export interface AccessSettings {
  /** The key that verifies tokens, PEM. ES256: its other half, which signs them, stays with whoever gives them out. */
  readonly TOKEN_KEY: string;
  /** Whom tokens must be for. */
  readonly TOKEN_AUDIENCE: string;
  /** The servers that tokens may name, with spaces between: `vm.example:5900 other.example:5901`. */
  readonly TARGETS: string;
}

/** What a token lets its bearer do, once. */
export interface Grant {
  /** The token's own name, claim `jti`. */
  readonly id: string;
  /** Milliseconds since 1970. The token counts until then; a session that it has begun goes on. */
  readonly expires: number;
  readonly target: string;
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
export async function checkToken(token: string, settings: AccessSettings): Promise<Grant> {
  const key = await importSPKI(settings.TOKEN_KEY, "ES256");
  const { payload } = await jwtVerify(token, key, {
    algorithms: ["ES256"],
    audience: settings.TOKEN_AUDIENCE,
    requiredClaims: ["exp", "jti", "target"],
  }).catch((error: unknown) => {
    throw error instanceof errors.JOSEError ? new Refusal(401, error.message) : error;
  });
  const { jti, exp, target, viewOnly = false } = payload;
  if (typeof jti !== "string" || jti.length > 100) throw new Refusal(401, "the token's jti is none");
  if (typeof target !== "string" || !settings.TARGETS.split(/\s+/).includes(target)) {
    throw new Refusal(403, `the target ${JSON.stringify(target)} is not allowed`);
  }
  return { id: jti, expires: exp! * 1000, target, viewOnly: viewOnly !== false };
}
