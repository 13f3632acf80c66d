import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { type Bed, bed, soon } from "./bed.ts";
import {
  CLIENT_BYTES,
  CLIENTS,
  counted,
  GENERIC,
  SERVERS,
  type ServerScript,
  subtypes,
  turnedAway,
  types,
  u32s,
  V33,
  V37,
  V38,
  VERSIONS,
  type Version,
} from "./bytes.ts";
import { type Act, type Peer, play, says } from "./peer.ts";

const DEADLINE = 40;

/** Pieces of which handshakes are made: a mutation that means something is likelier to get far. */
const PIECE = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 24 }) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      V33,
      V37,
      V38,
      latin1("RFB 003.889\n"),
      latin1("RFB 004.000\n"),
      latin1("RFB 000.000\n"),
      types(1),
      types(19),
      types(2, 19, 1),
      types(113, 129, 7, 255),
      hex("00"),
      hex("01"),
      hex("02"),
      hex("0002"),
      hex("13"),
      u32s(0),
      u32s(1),
      u32s(2),
      u32s(3),
      u32s(0xffffffff),
      subtypes(),
      subtypes(256),
      subtypes(260),
      subtypes(265, 999, 0xffffffff),
      u32s(256),
      counted("no"),
      counted("\x1b[2J"),
      hex("00112233445566778899aabbccddeeff"),
    ),
  },
);

const MUTATION = fc.record({ at: fc.nat(400), to: fc.nat(255), how: fc.constantFrom("set", "drop", "insert", "flip") });
type Mutation = typeof MUTATION extends fc.Arbitrary<infer Value> ? Value : never;

function mutated(bytes: Uint8Array, { at, to, how }: Mutation): Uint8Array {
  const list = [...bytes];
  const i = list.length === 0 ? 0 : at % list.length;
  if (how === "drop") list.splice(i, 1);
  else if (how === "insert") list.splice(i, 0, to);
  else if (list.length > 0) list[i] = how === "set" ? to : list[i]! ^ (1 << (to & 7));
  return Uint8Array.from(list);
}

/** A script with one of the bytes that it says changed, lost or doubled. */
function mutatedScript(script: readonly Act[], mutation: Mutation): readonly Act[] {
  const said = script.reduce((length, act) => length + (act.type === "send" ? act.bytes.length : 0), 0);
  let left = mutation.at % Math.max(1, said);
  return script.map((act) => {
    if (act.type !== "send" || left < 0) return act;
    if (left >= act.bytes.length) {
      left -= act.bytes.length;
      return act;
    }
    const at = left;
    left = -1;
    return says(mutated(act.bytes, { ...mutation, at }));
  });
}

/** Does what the script says, whatever comes back, then closes. */
async function blindly(peer: Peer, script: readonly Act[], closes: boolean): Promise<void> {
  try {
    for (const act of script) {
      if (act.type === "hear") await peer.take(act.bytes.length);
      else await play(peer, [act]);
    }
  } catch {
    // the other side is gone
  }
  if (closes) await peer.close();
}

/**
 * What a client in that version may be sent by law, after the greeting, when security is not passed; `words` are a server's
 * that may be passed on.
 */
function isLegal(heard: Uint8Array, version: Version | undefined, letIn: boolean): boolean {
  const text = hexOf(heard);
  if (!hexOf(V38).startsWith(text.slice(0, 24))) return false;
  const answer = text.slice(24);
  if (answer === "") return true;
  const head = version === "3.3" ? "00000000" : "00";
  if (answer.startsWith(head) && isReason(hex(answer).slice(head.length / 2), true)) return true;
  if (version === undefined) return false;
  if (version === "3.3") return letIn && answer.startsWith("00000001");
  if (!answer.startsWith("0101")) return false;
  const result = answer.slice(4);
  if (result === "" || (version === "3.7" && result === "00000001")) return true;
  if (version === "3.8" && result.startsWith("00000001") && isReason(hex(result).slice(4), false)) return true;
  return letIn && (version === "3.7" || result.startsWith("00000000"));
}

/** One reason and nothing behind it. */
function isReason(bytes: Uint8Array, mayBePassedOn: boolean): boolean {
  if (bytes.length < 4) return false;
  if (hexOf(bytes) === hexOf(counted(GENERIC))) return true;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const text = new TextDecoder().decode(bytes.subarray(4));
  return mayBePassedOn && length === bytes.length - 4 && length > 0 && length <= 512 && !/\p{Cc}/u.test(text);
}

/** The version that these bytes of a client amount to. */
function versionSaid(bytes: Uint8Array): Version | undefined {
  const match = /^RFB 003\.(\d{3})\n/.exec(String.fromCharCode(...bytes.subarray(0, 12)));
  if (match === null) return undefined;
  const minor = Number(match[1]);
  return minor < 7 ? "3.3" : minor === 7 ? "3.7" : "3.8";
}

