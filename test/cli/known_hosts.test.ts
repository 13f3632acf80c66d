import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type ServerKey, schemesNamed } from "../../auth/mod.ts";
import { defaultKnownHosts, type KeyCheckOptions, serverKeyCheck } from "../../cli/known_hosts.ts";
import type { Prompt } from "../../cli/prompt.ts";
import { temporaryFolder } from "../peers/process.ts";

const [scheme] = schemesNamed(["ra2"]);
const SERVER = "vm.example:5900";

function keyOf(byte: number): ServerKey {
  const bytes = new Uint8Array(260).fill(byte);
  return { scheme: scheme!, bytes, fingerprint: `${byte}${byte}-01-02-03-04-05-06-07` };
}

function fullOf({ bytes }: ServerKey): string {
  return `SHA256:${createHash("sha256").update(bytes).digest("base64").replace("=", "")}`;
}

const [ONE, OTHER] = [keyOf(1), keyOf(2)];
let file: string;

beforeEach(() => {
  file = join(temporaryFolder(), "rfb", "known_hosts");
});

function check(options: Partial<KeyCheckOptions> = {}) {
  const told: string[] = [];
  const trusts = serverKeyCheck({ server: SERVER, warn: (message) => told.push(message), ...options });
  return { told, trusts: async (key: ServerKey) => await trusts(key) };
}

/** Somebody who says the same to everything. */
function saying(answer: string): Prompt & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    say: (line) => void heard.push(line),
    ask: async (question) => {
      heard.push(question);
      return answer;
    },
  };
}

describe("A file of known keys", () => {
  test("takes the first key of a server, and no other after that: the error shows both", async () => {
    const first = check({ knownHosts: file });
    expect(await first.trusts(ONE)).toBe(true);
    expect(first.told).toStrictEqual([expect.stringContaining(`${fullOf(ONE)} (${ONE.fingerprint})`)]);
    expect(readFileSync(file, "utf8")).toBe(`${SERVER} ${fullOf(ONE)}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const later = check({ knownHosts: file });
    expect(await later.trusts(ONE)).toBe(true);
    await expect(later.trusts(OTHER)).rejects.toThrow(
      `Cannot trust the key of ${SERVER}: it shows ${fullOf(OTHER)} (${OTHER.fingerprint}), and ${file} has ${fullOf(ONE)}: somebody`,
    );
    expect(later.told).toStrictEqual([]);
    expect(readFileSync(file, "utf8")).toBe(`${SERVER} ${fullOf(ONE)}\n`);
  });

  test("has a line of its own for each server, also where the last one was left without its end", async () => {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `other.example:5900 ${fullOf(OTHER)}`);
    expect(await check({ knownHosts: file }).trusts(ONE)).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(`other.example:5900 ${fullOf(OTHER)}\n${SERVER} ${fullOf(ONE)}\n`);
    expect(await check({ knownHosts: file }).trusts(ONE)).toBe(true);
  });

  test("knows a server by its name in any case", async () => {
    await check({ knownHosts: file, server: "VM.example:5900" }).trusts(ONE);
    await expect(check({ knownHosts: file, server: "vm.EXAMPLE:5900" }).trusts(OTHER)).rejects.toThrow(
      "it has a new key",
    );
    writeFileSync(file, `VM.Example:5900 ${fullOf(ONE)}\n`);
    await expect(check({ knownHosts: file, server: "vm.example:5900" }).trusts(OTHER)).rejects.toThrow(
      "it has a new key",
    );
  });

  test.each(["/run/VM/my\u00a0vnc.sock", "/run/a\nb", "wss://VM.example/Path\u2003x"])(
    "knows a server of the odd name %j again",
    async (server) => {
      await check({ knownHosts: file, server }).trusts(ONE);
      expect(await check({ knownHosts: file, server }).trusts(ONE)).toBe(true);
      await expect(check({ knownHosts: file, server }).trusts(OTHER)).rejects.toThrow("it has a new key");
    },
  );

  test("tells paths apart by their case", async () => {
    await check({ knownHosts: file, server: "/run/VM" }).trusts(ONE);
    expect(await check({ knownHosts: file, server: "/run/vm" }).trusts(OTHER)).toBe(true);
  });

  test("tells servers apart, also of one host", async () => {
    await check({ knownHosts: file }).trusts(ONE);
    expect(await check({ knownHosts: file, server: "vm.example:5901" }).trusts(OTHER)).toBe(true);
    expect(await check({ knownHosts: file, server: "/run/a socket" }).trusts(OTHER)).toBe(true);
    expect(await check({ knownHosts: file, server: "/run/a socket" }).trusts(OTHER)).toBe(true);
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(4);
    await expect(check({ knownHosts: file, server: "/run/a socket" }).trusts(ONE)).rejects.toThrow(/Cannot trust/);
  });

  test("may have remarks, empty lines, and two keys of a server that is about to change", async () => {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `# ours\n\n${SERVER} ${fullOf(ONE)}\r\n${SERVER}\t${fullOf(OTHER)}\n`);
    expect(await check({ knownHosts: file }).trusts(ONE)).toBe(true);
    expect(await check({ knownHosts: file }).trusts(OTHER)).toBe(true);
    await expect(check({ knownHosts: file }).trusts(keyOf(3))).rejects.toThrow(`has ${fullOf(ONE)}, ${fullOf(OTHER)}`);
  });

  test("which holds something else is refused before any connection", () => {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `${SERVER} ${fullOf(ONE)}\n${SERVER} ssh-ed25519 AAAA\n`);
    expect(() => check({ knownHosts: file })).toThrow(/knownHosts: its line 2 is not HOST:PORT SHA256:/);
    expect(() => check({ knownHosts: join(file, "..") })).toThrow(/knownHosts: it is a folder/);
  });

  test("that cannot be written to lets nobody in", async () => {
    const { trusts } = check({ knownHosts: file });
    writeFileSync(join(file, ".."), "in the way of the folder");
    await expect(trusts(ONE)).rejects.toThrow(/knownHosts: no such folder/);
    const folder = temporaryFolder();
    symlinkSync("nowhere/else", join(folder, "dangling"));
    const deeper = check({ knownHosts: join(folder, "dangling", "known_hosts") });
    await expect(deeper.trusts(ONE)).rejects.toThrow(/^Cannot write .*known_hosts: /);
  });
});

