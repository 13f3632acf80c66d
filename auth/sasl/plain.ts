import { RfbError } from "../../codec/errors.ts";
import { type Limits, within } from "../../codec/limits.ts";
import { bytesOf } from "../../codec/text.ts";
import type { ClientContext, ServerContext } from "../scheme.ts";
import { unasked, wrongCredentials } from "./failure.ts";
import type { SaslClient, SaslMechanism, SaslServer } from "./mechanism.ts";
import { saslprep } from "./saslprep.ts";

/**
 * PLAIN, RFC 4616: user and password, as they are. Only over TLS with a certificate: anywhere else the one who listens, or
 * who stands in between, has the password. The server prepares both with {@link saslprep} and asks the verifier's `verify`.
 */
export const PLAIN: SaslMechanism = {
  name: "PLAIN",
  tls: "x509",
  client: plainClient,
  server: plainServer,
};

/**
 * The same, also without TLS and over anonymous TLS: for connections that are safe by other means, as a UNIX socket or a
 * tunnel is. In place of {@link PLAIN} in a list of mechanisms.
 */
export const PLAIN_ANYWHERE: SaslMechanism = {
  name: "PLAIN",
  client: plainClient,
  server: plainServer,
};

function plainClient({ ask }: ClientContext): SaslClient {
  return {
    async start() {
      const { username, password } = await ask(["username", "password"]);
      if (`${username}${password}`.includes("\0")) {
        throw new RangeError("Cannot use PLAIN: there is a NUL in the user name or the password");
      }
      return bytesOf(`\0${username}\0${password}`);
    },
    respond() {
      throw unasked("PLAIN");
    },
    isSatisfied: () => true,
  };
}

function plainServer({ verifier: { verify }, limits }: ServerContext): SaslServer {
  if (verify === undefined) throw new TypeError("Cannot serve PLAIN: the verifier has no verify");
  return {
    async respond(response) {
      if (response === undefined) return { complete: false };
      const { authorizationId, username, password } = credentialsIn(response, limits);
      const name = prepared(username);
      const secret = prepared(password);
      // An empty password lets anybody in at some directories.
      const hasBoth = name !== "" && secret !== "" && (authorizationId === "" || authorizationId === username);
      if (!hasBoth || !(await verify(name, secret))) throw wrongCredentials();
      return { complete: true };
    },
  };
}

/** RFC 4616 §2: authorization identity, NUL, user, NUL, password. */
function credentialsIn(
  bytes: Uint8Array,
  limits: Limits,
): { authorizationId: string; username: string; password: string } {
  const first = bytes.indexOf(0);
  const second = bytes.indexOf(0, first + 1);
  if (first < 0 || second < 0 || bytes.includes(0, second + 1)) {
    throw new RfbError("malformed", "Cannot read PLAIN", "not three texts with a NUL between them");
  }
  const texts = [bytes.subarray(0, first), bytes.subarray(first + 1, second), bytes.subarray(second + 1)];
  const [authorizationId, username, password] = texts.map((text) => {
    within("maxCredentialLength", text.length, limits);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(text); // what is not UTF-8 matches nothing
  });
  return { authorizationId: authorizationId!, username: username!, password: password! };
}

/** Nothing, where it cannot be prepared. */
function prepared(text: string): string {
  return saslprep(text) ?? "";
}
