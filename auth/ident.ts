import { RfbError } from "../codec/errors.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import { decodeVencryptIdent, encodeVencryptIdent, extentOfVencryptIdent } from "../codec/handshake/vencrypt/mod.ts";
import { bytesOf } from "../codec/text.ts";
import { afterwards, DONE, reading, saying } from "./afterwards.ts";
import type { ClientContext, ServerContext } from "./scheme.ts";

/** The client's side of VeNCrypt's Ident: a user's name, and no proof. */
export function identClient({ ask }: ClientContext): Exchange {
  return afterwards(async () => {
    const { username } = await ask(["username"]);
    return saying(encodeVencryptIdent({ type: "vencryptIdent", username: bytesOf(username!) }));
  });
}

/** The server's side of VeNCrypt's Ident: the verifier knows whom it believes. */
export function identServer({ verifier: { identify }, limits }: ServerContext): Exchange {
  if (identify === undefined) throw new TypeError("Cannot serve Ident: the verifier has no identify");
  return reading((input) => {
    const message = take(input, extentOfVencryptIdent, decodeVencryptIdent, limits);
    if (message === undefined) return undefined;
    const username = new TextDecoder().decode(message.username);
    return afterwards(async () => {
      if (await identify(username)) return { next: () => DONE };
      throw new RfbError("authentication", "Cannot let the client in", "wrong user or password");
    });
  });
}
