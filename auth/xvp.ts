import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import { decodeXvpLogin, encodeXvpLogin, extentOfXvpLogin } from "../codec/handshake/xvp_login.ts";
import { bytesOf } from "../codec/text.ts";
import { afterwards, reading, saying } from "./afterwards.ts";
import type { ClientContext, ServerContext } from "./scheme.ts";
import { answeringVncAuth, challengingVncAuth } from "./vnc_auth.ts";

/** The client's side of xvp, rfbproto "xvp Authentication": user and machine, then VNC Authentication. */
export function xvpClient({ ask, limits }: ClientContext): Exchange {
  return afterwards(async () => {
    const { username, password, target } = await ask(["username", "password", "target"]);
    const message = { type: "xvpLogin", username: bytesOf(username!), target: bytesOf(target!) } as const;
    const bytes = encodeXvpLogin(message);
    return saying(bytes, answeringVncAuth(password!, limits));
  });
}

/** The server's side of xvp. A user or a machine that nobody knows is challenged as any other, and its answer is wrong. */
export function xvpServer({ verifier: { passwordFor }, random, limits }: ServerContext): Exchange {
  if (passwordFor === undefined) throw new TypeError("Cannot serve xvp: the verifier has no passwordFor");
  return reading((input) => {
    const message = take(input, extentOfXvpLogin, decodeXvpLogin, limits);
    if (message === undefined) return undefined;
    const [username, target] = [message.username, message.target].map((bytes) => new TextDecoder().decode(bytes));
    return afterwards(async () => {
      const password = await passwordFor(username!, target!);
      return challengingVncAuth(password === undefined ? random(8) : bytesOf(password), random, limits);
    });
  });
}
