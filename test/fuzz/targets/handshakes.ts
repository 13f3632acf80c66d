import {
  chooseSecurityType,
  clientExchange,
  schemesNamed,
  securityTypesOf,
  serverExchange,
} from "../../../auth/mod.ts";
import { RfbError } from "../../../codec/errors.ts";
import { createClientHandshake, createServerHandshake, type Exchange } from "../../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { be32, cut, hex, join, latin1 } from "../../codec/bytes.ts";
import { type HandshakeRun, runClient, runServer } from "../../codec/handshake/runs.ts";
import { expectAllocations } from "../allocations.ts";
import { cutsOf, mutated } from "../mutations.ts";
import type { Random } from "../random.ts";
import { seedsOf } from "../seeds.ts";
import { expect, isEqual, type Outcome, outcomeOf, settled, type Target, target, untouched } from "../target.ts";
import { TIGHT } from "./framers.ts";

interface HandshakeCase {
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
  /** The peer closes after the last byte. */
  readonly closing: boolean;
  /** Of the scripts that our own side follows. */
  readonly scheme: number;
}

const SCHEMES = [
  ["none"],
  ["vncauth"],
  ["plain", "vncauth"],
  ["tlsnone", "none"],
  ["x509plain", "vncauth", "none"],
].map(schemesNamed);
const CHALLENGE = hex("00112233445566778899aabbccddeeff");
const PASSWORD = "secret";

export const handshakeTargets: readonly Target[] = (["client", "server"] as const).map((role) =>
  target<HandshakeCase>({
    name: `${role}-handshake`,
    make(random) {
      const bytes = streamOf(random, role);
      return {
        bytes,
        cuts: cutsOf(random, bytes.length),
        closing: random.oneIn(2),
        scheme: random.below(SCHEMES.length),
      };
    },
    check({ bytes, cuts, closing, scheme }) {
      const run = (chunks: Uint8Array[]): HandshakeRun =>
        untouched(chunks, () =>
          role === "client" ? runAsClient(chunks, closing, scheme) : runAsServer(chunks, closing, scheme),
        );
      const whole = run([bytes.slice()]);
      expectAllocations(65536 + 16 * bytes.length);
      const pieces = run(cut(bytes, ...cuts));
      // Bytes that came before TLS are a fault only where they have come.
      if (!isEarly(whole) && !isEarly(pieces)) {
        expect(
          isEqual(pieces.error, whole.error),
          () => `In pieces it ends in ${pieces.error}, at once in ${whole.error}`,
        );
        expect(isEqual({ ...pieces, error: 0 }, { ...whole, error: 0 }), "In pieces it comes to something else");
      }
      return endOf(whole, closing);
    },
  }),
);

function endOf({ error, rest, steps }: HandshakeRun, closing: boolean): Outcome {
  if (error !== undefined && !(error instanceof RfbError)) throw error;
  const isOpen = rest === undefined && !steps.some((step) => step.startsWith("startTls"));
  expect(!closing || !isOpen || error !== undefined, "The peer has closed, and nobody minds");
  return outcomeOf(error);
}

function isEarly({ error, steps }: HandshakeRun): boolean {
  return (error instanceof RfbError && error.code === "insecure") || steps.some((step) => step.startsWith("startTls"));
}

function runAsClient(chunks: readonly Uint8Array[], closing: boolean, scheme: number): HandshakeRun {
  const schemes = SCHEMES[scheme % SCHEMES.length]!;
  const handshake = createClientHandshake(scheme % 2 === 0 ? DEFAULT_LIMITS : TIGHT);
  const answer = (offered: readonly number[]): readonly [number, Exchange] => {
    const chosen = settled(() => chooseSecurityType(offered, schemes));
    if (chosen instanceof RfbError) return [offered[0]!, { next: () => ({ type: "done" }) }];
    const credentials = () => ({ username: "user", password: PASSWORD });
    return [chosen, waitless(clientExchange(chosen, { schemes, credentials }, DEFAULT_LIMITS))];
  };
  return runClient(handshake, chunks, answer, closing);
}

function runAsServer(chunks: readonly Uint8Array[], closing: boolean, scheme: number): HandshakeRun {
  const schemes = SCHEMES[scheme % SCHEMES.length]!;
  const handshake = createServerHandshake(scheme % 2 === 0 ? DEFAULT_LIMITS : TIGHT);
  const verifier = { password: () => PASSWORD, verify: () => true, random: () => CHALLENGE.slice() };
  const offer = securityTypesOf(schemes);
  const run = runServer(
    handshake,
    chunks,
    { offer: [offer[0]!], exchange: (type) => waitless(serverExchange(type, { schemes, verifier }, DEFAULT_LIMITS)) },
    closing,
  );
  expect(handshake.refuse("no") instanceof Uint8Array, "It cannot refuse");
  return run;
}

/** What is asked for is there at once, but only after a turn: an exchange that waits is given up. */
function waitless(exchange: Exchange): Exchange {
  return {
    next(input) {
      const step = exchange.next(input);
      if (step?.type !== "wait") return step;
      step.until.catch(() => {});
      return { type: "done" };
    },
  };
}

const VERSIONS = ["003.003", "003.007", "003.008", "003.889", "004.001", "003.005", "000.000", "055.008"].map(
  (version) => latin1(`RFB ${version}\n`),
);
const REASON = join([be32(2), latin1("no")]);
const SERVER_PIECES = [
  hex("0101"),
  hex("0102"),
  hex("0113"),
  hex("03021301"),
  hex("00"),
  hex("0002"),
  hex("00000000"),
  hex("00000001"),
  hex("00000002"),
  hex("00000103"),
  hex("0200000100 00000104"),
  hex("04 00000105 00000102 00000103 00000100"),
  hex("01"),
  REASON,
  join([hex("00"), REASON]),
  join([be32(0), REASON]),
  join([be32(1), REASON]),
  be32(0xffffffff),
  be32(0xfffffffa),
  CHALLENGE,
]; // prettier-ignore
const CLIENT_PIECES = [
  hex("01"),
  hex("02"),
  hex("13"),
  hex("00"),
  hex("0002"),
  hex("0001"),
  hex("00000100"),
  hex("00000103"),
  hex("00000106"),
  CHALLENGE,
  join([be32(4), be32(6), latin1("usersecret")]),
  join([be32(0xffffffff), be32(1)]),
  hex("10"),
];

function streamOf(random: Random, role: "client" | "server"): Uint8Array {
  const from = role === "client" ? "server" : "client";
  if (random.oneIn(3))
    return mutated(random, random.pick(seedsOf().recordings)[from].subarray(0, random.between(12, 200)));
  const pieces = role === "client" ? SERVER_PIECES : CLIENT_PIECES;
  const said = Array.from({ length: random.below(8) }, () => random.pick(pieces));
  const bytes = join([random.pick(VERSIONS), ...said]);
  return random.oneIn(3) ? bytes : mutated(random, bytes, bytes, 3);
}