async function endsLegally(scene: Bed, clientSaid: Uint8Array): Promise<void> {
  // A second for turning away, another for last words, and the rest for a machine that is busy.
  await soon("serve", scene.served, DEADLINE + 4000);
  await soon("client's end", scene.client.rest(), 2000);
  const events = scene.log.map(({ event }) => event);
  expect([["failed"], ["negotiated", "closed"]]).toContainEqual(events);
  const heard = hex(scene.client.heard);
  if (!isLegal(heard, versionSaid(clientSaid), events[0] === "negotiated")) {
    throw new Error(`Not legal after ${hexOf(clientSaid)}: ${hexOf(heard)}`);
  }
  expect(scene.open()).toStrictEqual([]);
}

/** With a clock in it a failure is told as it is: each step of shrinking might take seconds. */
function fuzzing(usual: number) {
  return { ...runs(usual), endOnFailure: true };
}

const chunks = fc.constantFrom(undefined, 1, 3);
const version = fc.constantFrom(...VERSIONS);
const server = fc.constantFrom(...SERVERS);
const closes = fc.boolean();
const VNC_AUTH_IN_3_3 = SERVERS.find(({ name }) => name === "VncAuth in 3.3");

function schemesOf({ scheme }: ServerScript): readonly string[] {
  return [scheme, "x509none", "none"];
}

describe("Whatever comes, the proxy ends in time, tells the log, and the client is told nothing but RFB", () => {
  test("from a client: any bytes", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(PIECE, { maxLength: 6 }),
        server,
        chunks,
        closes,
        async (pieces, script, chunk, close) => {
          const scene = bed({
            schemes: schemesOf(script),
            handshakeTimeout: DEADLINE,
            client: { chunk },
            server: { chunk },
          });
          void blindly(scene.server, [...script.before, ...script.after], true);
          await blindly(
            scene.client,
            pieces.map((piece) => says(piece)),
            close,
          );
          await endsLegally(scene, join(pieces));
        },
      ),
      fuzzing(300),
    );
  });

  test("from a client: a right handshake with a byte changed", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(version, MUTATION, server, chunks, closes, async (number, mutation, script, chunk, close) => {
        const scene = bed({
          schemes: [script.scheme],
          handshakeTimeout: DEADLINE,
          client: { chunk },
          server: { chunk },
        });
        const bytes = mutated(CLIENT_BYTES[number], mutation);
        void blindly(scene.server, [...script.before, ...script.after], true);
        await blindly(scene.client, [says(bytes)], close);
        await endsLegally(scene, bytes);
      }),
      fuzzing(300),
    );
  });

  test("from a server: any bytes", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(PIECE, { maxLength: 9 }),
        version,
        chunks,
        closes,
        async (pieces, number, chunk, close) => {
          const schemes = ["x509none", "plain", "vncauth", "none"];
          const scene = bed({ schemes, handshakeTimeout: DEADLINE, client: { chunk }, server: { chunk } });
          void blindly(scene.client, CLIENTS[number], false);
          await blindly(scene.server, [says(V38), ...pieces.map((piece) => says(piece))], close);
          setTimeout(() => scene.server.abort(), DEADLINE);
          await endsLegally(scene, CLIENT_BYTES[number]);
        },
      ),
      fuzzing(300),
    );
  });

  test("from a server: a right handshake with a byte changed", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(server, MUTATION, version, chunks, closes, async (script, mutation, number, chunk, close) => {
        const scene = bed({
          schemes: schemesOf(script),
          handshakeTimeout: DEADLINE,
          client: { chunk },
          server: { chunk },
        });
        void blindly(scene.client, CLIENTS[number], false);
        // The byte may let the client in by another scheme than the script's, which then waits for what nobody says.
        setTimeout(() => scene.server.abort(), 2 * DEADLINE);
        await blindly(scene.server, mutatedScript([...script.before, ...script.after], mutation), close);
        setTimeout(() => scene.server.abort(), DEADLINE);
        await endsLegally(scene, CLIENT_BYTES[number]);
      }),
      // A server of VncAuth in 3.3 whose changed byte makes it offer None.
      { ...fuzzing(400), examples: [[VNC_AUTH_IN_3_3!, { at: 159, to: 1, how: "insert" }, "3.8", 3, false]] },
    );
  });
});

describe("The law that the proxy is held to here", () => {
  test("knows what each version and moment allow", () => {
    for (const number of VERSIONS) {
      const before = turnedAway(number, "before it is offered anything");
      expect(isLegal(join([V38, before]), number, false)).toBe(true);
      expect(isLegal(join([V38, before, hex("00")]), number, false)).toBe(false);
      if (number === "3.3") continue;
      expect(isLegal(join([V38, hex("0101"), turnedAway(number, "after its choice")]), number, false)).toBe(true);
      expect(isLegal(join([V38, before, hex("0101")]), number, false)).toBe(false);
    }
  });

  test("knows what it does not allow", () => {
    for (const bytes of [
      "00",
      "01",
      "0102",
      "010200",
      "0101 00000000",
      "0101 00000001 00000001 78",
      "00 00000001 1b",
    ]) {
      expect(isLegal(join([V38, hex(bytes)]), "3.8", false)).toBe(false);
    }
    expect(isLegal(join([V38, hex("00000001")]), "3.3", false)).toBe(false);
    expect(isLegal(join([V37]), "3.8", false)).toBe(false);
    expect(isLegal(join([V38, hex("0101 00000001 00000023"), GENERIC]), "3.7", false)).toBe(false);
  });
});
