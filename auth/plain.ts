import { RfbError } from "../codec/errors.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import { decodeVencryptPlain, encodeVencryptPlain, extentOfVencryptPlain } from "../codec/handshake/vencrypt/mod.ts";
import { bytesOf } from "../codec/text.ts";
import { afterwards, DONE, saying } from "./afterwards.ts";
import type { ClientContext, ServerContext } from "./scheme.ts";

/** The client's side of VeNCrypt's Plain: user and password, as they are. */
export function plainClient({ ask }: ClientContext): Exchange {
  return afterwards(async () => {
    const { username, password } = await ask(["username", "password"]);
    const message = { type: "vencryptPlain", username: bytesOf(username!), password: bytesOf(password!) } as const;
    return saying(encodeVencryptPlain(message));
  });
}

/** The server's side of VeNCrypt's Plain: the verifier decides. */
export function plainServer({ verifier: { verify }, limits }: ServerContext): Exchange {
  if (verify === undefined) throw new TypeError("Cannot serve Plain: the verifier has no verify");
  let verification: Exchange | undefined;
  return {
    next(input) {
      if (verification !== undefined) return verification.next(input);
      const message = take(input, extentOfVencryptPlain, decodeVencryptPlain, limits);
      if (message === undefined) return undefined;
      const username = lossyText(message.username);
      const password = lossyText(message.password);
      verification = afterwards(async () => {
        if (await verify(username, password)) return { next: () => DONE };
        throw new RfbError("authentication", "Cannot let the client in", "wrong user or password");
      });
      return verification.next(input);
    },
  };
}

// Bytes that are not UTF-8 become U+FFFD, which matches nothing that anybody has set.
function lossyText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
