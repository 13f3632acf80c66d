import { RfbError } from "../codec/errors.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import {
  decodeVncAuthChallenge,
  encodeVncAuthChallenge,
  extentOfVncAuthChallenge,
} from "../codec/handshake/vnc_auth_challenge.ts";
import {
  decodeVncAuthResponse,
  encodeVncAuthResponse,
  extentOfVncAuthResponse,
} from "../codec/handshake/vnc_auth_response.ts";
import type { Limits } from "../codec/limits.ts";
import { bytesOf } from "../codec/text.ts";
import { afterwards, DONE } from "./afterwards.ts";
import { equalInConstantTime } from "./constant_time.ts";
import { encryptWithPassword } from "./des.ts";
import type { ClientContext, RandomSource, ServerContext } from "./scheme.ts";

/** The client's side of VNC Authentication, RFC 6143 §7.2.2. Only the first 8 bytes of the password count. */
export function vncAuthClient({ ask, limits }: ClientContext): Exchange {
  return afterwards(async () => answeringVncAuth((await ask(["password"])).password!, limits));
}

/** The same, once the password is there. */
export function answeringVncAuth(password: string, limits: Limits): Exchange {
  let answered = false;
  return {
    next(input) {
      if (answered) return DONE;
      const message = take(input, extentOfVncAuthChallenge, decodeVncAuthChallenge, limits);
      if (message === undefined) return undefined;
      answered = true;
      const response = encryptWithPassword(message.challenge, bytesOf(password));
      return { type: "send", bytes: encodeVncAuthResponse({ type: "vncAuthResponse", response }) };
    },
  };
}

/**
 * The server's side of VNC Authentication, RFC 6143 §7.2.2. Each run draws a challenge of its own: one used twice lets
 * an old answer in again.
 */
export function vncAuthServer({ verifier: { password }, random, limits }: ServerContext): Exchange {
  if (password === undefined) throw new TypeError("Cannot serve VncAuth: the verifier has no password");
  return afterwards(async () => challengingVncAuth(bytesOf(await password()), random, limits));
}

/** The same, once the password is there. */
export function challengingVncAuth(password: Uint8Array, random: RandomSource, limits: Limits): Exchange {
  let challenge: Uint8Array | undefined;
  return {
    next(input) {
      if (challenge === undefined) {
        challenge = random(16);
        return { type: "send", bytes: encodeVncAuthChallenge({ type: "vncAuthChallenge", challenge }) };
      }
      const message = take(input, extentOfVncAuthResponse, decodeVncAuthResponse, limits);
      if (message === undefined) return undefined;
      if (!equalInConstantTime(message.response, encryptWithPassword(challenge, password))) {
        throw new RfbError("authentication", "Cannot let the client in", "wrong VncAuth password");
      }
      return DONE;
    },
  };
}
