import { RfbError } from "../../codec/errors.ts";
import { within } from "../../codec/limits.ts";
import { bytesOf, printable } from "../../codec/text.ts";
import { equalInConstantTime } from "../constant_time.ts";
import type { ClientContext, RandomSource, ServerContext, Verifier } from "../scheme.ts";
import { base64Of } from "./base64.ts";
import { unasked, wrongCredentials } from "./failure.ts";
import type { SaslClient, SaslMechanism, SaslServer } from "./mechanism.ts";
import { saslprep } from "./saslprep.ts";
import {
  digest,
  hmac,
  MINIMUM_ITERATIONS,
  prepareText,
  SCRAM_ITERATIONS,
  SCRAM_SALT_LENGTH,
  type ScramCredentials,
  type ScramHash,
  scramKeys,
  xor,
} from "./scram_keys.ts";
import {
  type ClientFirst,
  escapedName,
  readClientFinal,
  readClientFirst,
  readServerFinal,
  readServerFirst,
} from "./scram_messages.ts";

/**
 * SCRAM-SHA-256, RFC 7677: either side proves that it knows the password, and neither shows it. Who listens can still try
 * passwords in peace, at the price of the iterations each. Without channel binding: TLS is vouched for by its certificate.
 */
export const SCRAM_SHA_256: SaslMechanism = scram("SCRAM-SHA-256", "SHA-256");

/** SCRAM-SHA-1, RFC 5802. */
export const SCRAM_SHA_1: SaslMechanism = scram("SCRAM-SHA-1", "SHA-1");

function scram(name: string, hash: ScramHash): SaslMechanism {
  return {
    name,
    client: (context) => scramClient(hash, context),
    server: (context) => scramServer(hash, context),
  };
}

function scramClient(hash: ScramHash, { ask, random, limits }: ClientContext): SaslClient {
  let expected: "first" | "final" | "nothing" = "nothing";
  let password: string;
  let nonce: string;
  let bare: string;
  let serverSignature: Uint8Array | undefined;
  let isSatisfied = false;

  return {
    async start() {
      const credentials = await ask(["username", "password"]);
      const username = prepareText(credentials.username!, "user name");
      if (username === "") throw new RangeError("Cannot use SCRAM: the user name is empty");
      password = prepareText(credentials.password!, "password");
      nonce = base64Of(random(NONCE_LENGTH));
      bare = `n=${escapedName(username)},r=${nonce}`;
      expected = "first";
      return bytesOf(GS2_HEADER + bare);
    },
    async respond(challenge) {
      switch (expected) {
        case "first":
          expected = "final";
          return await prove(challenge);
        case "final":
          expected = "nothing";
          checkServer(challenge);
          return undefined;
        case "nothing":
          throw unasked("SCRAM");
      }
    },
    isSatisfied: () => isSatisfied,
  };

  async function prove(challenge: Uint8Array | undefined): Promise<Uint8Array> {
    const serverFirst = readServerFirst(challenge);
    if (!serverFirst.nonce.startsWith(nonce) || serverFirst.nonce === nonce) {
      throw distrust("the nonce is not ours and another one behind it");
    }
    const { salt, iterations } = serverFirst;
    if (within("maxScramIterations", iterations, limits) < MINIMUM_ITERATIONS) {
      throw distrust(`${iterations} iterations, and ${MINIMUM_ITERATIONS} are the least`);
    }
    const { clientKey, serverKey } = await scramKeys(hash, password, salt, iterations);
    const withoutProof = `c=${base64Of(bytesOf(GS2_HEADER))},r=${serverFirst.nonce}`;
    const authMessage = bytesOf(
      `${bare},${new TextDecoder("utf-8", { ignoreBOM: true }).decode(challenge)},${withoutProof}`,
    );
    const clientSignature = await hmac(hash, await digest(hash, clientKey), authMessage);
    serverSignature = await hmac(hash, serverKey, authMessage);
    return bytesOf(`${withoutProof},p=${base64Of(xor(clientKey, clientSignature))}`);
  }

  function checkServer(challenge: Uint8Array | undefined): void {
    const serverFinal = readServerFinal(challenge);
    if ("error" in serverFinal) {
      const said = printable(serverFinal.error).slice(0, MAXIMUM_QUOTED);
      throw new RfbError("authentication", "Cannot pass SASL", `the server refused: "${said}"`);
    }
    if (!equalInConstantTime(serverFinal.signature, serverSignature!)) {
      throw distrust("it does not know the password");
    }
    isSatisfied = true;
  }
}

