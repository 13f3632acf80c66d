import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import { decodeVencryptPlain, encodeVencryptPlain, extentOfVencryptPlain } from "../codec/handshake/vencrypt/mod.ts";
import { bytesOf } from "../codec/text.ts";
import { afterwards, saying } from "./afterwards.ts";
import type { ClientContext, ServerContext } from "./scheme.ts";
import { verifying, verifyOf } from "./verification.ts";

/** The client's side of VeNCrypt's Plain: user and password, as they are. */
export function plainClient({ ask }: ClientContext): Exchange {
  return afterwards(async () => {
    const { username, password } = await ask(["username", "password"]);
    const message = { type: "vencryptPlain", username: bytesOf(username!), password: bytesOf(password!) } as const;
    return saying(encodeVencryptPlain(message));
  });
}

/** The server's side of VeNCrypt's Plain: the verifier decides. */
export function plainServer({ verifier, limits }: ServerContext): Exchange {
  const verify = verifyOf(verifier, "Plain");
  let verification: Exchange | undefined;
  return {
    next(input) {
      if (verification !== undefined) return verification.next(input);
      const message = take(input, extentOfVencryptPlain, decodeVencryptPlain, limits);
      if (message === undefined) return undefined;
      verification = verifying(verify, message.username, message.password);
      return verification.next(input);
    },
  };
}
