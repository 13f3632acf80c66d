import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { lineOfUser, usersVerifier } from "../../cli/users.ts";

/** A line by RFC 5802 §3 and PostgreSQL's layout, by OpenSSL. */
function line(name: string, password: string, iterations = 50_000): string {
  const salt = Buffer.from("0123456789abcdef");
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const storedKey = createHash("sha256").update(createHmac("sha256", salted).update("Client Key").digest()).digest();
  const serverKey = createHmac("sha256", salted).update("Server Key").digest();
  const [first, second, third] = [salt, storedKey, serverKey].map((bytes) => bytes.toString("base64"));
  return `${name}:SCRAM-SHA-256$${iterations}:${first}$${second}:${third}`;
}

const ADA = line("ada", "engine no. 9");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("A file of users", () => {
  test("lets those in who know their password, and nobody else", async () => {
    const { verify } = usersVerifier(`# users\n\n${ADA}\r\n${line("Grace Hopper", "pässword")}\n`);
    expect(await verify!("ada", "engine no. 9")).toBe(true);
    expect(await verify!("Grace Hopper", "pässword")).toBe(true);
    for (const [username, password] of [
      ["ada", "engine no. 8"],
      ["ada", ""],
      ["ada", "pässword"],
      ["ada", "\0\x07"],
      ["Ada", "engine no. 9"],
      ["", "engine no. 9"],
      ["constructor", ""],
      ["nobody", ""],
      ["\x07", "engine no. 9"],
    ] as const) {
      expect(await verify!(username, password), `${username} ${password}`).toBe(false);
    }
  });

  test("is checked with the same work for users that there are not, and for passwords that cannot be", async () => {
    const { verify } = usersVerifier(ADA);
    const derived = vi.spyOn(crypto.subtle, "deriveBits");
    for (const [username, password] of [
      ["ada", "engine no. 9"],
      ["ada", "wrong"],
      ["nobody", "wrong"],
      ["nobody", "\x07"],
      ["ada", "\x07"],
    ] as const) {
      await verify!(username, password);
    }
    const work = derived.mock.calls.map(([how]) => how as Pbkdf2Params);
    expect(work.map(({ iterations }) => iterations)).toStrictEqual(Array(5).fill(50_000));
    expect(work.map(({ salt }) => (salt as Uint8Array).length)).toStrictEqual(Array(5).fill(16));
  });

  test("tells strangers the same after a restart, and other than another file does", () => {
    const { scramSecret } = usersVerifier(ADA);
    expect(scramSecret).toHaveLength(32);
    expect(usersVerifier(ADA).scramSecret).toStrictEqual(scramSecret);
    expect(usersVerifier(line("ada", "engine no. 8")).scramSecret).not.toStrictEqual(scramSecret);
  });

  test("serves SCRAM-SHA-256 too", async () => {
    const { scram, saslMechanisms } = usersVerifier(ADA);
    expect(saslMechanisms?.map(({ name }) => name)).toStrictEqual(["SCRAM-SHA-256", "PLAIN"]);
    expect(await scram!("ada", "SHA-256")).toMatchObject({ iterations: 50_000 });
    expect(await scram!("ada", "SHA-1")).toBeUndefined();
    expect(await scram!("bob", "SHA-256")).toBeUndefined();
  });

  test.each([
    ["", /nobody is in it/],
    ["# only a remark\n", /nobody is in it/],
    ["ada:engine no. 9", /its line 1 is no user's: make it with rfb user NAME$/],
    [`\n${ADA.slice(0, -1)}`, /its line 2 is no user's/],
    [ADA.replace("256", "512"), /is no user's/],
    [line("ada", "x", 4096), /its line 1 has not 50000 iterations/],
    [`${ADA}\n${ADA}`, /its line 2 is of a user who is there already/],
  ])("is refused with %j, which is not told", (text, reason) => {
    expect(() => usersVerifier(text)).toThrow(reason);
    expect(() => usersVerifier(text)).not.toThrow(/engine/);
  });
});

describe("The line of a user", () => {
  test("has a salt of its own, no password, and lets the user in", async () => {
    const lines = await Promise.all([lineOfUser("ada", "engine no. 9"), lineOfUser("ada", "engine no. 9")]);
    expect(lines[0]).not.toBe(lines[1]);
    for (const text of lines) {
      expect(text).toMatch(/^ada:SCRAM-SHA-256\$50000:/);
      expect(text).not.toContain("engine");
      expect(await usersVerifier(text).verify!("ada", "engine no. 9")).toBe(true);
    }
  });

  test.each(["", "a:b", "#a", " a", "a\x07"])("cannot be made for the name %j", async (name) => {
    await expect(lineOfUser(name, "secret")).rejects.toThrow(/Cannot use the user name/);
  });

  test.each(["", "\u00ad"])("cannot be made for the password %j, of which nothing is left", async (password) => {
    await expect(lineOfUser("ada", password)).rejects.toThrow("Cannot use the password: it is empty");
  });

  test("with a salt of another length is refused: it would tell its user from one that there is not", async () => {
    const line = (await lineOfUser("ada", "engine no. 9")).replace(/[^:]+\$(?=[^$]+$)/, "MDEyMzQ1Njc=$");
    expect(() => usersVerifier(line)).toThrow(/its line 1 is no user's/);
  });

  test("cannot be made for a password that SASLprep does not allow", async () => {
    await expect(lineOfUser("ada", "\x07")).rejects.toThrow(RangeError);
  });
});