describe("Somebody at a terminal", () => {
  test("is shown a key that is not known, and has to say yes", async () => {
    for (const answer of ["", "y", "no", "yes please"]) {
      await expect(check({ knownHosts: file, prompt: saying(answer) }).trusts(ONE)).rejects.toThrow(/did not say yes/);
    }
    const prompt = saying(" YES ");
    expect(await check({ knownHosts: file, prompt }).trusts(ONE)).toBe(true);
    expect(prompt.heard[0]).toContain(`${SERVER}: ${fullOf(ONE)} (${ONE.fingerprint})`);
    expect(await check({ knownHosts: file, prompt: saying("no") }).trusts(ONE)).toBe(true);
    await expect(check({ knownHosts: file, prompt: saying("yes") }).trusts(OTHER)).rejects.toThrow(/somebody stands/);
  });

  test("has a file of their own, in the folder for settings", () => {
    const { XDG_CONFIG_HOME, HOME } = process.env;
    try {
      process.env.XDG_CONFIG_HOME = "/settings";
      expect(defaultKnownHosts()).toBe("/settings/rfb/known_hosts");
      process.env.XDG_CONFIG_HOME = "";
      process.env.HOME = "/home/ada";
      expect(defaultKnownHosts()).toBe("/home/ada/.config/rfb/known_hosts");
    } finally {
      if (XDG_CONFIG_HOME === undefined) delete process.env.XDG_CONFIG_HOME;
      else process.env.XDG_CONFIG_HOME = XDG_CONFIG_HOME;
      process.env.HOME = HOME;
    }
  });
});

describe("A pinned key", () => {
  test.each([fullOf(ONE), ONE.fingerprint])(
    "%s is the only one to be trusted, whatever the file says",
    async (serverKey) => {
      await check({ knownHosts: file }).trusts(OTHER);
      const { trusts } = check({ knownHosts: file, serverKey });
      expect(await trusts(ONE)).toBe(true);
      await expect(trusts(OTHER)).rejects.toThrow(
        `it shows ${fullOf(OTHER)} (${OTHER.fingerprint}), and --server-key is ${serverKey}`,
      );
    },
  );

  test("of 64 bits is warned about", async () => {
    for (const [serverKey, count] of [
      [fullOf(ONE), 0],
      [ONE.fingerprint, 1],
    ] as const) {
      const { told, trusts } = check({ serverKey });
      await trusts(ONE);
      await trusts(ONE);
      expect(told.filter((message) => message.includes("64 bits") && message.includes(fullOf(ONE)))).toHaveLength(
        count,
      );
    }
  });

  test("or a file is needed", async () => {
    await expect(check().trusts(ONE)).rejects.toThrow(/--server-key, or let --known-hosts take it/);
  });
});
