import { within } from "../../codec/limits.ts";
import { bytesOf, contentOf } from "../../codec/text.ts";
import type { ServerContext } from "../scheme.ts";
import { unasked, wrongCredentials } from "./failure.ts";
import type { SaslMechanism, SaslServer } from "./mechanism.ts";

/**
 * EXTERNAL, RFC 4422 Appendix A: what is around SASL has proven who the client is, as TLS has that asked for its certificate.
 * The client names no identity to act as; the server asks the verifier's `external`.
 */
export const EXTERNAL: SaslMechanism = {
  name: "EXTERNAL",
  client: () => ({
    start: () => bytesOf(""),
    respond() {
      throw unasked("EXTERNAL");
    },
    isSatisfied: () => true,
  }),
  server: externalServer,
};

function externalServer({ verifier: { external }, limits }: ServerContext): SaslServer {
  if (external === undefined) throw new TypeError("Cannot serve EXTERNAL: the verifier has no external");
  return {
    async respond(response) {
      if (response === undefined) return { complete: false };
      within("maxCredentialLength", response.length, limits);
      if (!(await external(contentOf(response)))) throw wrongCredentials();
      return { complete: true };
    },
  };
}
