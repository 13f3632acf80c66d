import { constants, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import {
  type CredentialSource,
  type RsaJwk,
  type ServerKeyCheck,
  schemesNamed,
  type Verifier,
} from "../../auth/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { admitClient, joinServer } from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import {
  blockOf,
  fingerprintOf,
  type Passed,
  passAsClient,
  passAsServer,
  RA2_TYPES,
  type Ra2Name,
  type Twists,
  wireOver,
} from "../auth/ra2_peer.ts";
import { jwkOf, keyOf, makeOneKeyOnly } from "../auth/rsa_keys.ts";
import { be16, hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { soon } from "../proxy/bed.ts";

const NAMES = Object.keys(RA2_TYPES) as Ra2Name[];
const REKEYING = NAMES.filter((name) => RA2_TYPES[name].rekeys);
const KNOWN = { username: "ada", password: "engine no. 9" };
const VERIFIER: Verifier = {
  password: () => KNOWN.password,
  verify: (username, password) => username === KNOWN.username && password === KNOWN.password,
};
/** The peer's key, of a length that is not whole bytes, and with an exponent of its own; and one for the server. */
const KEY = keyOf(1500, 3);
const SERVER_KEY = keyOf(1024);
const SERVER_JWK = jwkOf(SERVER_KEY);

const SERVER_INIT = {
  framebufferWidth: 640,
  framebufferHeight: 480,
  serverPixelFormat: RGBX8888,
  name: latin1("desk"),
};
/** RFC 6143 §7.3.2: 640 × 480, 32 bits, depth 24, little-endian, true colour; "desk". */
const SERVER_INIT_BYTES = hex("0280 01e0 20 18 00 01 00ff 00ff 00ff 00 08 10 000000 00000004 6465736b");
/** RFC 6143 §7.5.4 and §7.6.2. */
const KEY_EVENT = hex("04 01 0000 00000061");
const BELL = hex("02");

makeOneKeyOnly();

interface ServerOptions {
  readonly verifier?: Verifier;
  readonly rsaKey?: RsaJwk | string;
}

function admitted(
  transport: Transport,
  name: Ra2Name,
  { verifier = VERIFIER, rsaKey = SERVER_JWK }: ServerOptions = {},
) {
  const authentication = { schemes: schemesNamed([name]), verifier: { ...verifier, rsaKey } };
  return admitClient(transport, { authentication, serverInit: SERVER_INIT });
}

function joined(
  transport: Transport,
  name: Ra2Name,
  credentials: CredentialSource = () => KNOWN,
  trustsServerKey: ServerKeyCheck | undefined = () => true,
) {
  return joinServer(transport, { authentication: { schemes: schemesNamed([name]), credentials, trustsServerKey } });
}

/** What `work` failed with. */
async function failureOf(work: Promise<unknown>): Promise<RfbError> {
  const error = await soon(
    "failure",
    work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  expect(error).toBeInstanceOf(RfbError);
  return error as RfbError;
}

/** The peer's end of a session, as bytes; with `isAhead` it has said its part of the beginning already. */
async function playServer({ wire }: Passed, isAhead = false): Promise<void> {
  if (!isAhead) await wire.write(hex("00000000"));
  expect(hexOf(await wire.read(1))).toBe("01");
  if (!isAhead) await wire.write(SERVER_INIT_BYTES);
  expect(hexOf(await wire.read(8))).toBe(hexOf(KEY_EVENT));
  await wire.write(BELL);
}

async function playClient({ wire }: Passed, isAhead = false): Promise<void> {
  expect(hexOf(await wire.read(4))).toBe("00000000");
  if (!isAhead) await wire.write(hex("01"));
  expect(hexOf(await wire.read(SERVER_INIT_BYTES.length))).toBe(hexOf(SERVER_INIT_BYTES));
  if (!isAhead) await wire.write(KEY_EVENT);
  expect(hexOf(await wire.read(1))).toBe(hexOf(BELL));
}

describe.each(NAMES.flatMap((name) => [undefined, 1, 7].map((chunk) => [name, chunk ?? "all", chunk] as const)))(
  "%s, %s bytes at a time",
  (name, _chunk, chunk) => {
    test("lets in a client on OpenSSL, and goes on with it", async () => {
      const [near, far] = createMemoryPair({ chunk });
      const admitting = admitted(near, name);
      const passed = await soon("passing", passAsClient(far, name, KNOWN, KEY));
      expect(passed.subtype).toBe(1);
      const playing = playClient(passed);
      const server = await soon("admitted", admitting);
      expect(await server.next()).toStrictEqual({ type: "keyEvent", downFlag: 1, key: 0x61 });
      await server.send({ type: "bell" });
      await soon("session", playing);
    });

    test.each([1, 2])("joins a server on OpenSSL that asks for subtype %d, and goes on with it", async (subtype) => {
      const [near, far] = createMemoryPair({ chunk });
      const credentials = vi.fn((_request: Parameters<CredentialSource>[0]) => KNOWN);
      const joining = joined(near, name, credentials);
      const passed = await soon("passing", passAsServer(far, name, subtype, KEY));
      expect([passed.username, passed.password]).toStrictEqual([subtype === 1 ? KNOWN.username : "", KNOWN.password]);
      const needs = subtype === 1 ? ["username", "password"] : ["password"];
      expect(credentials.mock.calls).toMatchObject([[{ scheme: { name }, needs }]]);
      const playing = playServer(passed);
      const client = await soon("joined", joining);
      expect(client.session).toMatchObject({ phase: "normal", name: latin1("desk") });
      await client.send({ type: "keyEvent", downFlag: 1, key: 0x61 });
      expect(await soon("bell", client.next())).toStrictEqual({ type: "bell" });
      await soon("session", playing);
    });
  },
);

describe.each(NAMES)("%s", (name) => {
  const { sealsAll, rekeys, number } = RA2_TYPES[name];

  test.each([1, 3])("reads messages in frames of %d, which fit none of them, and empty ones", async (frameLength) => {
    const [near, far] = createMemoryPair();
    const admitting = admitted(near, name);
    const playing = passAsClient(far, name, KNOWN, KEY, { frameLength }).then(playClient);
    const server = await soon("admitted", admitting);
    expect(await server.next()).toMatchObject({ type: "keyEvent" });
    await server.send({ type: "bell" });
    await soon("session", playing);

    const [here, there] = createMemoryPair();
    const joining = joined(here, name);
    const serving = passAsServer(there, name, 1, KEY, { frameLength }).then(playServer);
    const client = await soon("joined", joining);
    await client.send({ type: "keyEvent", downFlag: 1, key: 0x61 });
    expect(await soon("bell", client.next())).toStrictEqual({ type: "bell" });
    await soon("session", serving);
  });

  test("tells who is turned away so, in a frame where all is sealed, and no more than that", async () => {
    const failures: RfbError[] = [];
    for (const wrong of [
      { ...KNOWN, username: "Ada" },
      { ...KNOWN, password: "Engine no. 9" },
      { ...KNOWN, password: "" },
      { username: "", password: "" },
    ]) {
      const [near, far] = createMemoryPair();
      const admitting = failureOf(admitted(near, name));
      const { wire } = await soon("passing", passAsClient(far, name, wrong, KEY));
      failures.push(await admitting);
      const reason = latin1("Authentication failed");
      expect(hexOf(await wire.read(8 + reason.length))).toBe(`0000000100000015${hexOf(reason)}`);
      await expect(wire.read(1)).rejects.toThrow("the peer closed");
    }
    for (const error of failures) {
      expect(error).toMatchObject({
        code: "authentication",
        act: "Cannot let the client in",
        reason: "wrong user or password",
      });
    }
  });

  test("checks a password alone where there is no more to check it with", async () => {
    const verifier = { password: async () => KNOWN.password };
    const [near, far] = createMemoryPair();
    const admitting = admitted(near, name, { verifier });
    const passed = await soon("passing", passAsClient(far, name, { ...KNOWN, username: "whoever" }, KEY));
    expect(passed.subtype).toBe(2);
    const playing = playClient(passed);
    const server = await soon("admitted", admitting);
    await server.send({ type: "bell" });
    await soon("session", playing);

    for (const password of ["", "engine no. ", "engine no. 99", "Engine no. 9"]) {
      const [here, there] = createMemoryPair();
      const refusing = failureOf(admitted(here, name, { verifier }));
      await soon("passing", passAsClient(there, name, { ...KNOWN, password }, KEY));
      expect(await refusing).toMatchObject({ code: "authentication", reason: "wrong password" });
    }
  });

  test("hears why it is turned away, from a frame where all is sealed", async () => {
    const [near, far] = createMemoryPair();
    const joining = failureOf(joined(near, name));
    const { wire } = await soon("passing", passAsServer(far, name, 1, KEY));
    await wire.write(join([hex("00000001 00000006"), latin1("locked")]));
    expect(await joining).toMatchObject({ code: "authentication", reason: 'the server refused: "locked"' });
  });

  test("shows the server's key to who trusts it, or not", async () => {
    const trusts = vi.fn(async (_key: Parameters<ServerKeyCheck>[0]) => true);
    const [near, far] = createMemoryPair();
    const joining = joined(near, name, () => KNOWN, trusts);
    await soon(
      "session",
      passAsServer(far, name, 1, KEY).then(async ({ wire }) => {
        await wire.write(hex("00000000"));
        await wire.write(SERVER_INIT_BYTES);
      }),
    );
    await soon("joined", joining);
    const bytes = Uint8Array.from(blockOf(KEY));
    const fingerprint = fingerprintOf(bytes);
    expect(fingerprint).toMatch(/^([0-9a-f]{2}-){7}[0-9a-f]{2}$/);
    expect(trusts.mock.calls).toStrictEqual([[{ scheme: schemesNamed([name])[0], bytes, fingerprint }]]);
  });

  test.each<[string, ServerKeyCheck | undefined]>([
    ["nobody is asked", undefined],
    ["it is said not to be", () => false],
    ["it is said so later", async () => false],
  ])("says nothing at all to a server whose key is not trusted: %s", async (_how, trusts) => {
    const [near, far] = createMemoryPair();
    const credentials = vi.fn(() => KNOWN);
    const options = { schemes: schemesNamed([name]), credentials, ...(trusts && { trustsServerKey: trusts }) };
    const joining = failureOf(joinServer(near, { authentication: options }));
    const wire = wireOver(far);
    await wire.write(latin1("RFB 003.008\n"));
    await wire.read(12);
    await wire.write(Uint8Array.of(1, number));
    await wire.read(1);
    await wire.write(blockOf(KEY));
    expect(await joining).toMatchObject({
      code: "insecure",
      act: "Cannot trust the server's key",
      reason: `fingerprint ${fingerprintOf(blockOf(KEY))}: if that is the right server's, trust it by trustsServerKey`,
    });
    expect(credentials).not.toHaveBeenCalled();
    await expect(wire.read(1)).rejects.toThrow("the peer closed after 0 bytes");
  });

  test("opens what came ahead of the records, whole frames and part of the last one's bytes", async () => {
    const [near, far] = createMemoryPair();
    const joining = joined(near, name);
    // In the subtype's frame, and in frames behind it: all at hand when the credentials have gone out. Where keys are made
    // anew, in frames of the new ones behind the random.
    const result = rekeys
      ? { ahead: [hex("0000"), hex("00"), hex("00")] }
      : { trailing: hex("0000"), ahead: [hex("00"), hex("00")] };
    const ahead = sealsAll ? result : {};
    const passed = await soon("passing", passAsServer(far, name, 1, KEY, ahead));
    if (!sealsAll) await passed.wire.write(hex("00000000"));
    await passed.wire.write(SERVER_INIT_BYTES);
    expect((await soon("joined", joining)).session.phase).toBe("normal");
    expect(hexOf(await passed.wire.read(1))).toBe("01");

    const [here, there] = createMemoryPair();
    const admitting = admitted(here, name);
    const init = rekeys ? { ahead: [hex("01"), KEY_EVENT] } : { trailing: hex("01"), ahead: [KEY_EVENT] };
    const eager = sealsAll ? init : {};
    const client = await soon("passing", passAsClient(there, name, KNOWN, KEY, eager));
    if (!sealsAll) await client.wire.write(join([hex("01"), KEY_EVENT]));
    const server = await soon("admitted", admitting);
    expect(await soon("key", server.next())).toStrictEqual({ type: "keyEvent", downFlag: 1, key: 0x61 });
  });

  test("carries an update of megabytes, in frames", async () => {
    const [near, far] = createMemoryPair({ chunk: 3000 });
    const admitting = admitted(near, name);
    const [client, server] = await soon("meeting", Promise.all([joined(far, name), admitting]), 5000);
    const pixels = Uint8Array.from(randomBytes(640 * 480 * 4));
    const update = join([hex("00 00 0001"), hex("0000 0000 0280 01e0 00000000"), pixels]);
    const sending = server.sendBytes(update);
    const received: Uint8Array[] = [];
    for (;;) {
      const event = await soon("update", client.next());
      if (event?.type === "rectanglePayload") received.push(event.bytes.slice());
      if (event?.type === "framebufferUpdateEnd") break;
    }
    await sending;
    expect(Buffer.from(join(received)).equals(Buffer.from(pixels))).toBe(true);
  });
});

describe("Bytes that are left in the last frame of a type that does not seal all", () => {
  const reason = (count: number) => ({
    code: "trailing",
    message: expect.stringMatching(
      new RegExp(`^Cannot pass RSA-AES at \\d+: ${count} bytes are left in its last frame$`),
    ),
  });

  test.each(["ra2ne", "ra2ne_256"] as const)("end %s", async (name) => {
    const [near, far] = createMemoryPair();
    const joining = failureOf(joined(near, name));
    await soon("passing", passAsServer(far, name, 1, KEY, { trailing: hex("0000") }));
    expect(await joining).toMatchObject(reason(2));

    const [here, there] = createMemoryPair();
    const admitting = failureOf(admitted(here, name));
    await soon("passing", passAsClient(there, name, KNOWN, KEY, { trailing: hex("01") }));
    expect(await admitting).toMatchObject(reason(1));
  });
});

describe.each(REKEYING)("The second round of %s", (name) => {
  /** What our client or server makes of a peer: a session with a message each way, or what it fails with. */
  async function met(role: "client" | "server", twists: Twists, verifier: Verifier = VERIFIER): Promise<unknown> {
    const [near, far] = createMemoryPair();
    const isAhead = twists.ahead !== undefined;
    const play =
      role === "client"
        ? passAsServer(far, name, 1, KEY, twists).then((passed) => playServer(passed, isAhead))
        : passAsClient(far, name, KNOWN, KEY, twists).then((passed) => playClient(passed, isAhead));
    const peer = play.catch((error: unknown) => error);
    const ours = await soon(
      "outcome",
      (role === "client" ? useClient() : useServer()).catch((error: unknown) => error),
    );
    if (ours === undefined) expect(await soon("peer", peer)).toBeUndefined();
    for (const end of [near, far]) end.abort();
    return ours ?? "passed";

    async function useClient(): Promise<void> {
      const client = await joined(near, name);
      await client.send({ type: "keyEvent", downFlag: 1, key: 0x61 });
      expect(await client.next()).toStrictEqual({ type: "bell" });
    }
    async function useServer(): Promise<void> {
      const server = await admitted(near, name, { verifier });
      expect(await server.next()).toStrictEqual({ type: "keyEvent", downFlag: 1, key: 0x61 });
      await server.send({ type: "bell" });
    }
  }

  const ROLES = ["client", "server"] as const;

  /** What our client's or server's peer can say without an answer to it, once there are new keys. */
  function aheadOf(role: "client" | "server"): readonly Uint8Array[] {
    return role === "client" ? [hex("00000000"), SERVER_INIT_BYTES] : [hex("01"), KEY_EVENT];
  }

  test.each(ROLES)("waits for nobody, and lets others wait: our %s", async (role) => {
    for (const order of ["first", "last", "joined"] as const) {
      for (const frameLength of [undefined, 1, 5]) {
        expect(await met(role, { order, ...(frameLength !== undefined && { frameLength }) }), order).toBe("passed");
      }
    }
  });

  test.each(ROLES)("ends where it ends, wherever the bytes are cut: our %s", { timeout: 60_000 }, async (role) => {
    const ahead = aheadOf(role);
    const lengths = [RA2_TYPES[name].length, ...ahead.map((message) => message.length)];
    const whole = lengths.reduce((sum, length) => sum + 2 + length + 16, 0);
    for (let cut = 1; cut < whole; cut++) expect(await met(role, { ahead, cut }), `cut at ${cut}`).toBe("passed");
  });

  const TAG = { code: "insecure", reason: "its tag does not match" };
  const LEFT = { code: "trailing", act: "Cannot pass RSA-AES" };
  test.each<[string, Twists, object]>([
    ["a tag that was changed", { randomFrame: (frame) => frame.with(-1, frame.at(-1)! ^ 1) }, TAG],
    ["a random that was changed", { randomFrame: (frame) => frame.with(2, frame[2]! ^ 1) }, TAG],
    ["a length that was changed", { randomFrame: (frame) => join([hex("0001"), frame.slice(2)]) }, TAG],
    ["a random that comes twice", { randomFrame: (frame) => join([frame, frame]) }, TAG],
    ["a random that lacks a byte", { random: (random) => random.slice(1) }, TAG],
    ["another random than the keys are made of", { random: (random) => random.with(0, random[0]! ^ 1) }, TAG],
    [
      "a random with a byte more",
      { trailing: hex("00") },
      { ...LEFT, reason: "1 bytes are left in the last frame of its first keys" },
    ],
    [
      "a random with a length ahead of it",
      { random: (random) => join([be16(random.length), random]) },
      { ...LEFT, reason: "2 bytes are left in the last frame of its first keys" },
    ],
    [
      "what comes behind it in the same frame",
      { trailing: hex("00000000") },
      { ...LEFT, reason: "4 bytes are left in the last frame of its first keys" },
    ],
    ["old keys where the new ones hold", { keeps: "keys" }, TAG],
    ["new keys whose count goes on", { keeps: "counts" }, TAG],
  ])("fails at %s", async (_what, twists, expected) => {
    for (const order of ["first", "last"] as const) {
      for (const role of ROLES) {
        const outcome = await met(role, { order, ahead: aheadOf(role), ...twists });
        expect(outcome, `${role}, ${order}`).toMatchObject(expected);
      }
    }
  });

  test("comes ahead of the check of the credentials, and without it there is none", async () => {
    const verify = vi.fn(() => true);
    const random = (bytes: Uint8Array): Uint8Array => {
      // Ours has come by now.
      expect(verify).not.toHaveBeenCalled();
      return bytes;
    };
    expect(await met("server", { order: "last", random }, { verify })).toBe("passed");
    expect(verify).toHaveBeenCalledTimes(1);
    expect(await met("server", { order: "last", trailing: hex("00") }, { verify })).toMatchObject(LEFT);
    expect(verify).toHaveBeenCalledTimes(1);
  });

  test("is the same for right and wrong credentials, until SecurityResult", async () => {
    const sizes: string[] = [];
    for (const [password, result] of [
      [KNOWN.password, "00000000"],
      ["engine no. 8", "00000001"],
    ] as const) {
      const [near, far] = createMemoryPair();
      const written: number[] = [];
      const write = (bytes: Uint8Array): Promise<void> => {
        written.push(bytes.length);
        return near.write(bytes);
      };
      admitted({ ...near, write }, name).catch(() => undefined);
      const random = (bytes: Uint8Array): Uint8Array => {
        sizes.push(written.join());
        return bytes;
      };
      const passing = passAsClient(far, name, { ...KNOWN, password }, KEY, { order: "last", random });
      const { wire } = await soon("passing", passing);
      expect(hexOf(await wire.read(4))).toBe(result);
      near.abort();
    }
    expect(sizes[0]).toMatch(new RegExp(`,${2 + RA2_TYPES[name].length + 16}$`));
    expect(sizes[1]).toBe(sizes[0]);
  });
});

/** A key of 1504 bits whose parts can be set. */
function block({ bits = 1504, modulus = "ff".repeat(188), exponent = "010001" } = {}): Uint8Array {
  return join([hex(bits.toString(16).padStart(8, "0")), hex(modulus), hex(exponent.padStart(modulus.length, "0"))]);
}

const FAULTS: readonly (readonly [string, Twists, string, string])[] = [
  ["a key of 1023 bits", { block: () => block({ bits: 1023 }) }, "insecure", "1023 bits, and 1024 are the least"],
  ["a key of 8193 bits", { block: () => block({ bits: 8193 }) }, "limit", "limit maxRsaKeyLength is 8192, got 8193"],
  ["an even modulus", { block: () => block({ modulus: "fe".repeat(188) }) }, "malformed", "its modulus is even"],
  [
    "a modulus that is shorter than it says",
    { block: () => block({ modulus: `00${"ff".repeat(187)}` }) },
    "malformed",
    "its modulus is shorter than it says",
  ],
  [
    "the exponent 1",
    { block: () => block({ exponent: "01" }) },
    "malformed",
    "its exponent is not an odd number from 3",
  ],
  [
    "an exponent that only costs time",
    { block: () => block({ exponent: "ff".repeat(188) }) },
    "insecure",
    "its exponent is above 64 bits",
  ],
  ["a random of another length", { encryptedRandom: (bytes) => bytes.slice(1) }, "malformed", "bytes, for a key of"],
  ["a random that is none", { encryptedRandom: (bytes) => bytes.map(() => 1) }, "insecure", "its tag does not match"],
  ["a random for somebody else", { encryptedRandom: (bytes) => bytes.map((byte) => byte ^ 1) }, "insecure", "its tag"],
  [
    "a frame that was changed",
    { frame: (bytes) => bytes.with(5, bytes[5]! ^ 1) },
    "insecure",
    "its tag does not match",
  ],
  ["a tag that was changed", { frame: (bytes) => bytes.with(-1, bytes.at(-1)! ^ 1) }, "insecure", "its tag"],
  ["a hash of other keys", { hash: (bytes) => bytes.with(3, bytes[3]! ^ 1) }, "insecure", "hash is of other keys"],
];

describe.each(NAMES)("%s fails, and asks nobody for anything, at", (name) => {
  test.each(FAULTS)("%s, of a server", async (_what, twists, code, reason) => {
    const [near, far] = createMemoryPair();
    const credentials = vi.fn(() => KNOWN);
    const joining = failureOf(joined(near, name, credentials));
    const passing: Promise<unknown> = passAsServer(far, name, 1, KEY, twists).catch(() => undefined);
    const error = await joining;
    expect(error).toMatchObject({ code, reason: expect.stringContaining(reason) });
    await soon("end", passing);
    expect(credentials).not.toHaveBeenCalled();
  });

  test.each(FAULTS)("%s, of a client", async (_what, twists, code, reason) => {
    const [near, far] = createMemoryPair();
    const verify = vi.fn(() => true);
    const admitting = failureOf(admitted(near, name, { verifier: { verify } }));
    const passing = passAsClient(far, name, KNOWN, KEY, twists).catch(() => undefined);
    const error = await admitting;
    expect(error).toMatchObject({ code, reason: expect.stringContaining(reason) });
    await soon("end", passing);
    expect(verify).not.toHaveBeenCalled();
  });

  test.each([0, 3, 255])("subtype %d, which stands for nothing", async (subtype) => {
    const [near, far] = createMemoryPair();
    const joining = failureOf(joined(near, name));
    await soon(
      "passing",
      passAsServer(far, name, 1, KEY, { subtype }).catch(() => undefined),
    );
    expect(await joining).toMatchObject({
      code: "malformed",
      message: expect.stringMatching(`^Cannot read an RSA-AES subtype at \\d+: ${subtype} stands for nothing$`),
    });
  });
});

test("A random that is padded wrongly ends as one that is another, after as many bytes", async () => {
  const outcomes: string[] = [];
  const key = { key: createPublicKey(SERVER_KEY), padding: constants.RSA_PKCS1_PADDING };
  for (const encryptedRandom of [
    (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1), // padded wrongly, but for one chance in millions
    () => Uint8Array.from(publicEncrypt(key, randomBytes(16))),
  ]) {
    const [near, far] = createMemoryPair();
    const sizes: number[] = [];
    const counted: Transport = {
      ...near,
      write: (bytes) => {
        sizes.push(bytes.length);
        return near.write(bytes);
      },
    };
    const admitting = failureOf(admitted(counted, "ra2"));
    await passAsClient(far, "ra2", KNOWN, KEY, { encryptedRandom }).catch(() => undefined);
    outcomes.push(`${(await admitting).message} after ${sizes}`);
  }
  expect(outcomes[0]).toMatch(/^Cannot open an RSA-AES frame at \d+: its tag does not match after /);
  expect(outcomes[1]).toBe(outcomes[0]);
});

describe("Credentials", () => {
  test.each(["username", "password"] as const)(
    "of more than 255 bytes are refused, and not told: %s",
    async (which) => {
      const [near, far] = createMemoryPair();
      const joining = joined(near, "ra2", () => ({ ...KNOWN, [which]: "é".repeat(128) }));
      joining.catch(() => undefined);
      await passAsServer(far, "ra2", 1, KEY).catch(() => undefined);
      const what = which === "username" ? "user name" : which;
      await expect(joining).rejects.toThrow(
        new RangeError(`Cannot send a ${what} of 256 bytes: RSA-AES has room for 255`),
      );
    },
  );

  test("of 255 bytes each pass, in UTF-8", async () => {
    const long = { username: `${"é".repeat(127)}u`, password: `${"€".repeat(85)}` };
    const [near, far] = createMemoryPair();
    joined(near, "ra2_256", () => long).catch(() => undefined);
    const { username, password } = await soon("passing", passAsServer(far, "ra2_256", 1, KEY));
    expect({ username, password }).toStrictEqual(long);
    near.abort();
  });

  test("without a user's name are not enough for a server that asks for it", async () => {
    const [near, far] = createMemoryPair();
    const joining = joined(near, "ra2", () => ({ password: "x" }));
    joining.catch(() => undefined);
    await passAsServer(far, "ra2", 1, KEY).catch(() => undefined);
    await expect(joining).rejects.toThrow("Cannot use ra2: no username was given");
  });
});

test.each([
  ["a key", { verify: () => true }, "the verifier has no rsaKey"],
  ["anything to check with", { rsaKey: SERVER_JWK }, "the verifier has neither verify nor password"],
] as const)("A server without %s serves no RSA-AES", (_what, verifier, reason) => {
  const [scheme] = schemesNamed(["ra2"]);
  const context = { scheme: scheme!, verifier, random: randomBytes, limits: {} as never };
  expect(() => scheme!.server(context)).toThrow(new TypeError(`Cannot serve RSA-AES: ${reason}`));
});
