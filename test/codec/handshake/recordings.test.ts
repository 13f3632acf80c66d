import { describe, expect, test } from "vitest";
import { RfbError } from "../../../codec/errors.ts";
import {
  createClientHandshake,
  createServerHandshake,
  decodeProtocolVersion,
  type Exchange,
} from "../../../codec/handshake/mod.ts";
import { bytewise, hexOf, join } from "../bytes.ts";
import { hasCorpus, recordings, withCorpus } from "../recordings.ts";
import { RECORDED_HANDSHAKES, type RecordedHandshake } from "./recordings.ts";
import {
  type HandshakeRun,
  none,
  runClient,
  runServer,
  scripted,
  vencryptClient,
  vencryptServer,
  vncAuthClient,
  vncAuthServer,
} from "./runs.ts";

const named = RECORDED_HANDSHAKES.map((recording) => [recording.name, recording] as const);

describe.each(named)("our client against the server of %s", (_name, recording) => {
  test.each([
    ["at once", (bytes: Uint8Array) => [bytes]],
    ["byte by byte", bytewise],
  ] as const)("ends as recorded, its bytes coming %s", (_how, chunked) => {
    const chunks = chunked(asGreeted(recording));
    const result = runClient(createClientHandshake(), chunks, (offered) => chosenBy(recording, offered), true);
    expectEnd(recording, result);
    // Our answer to a version is the rule's; the recorded client's was at times wrong on purpose, as was its choice.
    if (recording.ends.as === "closed") return;
    expect(hexOf(result.sent.subarray(12))).toBe(hexOf(recording.client.subarray(12, result.sent.length)));
  });
});

/**
 * The recorded clients answer lower versions to a server of 3.8; ours answers what it is asked.
 * So it is greeted with what they have answered, where that changes what follows.
 */
function asGreeted({ server, client }: RecordedHandshake): Uint8Array {
  const { major, minor } = decodeProtocolVersion(client);
  return major === 3 && minor < 8 ? join([client.subarray(0, 12), server.subarray(12)]) : server;
}

function chosenBy({ client, ends }: RecordedHandshake, offered: readonly number[]): readonly [number, Exchange] {
  const is33 = decodeProtocolVersion(client).minor < 7;
  const at = is33 ? 12 : 13;
  const chosen = is33 ? offered[0]! : client[12]!;
  // Two clients chose what was not on offer. Ours cannot, and the server closes all the same.
  if (!offered.includes(chosen)) return [offered[0]!, scripted({ take: 999 })];
  switch (chosen) {
    case 1:
      return [1, none()];
    case 2:
      return [2, vncAuthClient(client.slice(at, at + 16))];
    default:
      return [chosen, vencryptClient(subtypeIn(client), ends.as === "startTls")];
  }
}

const subtypeIn = (client: Uint8Array): number => new DataView(client.buffer, client.byteOffset).getUint32(15);

function expectEnd({ ends, server }: RecordedHandshake, { error, rest, steps, session }: HandshakeRun): void {
  switch (ends.as) {
    case "done":
      expect(error).toBeUndefined();
      expect(rest).toHaveLength(0);
      expect(session.phase).toBe("clientInit");
      return;
    case "startTls":
      expect(error).toBeUndefined();
      expect(steps.at(-1)).toMatch(/^startTls (x509|anonymous)$/);
      return;
    case "refused":
      expect(error).toBeInstanceOf(RfbError);
      expect((error as RfbError).code).toBe("authentication");
      expect((error as RfbError).reason.replace("the server refused: ", "")).toBe(ends.reason);
      return;
    case "closed":
      expect(error).toMatchObject({ code: "truncated", offset: server.length });
      return;
  }
}

// What our server would say in the recorded one's place: all but the refusals that are not in the rules.
const servable = RECORDED_HANDSHAKES.filter(({ name }) => !["qemu-badversion", "xtigervnc-toomany"].includes(name)).map(
  (recording) => [recording.name, recording] as const,
);

describe.each(servable)("our server against the client of %s", (_name, recording) => {
  test.each([
    ["at once", (bytes: Uint8Array) => [bytes]],
    ["byte by byte", bytewise],
  ] as const)("says what was recorded, the client's bytes coming %s", (_how, chunked) => {
    const { client, server, ends } = recording;
    const is33 = decodeProtocolVersion(client).minor < 7;
    const offered = is33 ? [server[15]!] : [...server.subarray(13, 13 + server[12]!)];
    const at = is33 ? 16 : 13 + offered.length;
    const handshake = createServerHandshake();
    const result = runServer(handshake, chunked(client.slice()), {
      offer: offered,
      exchange: (type) => {
        if (type === 1) return none();
        if (type === 2) return vncAuthServer(server.slice(at, at + 16));
        return vencryptServer(server.slice(at + 3, -1), subtypeIn(client), ends.as === "startTls");
      },
      accept: ends.as !== "refused",
    });
    const said = reasonIn(recording);
    const sent = said === undefined ? result.sent : join([result.sent, handshake.refuse(said)]);
    expect(hexOf(sent)).toBe(hexOf(server));
    if (ends.as === "done") expect(result.rest).toStrictEqual(client.subarray(-1));
  });
});

/** The reason that the server gave, to give it again. */
function reasonIn({ name, ends, server }: RecordedHandshake): string | undefined {
  if (ends.as !== "refused" || name.endsWith("badsub")) return undefined;
  // QEMU counts a NUL that is not shown.
  return ends.reason.startsWith('"') ? `${ends.reason.slice(1, -1)}${server.at(-1) === 0 ? "\0" : ""}` : "";
}

test.skipIf(!hasCorpus)(`the handshakes above are those of the corpus, byte for byte${withCorpus}`, () => {
  const corpus = new Map(recordings().map((recording) => [recording.name, recording]));
  for (const { name, server, client, ends } of RECORDED_HANDSHAKES) {
    const recording = corpus.get(name)!;
    expect(hexOf(recording.server().subarray(0, server.length)), name).toBe(hexOf(server));
    expect(hexOf(recording.client().subarray(0, client.length)), name).toBe(hexOf(client));
    if (ends.as !== "done") expect(recording.server(), name).toHaveLength(server.length);
  }
  const handshakes = [...corpus.values()].filter(({ meta }) => meta.kind === "handshake").map(({ name }) => name);
  expect(handshakes.filter((name) => !RECORDED_HANDSHAKES.some((recorded) => recorded.name === name))).toStrictEqual(
    [],
  );
});

test.skipIf(!hasCorpus)(`every recorded connection with None begins with a handshake of ours${withCorpus}`, () => {
  let replayed = 0;
  for (const { name, meta, server, client } of recordings()) {
    if (meta.security !== "None" || meta.server_init_end === undefined || name.includes("tightsecurity")) continue;
    const { minor } = decodeProtocolVersion(client());
    const bytes = join([minor < 8 ? client().subarray(0, 12) : server().subarray(0, 12), server().subarray(12)]);
    const { error, rest, sent } = runClient(createClientHandshake(), [bytes], () => [1, none()]);
    expect(error, name).toBeUndefined();
    const initAt = bytes.length - rest!.length;
    const version = minor < 7 ? 12 + 4 : minor === 7 ? 12 + 1 + bytes[12]! : 12 + 1 + bytes[12]! + 4;
    expect(initAt, name).toBe(version);
    expect(hexOf(sent.subarray(12)), name).toBe(minor < 7 ? "" : "01");
    replayed += 1;
  }
  expect(replayed).toBeGreaterThan(100);
});