function scramServer(hash: ScramHash, { verifier, random, limits }: ServerContext): SaslServer {
  if (verifier.scram === undefined) throw new TypeError("Cannot serve SCRAM: the verifier has no scram");
  const lookUp = verifier.scram;
  let first: (ClientFirst & Challenge) | undefined;

  return {
    async respond(response) {
      if (first !== undefined) return { data: await letIn(first, response), complete: true };
      if (response === undefined) return { complete: false };
      const message = readClientFirst(response);
      within("maxCredentialLength", bytesOf(message.username).length, limits);
      first = { ...message, ...(await challengeFor(message)) };
      return { data: bytesOf(first.serverFirst), complete: false };
    },
  };

  /** The same work whether or not there is such a user. */
  async function challengeFor({ authorizationId, username, nonce }: ClientFirst): Promise<Challenge> {
    const name = saslprep(username) ?? "";
    const stranger = await strangersCredentials(hash, name, secretOf(verifier, random));
    const known = name === "" ? undefined : await lookUp(name, hash);
    const credentials = known ?? stranger;
    const bothNonces = nonce + base64Of(random(NONCE_LENGTH));
    return {
      credentials,
      isKnown: known !== undefined && (authorizationId === "" || authorizationId === username),
      bothNonces,
      serverFirst: `r=${bothNonces},s=${base64Of(credentials.salt)},i=${credentials.iterations}`,
    };
  }

  async function letIn(first: ClientFirst & Challenge, response: Uint8Array | undefined): Promise<Uint8Array> {
    const { channelBinding, nonce, proof, withoutProof } = readClientFinal(response);
    const { storedKey, serverKey } = first.credentials;
    const isBound = equalInConstantTime(channelBinding, bytesOf(first.gs2Header));
    if (!isBound || nonce !== first.bothNonces) throw wrongCredentials();
    const authMessage = bytesOf(`${first.bare},${first.serverFirst},${withoutProof}`);
    const clientSignature = await hmac(hash, storedKey, authMessage);
    const serverSignature = await hmac(hash, serverKey, authMessage);
    const isProven =
      proof.length === clientSignature.length &&
      equalInConstantTime(await digest(hash, xor(proof, clientSignature)), storedKey);
    if (!isProven || !first.isKnown) throw wrongCredentials();
    return bytesOf(`v=${base64Of(serverSignature)}`);
  }
}

/** What a client is to prove itself against. */
interface Challenge {
  readonly credentials: ScramCredentials;
  readonly isKnown: boolean;
  readonly bothNonces: string;
  readonly serverFirst: string;
}

/** No channel binding, and no other user to act as, RFC 5802 §7. */
const GS2_HEADER = "n,,";
/** Bytes, which base64 makes 24 characters of. */
const NONCE_LENGTH = 18;
/** Characters of a server's error that ours quotes: it is to stay a line. */
const MAXIMUM_QUOTED = 200;

/** A salt of his own, the same each time, for a user that there is not. Nobody can prove to have keys of zeros. */
async function strangersCredentials(hash: ScramHash, name: string, secret: Uint8Array): Promise<ScramCredentials> {
  const salt = (await hmac("SHA-256", secret, bytesOf(`${hash}\0${name}`))).subarray(0, SCRAM_SALT_LENGTH);
  const key = new Uint8Array(hash === "SHA-1" ? 20 : 32);
  return { salt, iterations: SCRAM_ITERATIONS, storedKey: key, serverKey: key };
}

function secretOf(verifier: Verifier, random: RandomSource): Uint8Array {
  if (verifier.scramSecret !== undefined) return verifier.scramSecret;
  const secret = SECRETS.get(verifier) ?? random(32);
  SECRETS.set(verifier, secret);
  return secret;
}

/** Those of verifiers that have none of their own: as long as a verifier lives, a stranger keeps his salt. */
const SECRETS = new WeakMap<Verifier, Uint8Array>();

function distrust(reason: string): RfbError {
  return new RfbError("authentication", "Cannot trust a SCRAM server", reason);
}
