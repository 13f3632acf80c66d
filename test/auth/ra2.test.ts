import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { schemesNamed, webRandom } from "../../auth/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { bytes } from "../codec/arbitraries.ts";
import { hex, join } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { clientContext, serverContext } from "./contexts.ts";
import { KNOWN, VERIFIER } from "./everybody.ts";
import { type MeetingOptions, meet } from "./meeting.ts";
import { fed } from "./pulling.ts";
import { jwkOf, keyOf, makeOneKeyOnly } from "./rsa_keys.ts";

const NAMES = ["ra2", "ra2ne", "ra2r", "ra2_256", "ra2ne_256", "ra2r_256"] as const;
const RSA_KEY = jwkOf(keyOf(1024));
const VERIFYING = { ...VERIFIER, rsaKey: RSA_KEY };
/** Digits of a version, and of the list of one type or the choice of it. */
const AFTER_OFFER = 2 * (12 + 2);
const AFTER_CHOICE = 2 * (12 + 1);
const hexOfText = (text: string): string => Buffer.from(text).toString("hex");

function meeting(name: string, credentials: object = KNOWN, more: Partial<MeetingOptions> = {}): MeetingOptions {
  const schemes = schemesNamed([name]);
  return {
    client: { schemes, credentials: () => credentials, trustsServerKey: () => true },
    server: { schemes, verifier: VERIFYING },
    ...more,
  };
}

const MEETINGS = [...NAMES, "vencryptra2", "vencryptra2ne_256", "vencryptra2r", "vencryptra2r_256"].flatMap((name) =>
  (["3.3", "3.7", "3.8"] as const).flatMap((version) =>
    [undefined, 1, 3].map((chunk) => [name, version, chunk ?? "all", chunk] as const),
  ),
);

describe.each(MEETINGS)("%s in %s, %s bytes at a time", (name, version, _chunk, chunk) => {
  makeOneKeyOnly();
  const pace = { version, ...(chunk !== undefined && { chunk }) };

  test("lets the right client in", async () => {
    const { client, server } = await meet(meeting(name, KNOWN, pace));
    expect([client.error, server.error]).toStrictEqual([undefined, undefined]);
    expect(client.session).toMatchObject({ phase: "clientInit", version, securityPath: schemesNamed([name])[0]!.path });
    expect(client.session).toStrictEqual(server.session);
    // SecurityResult is the first that goes through records, where there are any.
    const sealed = schemesNamed([name])[0]!.protects === "stream";
    expect(server.secured).toBe(sealed ? "00000000" : "");
    expect(server.clear.endsWith("00000000")).toBe(!sealed);
  });

  test("turns a wrong password away, and says no more than that", async () => {
    const { client, server } = await meet(meeting(name, { ...KNOWN, password: "Engine no. 9" }, pace));
    expect(server.error).toMatchObject({ code: "authentication", reason: "wrong user or password" });
    const said = version === "3.8" ? '"Authentication failed"' : "no reason given";
    expect(client.error).toMatchObject({ code: "authentication", reason: `the server refused: ${said}` });
  });
});

