import {
  decodeAtenGreeting,
  decodeAtenLogin,
  encodeAtenGreeting,
  encodeAtenLogin,
  extentOfAtenGreeting,
  extentOfAtenLogin,
} from "../codec/handshake/aten_login.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import { afterwards, reading, saying } from "./afterwards.ts";
import { contentOfField, credentialField } from "./credential_field.ts";
import type { ClientContext, ServerContext } from "./scheme.ts";
import { verifying, verifyOf } from "./verification.ts";

/**
 * The client's side of what ATEN's boards have for security: user and password in clear, of which the first 23 bytes
 * count. The session is in the boards' dialect from then on.
 */
export function atenClient({ ask, limits }: ClientContext): Exchange {
  return settlingDialect(
    reading((input) => {
      if (take(input, extentOfAtenGreeting, decodeAtenGreeting, limits) === undefined) return undefined;
      return afterwards(async () => {
        const { username, password } = await ask(["username", "password"]);
        return saying(
          encodeAtenLogin({
            type: "atenLogin",
            username: credentialField(username!, new Uint8Array(24)),
            password: credentialField(password!, new Uint8Array(24)),
          }),
        );
      });
    }),
  );
}

/** The server's side of it, for who stands in for such a board; `verify` decides. */
export function atenServer({ verifier, random, limits }: ServerContext): Exchange {
  const verify = verifyOf(verifier, "ATEN's logins");
  const greeting = encodeAtenGreeting({ type: "atenGreeting", unknown: random(24) });
  return settlingDialect(
    saying(
      greeting,
      reading((input) => {
        const message = take(input, extentOfAtenLogin, decodeAtenLogin, limits);
        if (message === undefined) return undefined;
        return verifying(verify, contentOfField(message.username), contentOfField(message.password));
      }),
    ),
  );
}

/** By its number alone the security type is Tight, and other messages would follow. */
function settlingDialect(onward: Exchange): Exchange {
  let isSettled = false;
  return {
    next(input) {
      if (isSettled) return onward.next(input);
      isSettled = true;
      return { type: "learned", from: "server", message: { type: "dialectSettled", dialect: "aten" } };
    },
  };
}