describe.each(NAMES)("%s", (name) => {
  makeOneKeyOnly();

  test("keeps the credentials out of what can be read on the wire", async () => {
    const { client, server } = await meet(meeting(name));
    for (const { clear } of [client, server]) {
      expect(clear).not.toContain(hexOfText(KNOWN.password));
      expect(clear).not.toContain(hexOfText(KNOWN.username));
    }
  });

  test("tells no secret in an error", async () => {
    const { client, server } = await meet(meeting(name, { username: "s3cr3t-user", password: "s3cr3t-passphrase" }));
    for (const { error } of [client, server]) {
      expect(error).toBeInstanceOf(RfbError);
      const { message, stack, cause } = error as RfbError;
      expect(`${message} ${stack} ${String(cause)} ${JSON.stringify(error)}`).not.toMatch(/s3cr3t/);
    }
  });

  test("draws all but the client's key from the randomness that it is given", async () => {
    const drawn = vi.fn((length: number) => Uint8Array.from({ length }, (_, i) => 1 + i));
    const options = meeting(name);
    const length = name.endsWith("256") ? 32 : 16;
    const { client } = await meet({
      client: { ...options.client, random: drawn },
      server: { ...options.server, verifier: { ...VERIFYING, random: drawn } },
    });
    expect(client.error).toBeUndefined();
    // Randoms, their padding in 2 bytes for each, blinds, and what stands in for a random that is padded wrongly.
    const calls = drawn.mock.calls.map(([count]) => count).sort((a, b) => a - b);
    const paddings = [2 * (128 - length - 3), 2 * (256 - length - 3)];
    const again = name.startsWith("ra2r") ? [length, length] : [];
    expect(calls).toStrictEqual(
      [length, length, length, length, ...again, 128, 256, ...paddings].sort((a, b) => a - b),
    );
  });

  test("refuses a client that shows the server its own key", async () => {
    const { server } = await meet(meeting(name));
    const [scheme] = schemesNamed([name]);
    const reflected = fed(scheme!.server(serverContext(scheme!, VERIFYING)));
    await reflected.feed();
    const told = await reflected.feed(hex(server.clear.slice(AFTER_OFFER)).subarray(0, 4 + 2 * 256));
    expect(told.at(-1)).toBe("insecure: Cannot pass RSA-AES: the client shows our own key");
  });

  test("does not let an old exchange in again, on either side", async () => {
    const { client, server } = await meet(meeting(name));
    const [scheme] = schemesNamed([name]);
    const again = fed(scheme!.server(serverContext(scheme!, { ...VERIFYING, random: webRandom })));
    await again.feed();
    const told = await again.feed(hex(client.clear.slice(AFTER_CHOICE)));
    expect(told.at(-1)).toBe("insecure: Cannot open an RSA-AES frame: its tag does not match");
    const answer = await fed(scheme!.client(clientContext(scheme!, KNOWN))).feed(hex(server.clear.slice(AFTER_OFFER)));
    expect(answer.at(-1)).toBe("insecure: Cannot open an RSA-AES frame: its tag does not match");
  });

  test("comes to an end with any bytes, of any server or client, and lets nobody in", { timeout: 60_000 }, async () => {
    const { client, server } = await meet(meeting(name));
    const [scheme] = schemesNamed([name]);
    const verify = vi.fn(() => true);
    const sides = fc.constantFrom(
      [hex(server.clear.slice(AFTER_OFFER)), () => scheme!.client(clientContext(scheme!, KNOWN))] as const,
      [
        hex(client.clear.slice(AFTER_CHOICE)),
        () => scheme!.server(serverContext(scheme!, { verify, rsaKey: RSA_KEY })),
      ] as const,
    );
    const changes = fc.array(fc.tuple(fc.nat(700), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        sides,
        changes,
        bytes(600),
        fc.boolean(),
        fc.nat(700),
        async (side, changed, noise, sound, end) => {
          const [said, start] = side;
          const input = sound ? said.slice(0, end) : noise;
          for (const [at, byte] of changed) if (at < input.length) input[at] = byte;
          const did = await fed(start()).feed(join([input, noise]), 97);
          expect(did).not.toContain("done");
          expect(did).not.toContain("startRecords");
        },
      ),
      runs(40),
    );
    expect(verify).not.toHaveBeenCalled();
  });
});

test("A client makes a key of its own for each connection, and shows it to who is trusted", async () => {
  const generateKey = vi.spyOn(crypto.subtle, "generateKey");
  const blocks: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { client } = await meet(meeting("ra2ne"));
    expect(client.error).toBeUndefined();
    blocks.push(client.clear.slice(AFTER_CHOICE, AFTER_CHOICE + 2 * (4 + 512)));
  }
  expect(generateKey).toHaveBeenCalledTimes(2);
  for (const block of blocks) expect(block).toMatch(/^00000800[89a-f]/);
  expect(blocks[0]).not.toBe(blocks[1]);

  const untrusted = meeting("ra2ne");
  const { client } = await meet({ ...untrusted, client: { ...untrusted.client, trustsServerKey: () => false } });
  expect(client.error).toMatchObject({ code: "insecure", act: "Cannot trust the server's key" });
  expect(generateKey).toHaveBeenCalledTimes(2);
});

test("A check of the key that fails ends the exchange with its own reason", async () => {
  const reason = new Error("the list of known servers is gone");
  const options = meeting("ra2");
  for (const trustsServerKey of [() => Promise.reject(reason), (): never => thrown(reason)]) {
    const { client } = await meet({ ...options, client: { ...options.client, trustsServerKey } });
    expect(client.error).toBe(reason);
  }
});

test("A check of the key cannot change what is hashed", async () => {
  const options = meeting("ra2");
  const trustsServerKey = ({ bytes: key }: { readonly bytes: Uint8Array }) => key.fill(0).length > 0;
  const { client, server } = await meet({ ...options, client: { ...options.client, trustsServerKey } });
  expect([client.error, server.error]).toStrictEqual([undefined, undefined]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function thrown(error: Error): never {
  throw error;
}
