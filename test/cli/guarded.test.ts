import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLAIN_ANYWHERE, SCHEMES, schemesNamed } from "../../auth/mod.ts";
import { createSurface, NO_COMPRESSION } from "../../codec/mod.ts";
import { createRfbServer } from "../../endpoints/mod.ts";
import { listenTcp } from "../../transports/node.ts";
import { type Certificates, makeCertificates } from "../peers/certificates.ts";
import { comparePictures, parsePng } from "../peers/picture.ts";
import { shellQuoted, start, startedUntilNow, stopSince, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { endOf, MAIN, runRfb, startProxyCommand } from "./command.ts";
import { type FakeServer, startFakeServer } from "./fake_server.ts";

const SECRET = "Xyzzy-17";
const CLIENT_SECRET = "Plugh-21";

const before = startedUntilNow();
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const said: string[] = [];
let certificates: Certificates;
let server: FakeServer;
let guarded: FakeServer;

beforeAll(async () => {
  certificates = await makeCertificates();
  const files = {
    "ca.pem": certificates.ca,
    "cert.pem": certificates.server.cert,
    "key.pem": certificates.server.key,
    "rsa.pem": rsaKey(),
    password: `${SECRET}\n`,
    "client-password": `${CLIENT_SECRET}\n`,
    wrong: "Wrong-99\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  const { code, stdout } = await runRfb(["user", "grace", "--password-file", at("client-password")]);
  expect(code).toBe("0");
  writeFileSync(at("users"), stdout);
  server = await startFakeServer();
  guarded = await startFakeServer({ schemes: ["vncauth"], password: SECRET });
});

afterAll(async () => {
  await server.close();
  await guarded.close();
  await stopSince(before);
  expect(said.length).toBeGreaterThan(10);
  expect(said.join("\n")).not.toMatch(/Xyzzy|Plugh|Wrong-99/);
});

function rsaKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  }) as string;
}

/** A snapshot to stdout. */
async function snapshot(place: string | number, ...args: readonly string[]) {
  const target = typeof place === "number" ? `127.0.0.1::${place}` : place;
  const ended = await runRfb(["snapshot", target, "-o", "-", ...args]);
  said.push(ended.stderr);
  return ended;
}

describe("rfb proxy --client-auth", () => {
  const user = ["--username", "grace", "--password-file", "client-password"];
  const password = ["--password-file", "client-password"];
  const named = (args: readonly string[]) =>
    args.map((arg) => (/^(client-password|ca\.pem)$/.test(arg) ? at(arg) : arg));
  test.concurrent.each<[string, readonly string[]]>([
    ["vncauth", password],
    ["plain", user],
    ["x509plain", [...user, "--ca", "ca.pem", "--server-name", "localhost"]],
    ["x509sasl", [...user, "--ca", "ca.pem", "--server-name", "localhost"]],
    ["tlsvnc", password],
    ["sasl", user],
    ["ra2", [...user, "--known-hosts", at("known-ra2")]],
    ["ra2ne_256", [...user, "--known-hosts", at("known-ra2ne")]],
    ["tightunix", user],
    ["tightvnc", password],
    ["mslogon2", user],
  ])(
    "%s lets in who knows the password, and tells others no more than that they do not",
    { timeout: 30_000 },
    async (scheme, args) => {
      const proxy = await startProxyCommand([
        ...["--listen", "tcp://127.0.0.1:0", "--target", `127.0.0.1::${guarded.port}`],
        ...["--auth", "vncauth", "--password-file", at("password"), "--failure-delay", "100"],
        ...["--client-auth", scheme, "--client-cert", at("cert.pem"), "--client-key", at("key.pem")],
        ...["--client-rsa-key", at("rsa.pem"), "--client-users", at("users")],
        ...["--client-password-file", at("client-password")],
      ]);
      const right = await snapshot(proxy.ports[0]!, "--auth", scheme, ...named(args));
      expect(right).toMatchObject({ code: "0" });
      expect(comparePictures(parsePng(right.stdout), guarded.picture)).toEqual({ pixels: 0 });
      const wrong = named(args).map((arg) => (arg === at("client-password") ? at("wrong") : arg));
      const { code, stderr } = await snapshot(proxy.ports[0]!, "--auth", scheme, ...wrong);
      expect({ code, stderr }).toMatchObject({
        code: "1",
        stderr: expect.stringMatching(/Authentication failed|no reason/),
      });
      expect(await proxy.waitForEvent("failed", 2)).toMatchObject({ stage: "client security" });
      await proxy.stop();
      expect(guarded.asked()).toBeGreaterThan(0);
      said.push(proxy.stderr());
      expect(proxy.events().find(({ event }) => event === "clientSchemes")).toMatchObject({ schemes: [scheme] });
    },
  );

  test("is met with the SASL mechanisms of --sasl", async () => {
    const proxy = await startProxyCommand([
      ...["--listen", "tcp://127.0.0.1:0", "--target", `127.0.0.1::${server.port}`, "--auth", "none"],
      ...[
        "--client-auth",
        "x509sasl",
        "--client-users",
        at("users"),
        "--client-cert",
        at("cert.pem"),
        "--client-key",
        at("key.pem"),
      ],
    ]);
    const args = ["--auth", "x509sasl", "--username", "grace", "--password-file", at("client-password")];
    const tls = ["--ca", at("ca.pem"), "--server-name", "localhost"];
    for (const [sasl, code] of [
      ["plain", "0"],
      ["scram-sha-256", "0"],
      ["scram-sha-1", "1"],
    ] as const) {
      const ended = await snapshot(proxy.ports[0]!, ...args, ...tls, "--sasl", sasl);
      expect(ended.code, `${sasl}: ${ended.stderr}`).toBe(code);
    }
    await proxy.stop();
    said.push(proxy.stderr());
  });

  test("SASL's PLAIN goes without TLS only where --sasl names it", async () => {
    const server = createRfbServer({ picture: createSurface(8, 8), name: "bare", compression: NO_COMPRESSION });
    const verifier = { saslMechanisms: [PLAIN_ANYWHERE], verify: (_: string, word: string) => word === CLIENT_SECRET };
    const listener = await listenTcp({
      onConnection: (transport) =>
        void server.serve(transport, { authentication: { schemes: schemesNamed(["sasl"]), verifier } }).catch(() => {}),
    });
    const args = ["--auth", "sasl", "--username", "grace", "--password-file", at("client-password")];
    expect(await snapshot(listener.port, ...args)).toMatchObject({
      code: "1",
      stderr: expect.stringContaining("the server offers [PLAIN], and only [SCRAM-SHA-256, SCRAM-SHA-1] is allowed"),
    });
    expect(await snapshot(listener.port, ...args, "--sasl", "PLAIN")).toMatchObject({
      code: "0",
      stderr: expect.stringContaining("in sasl whoever listens on the way to the server has the password"),
    });
    server.close();
    await listener.close();
  });

  test("is carried by ws and wss, where it needs no TLS of its own", async () => {
    const proxy = await startProxyCommand([
      ...["--listen", "ws://127.0.0.1:0/vnc", "--listen", "wss://localhost:0/vnc", "--listen", "tcp://127.0.0.1:0"],
      ...["--listen-cert", at("cert.pem"), "--listen-key", at("key.pem"), "--client-users", at("users")],
      ...["--target", `127.0.0.1::${server.port}`, "--auth", "none", "--client-auth", "x509plain,plain"],
    ]);
    const user = ["--username", "grace", "--password-file", at("client-password"), "--ca", at("ca.pem")];
    for (const place of proxy.addresses.slice(0, 2).map((address) => address.replace("127.0.0.1", "localhost"))) {
      expect(await snapshot(place, "--auth", "plain", ...user)).toMatchObject({ code: "0" });
    }
    // Over TCP the first of the two can be had as well; its certificate is the listener's.
    const over = await snapshot(proxy.ports[2]!, ...user, "--server-name", "localhost");
    expect(over).toMatchObject({ code: "0", stderr: expect.stringMatching(/X509Plain \(262\)/) });
    await proxy.stop();
    said.push(proxy.stderr());
  });

  const LISTEN = ["proxy", "--listen", "tcp://127.0.0.1:0", "--target", "127.0.0.1:1", "--auth", "none"];
  test.concurrent.each<[readonly string[], RegExp]>([
    [["--client-auth", "vncauth"], /--client-auth: vncauth cannot be offered: give --client-password-file/],
    [["--client-auth", "plain,none"], /plain cannot be offered: give --client-users/],
    [["--client-auth", "x509none"], /x509none cannot be offered: give --client-cert and --client-key/],
    [["--client-auth", "ra2", "--client-users", at("users")], /ra2 cannot be offered: give --client-rsa-key/],
    [["--client-auth", "ra2", "--client-rsa-key", at("rsa.pem")], /give --client-users or --client-password-file/],
    [["--client-auth", "xvp"], /xvp cannot be offered: there is nothing to check it with/],
    [["--client-auth", "x509ident"], /x509ident cannot be offered: there is nothing to check it with/],
    [["--client-auth", "aten"], /aten cannot be offered: what comes after it is its maker's own/],
    [["--client-auth", "none,vencrypt"], /"vencrypt" is no scheme/],
    [["--client-rsa-key", at("key.pem")], /--client-rsa-key .*it is no RSA key/],
    [["--client-ca", at("key.pem")], /--client-ca .*no certificate is in it/],
    [
      ["--client-users", at("password"), "--client-auth", "plain"],
      /--client-users .*password: its line 1 is no user's/,
    ],
    [["--client-cert", at("cert.pem")], /--client-cert .*its key is missing/],
    [["--server-key", "x"], /--server-key: that is no fingerprint/],
    [["--known-hosts", at("password")], /--known-hosts .*password: its line 1 is not HOST:PORT/],
  ])("%j cannot begin", async (args, expected) => {
    const { code, lines } = await runRfb([...LISTEN, ...args]);
    said.push(...lines);
    expect(lines).toEqual([expect.stringMatching(expected)]);
    expect(code).toBe("2");
  });

  test("without any scheme for a WebSocket cannot begin", async () => {
    const args = ["--client-auth", "x509none", "--client-cert", at("cert.pem"), "--client-key", at("key.pem")];
    const { code, lines } = await runRfb([...LISTEN, "--listen", "ws://127.0.0.1:0/vnc", ...args]);
    expect([code, ...lines]).toEqual(["2", expect.stringMatching(/a WebSocket carries no TLS inside RFB/)]);
  });

  test("warns of passwords in clear, of long ones, and of whom it lets in", async () => {
    const proxy = await startProxyCommand([
      ...["--listen", "tcp://0.0.0.0:0", "--target", "127.0.0.1:1", "--auth", "none,plain"],
      ...["--username", "ada", "--password-file", at("password")],
      ...["--client-auth", "plain,vncauth", "--client-users", at("users"), "--client-password-file", at("users")],
    ]);
    await proxy.stop();
    const warnings = proxy.events().flatMap(({ event, message }) => (event === "warning" ? [String(message)] : []));
    expect(warnings.some((text) => /^plain: whoever listens on the way to the server/.test(text))).toBe(true);
    expect(warnings.some((text) => /first 8 bytes of a password.*--client-password-file/.test(text))).toBe(true);
    expect(warnings.some((text) => /0\.0\.0\.0:\d+ takes passwords as they are \(plain\)/.test(text))).toBe(true);
    expect(warnings.join()).not.toMatch(/asks its clients for no password/);
    said.push(proxy.stderr());
  });
});

describe("A server that shows a key", () => {
  const auth = ["--auth", "ra2ne_256,ra2", "--username", "ada", "--password-file", at("password")];
  const start = (key: string, port = 0) =>
    startFakeServer({ schemes: ["ra2ne_256", "ra2"], username: "ada", password: SECRET, rsaKey: key, port });

  test("is known by it from the first connection on, and another key is refused with both", {
    timeout: 30_000,
  }, async () => {
    const one = await start(rsaKey());
    const known = ["--known-hosts", at("known")];
    const proxy = await startProxyCommand([
      ...["--listen", "tcp://127.0.0.1:0", "--target", `127.0.0.1::${one.port}`],
      ...auth,
      ...known,
    ]);
    const through = () => snapshot(proxy.ports[0]!, "--auth", "none");
    expect(await through()).toMatchObject({ code: "0" });
    expect(await through()).toMatchObject({ code: "0" });
    const firsts = proxy.events().filter(({ message }) => /for the first time/.test(String(message)));
    expect(firsts).toHaveLength(1);
    const [line] = /SHA256:\S+/.exec(readFileSync(at("known"), "utf8"))!;
    expect(firsts[0]!.message).toContain(line);
    expect(await snapshot(one.port, ...auth, ...known)).toMatchObject({ code: "0" });
    const pinned = (key: string) => snapshot(one.port, ...auth, "--server-key", key);
    expect(await pinned(line)).toMatchObject({ code: "0" });
    const [, short] = /\((\S+)\)/.exec(String(firsts[0]!.message))!;
    expect(await pinned(short!)).toMatchObject({ code: "0" });
    const strange = await pinned("01-23-45-67-89-ab-cd-ef");
    const warned = expect.stringMatching(/^warning: ra2ne_256: weaker than the rest of the list/);
    expect([strange.code, ...strange.lines]).toEqual([
      "1",
      warned,
      expect.stringMatching(
        /Cannot trust the key of 127.*it shows SHA256:.*and --server-key is 01-23-45-67-89-ab-cd-ef$/,
      ),
    ]);
    await one.close();

    const other = await start(rsaKey(), one.port);
    const changed = await snapshot(one.port, ...auth, ...known);
    expect([changed.code, ...changed.lines]).toEqual([
      "1",
      warned,
      expect.stringContaining(`has ${line}: somebody stands in`),
    ]);
    expect(changed.lines[1]).toMatch(/it shows SHA256:\S+ \([-0-9a-f]{23}\), and/);
    expect((await through()).stderr).toMatch(/could not be secured/);
    expect(await proxy.waitForEvent("failed")).toMatchObject({
      stage: "server security",
      reason: expect.stringContaining(`has ${line}: somebody stands in`),
    });
    await proxy.stop();
    await other.close();
    said.push(proxy.stderr());
  });

  test("is not trusted where there is nothing to know it by", async () => {
    const one = await start(rsaKey());
    const { code, lines } = await snapshot(one.port, ...auth);
    expect([code, ...lines]).toEqual([
      "2",
      expect.stringMatching(
        /ra2 \(there is nothing to know the server's key by\); give --server-key or --known-hosts$/,
      ),
    ]);
    await one.close();
  });
});

describe("rfb schemes", () => {
  test("has every scheme, in columns and as JSON", async () => {
    const [table, json] = await Promise.all([runRfb(["schemes"]), runRfb(["schemes", "--json"])]);
    expect([table.code, json.code, table.stderr, json.stderr]).toEqual(["0", "0", "", ""]);
    const rows = Buffer.from(table.stdout).toString().trimEnd().split("\n");
    expect(rows[0]).toMatch(/^name +security types +over +protects +legacy +needs +available here$/);
    expect(rows.slice(1).map((row) => row.split(" ")[0])).toEqual(SCHEMES.map(({ name }) => name));
    const facts = JSON.parse(Buffer.from(json.stdout).toString()) as readonly Record<string, unknown>[];
    expect(facts.find(({ name }) => name === "tightx509vnc")).toEqual({
      name: "tightx509vnc",
      path: [
        { number: 16, name: "Tight" },
        { number: 19, name: "VeNCrypt" },
        { number: 261, name: "X509Vnc" },
      ],
      over: "TLS with a certificate",
      protects: "stream",
      legacy: false,
      needs: ["password"],
      unavailable: null,
    });
    expect(facts.map(({ name }) => name)).toEqual(SCHEMES.map(({ name }) => name));
  });

  test("and the help of what takes them has them too", async () => {
    for (const command of ["proxy", "snapshot"]) {
      const words = Buffer.from((await runRfb([command, "--help"])).stdout)
        .toString()
        .split(/\s+/);
      expect(SCHEMES.filter(({ name }) => !words.includes(name))).toEqual([]);
    }
  });
});

peer("rfb at a terminal, by script", ["script"], () => {
  /** The command on a terminal of its own, whose keys are `send`. */
  const atTerminal = (args: readonly string[], home: string) => {
    const command = [process.execPath, MAIN, ...args].map(shellQuoted).join(" ");
    return start("script", ["-q", "-e", "-c", `XDG_CONFIG_HOME=${shellQuoted(home)} ${command}`, "/dev/null"], {
      input: { open: true },
      env: { RFB_PASSWORD: "", RFB_USERNAME: "", TERM: "dumb" },
    });
  };

  test("asks for what is needed, shows no password, and takes a yes for a key once", async () => {
    const key = rsaKey();
    const one = await startFakeServer({ schemes: ["ra2"], username: "ada", password: SECRET, rsaKey: key });
    const args = ["snapshot", `127.0.0.1::${one.port}`, "--auth", "ra2", "-o", at("asked.png")];
    mkdirSync(at("home"));
    const first = atTerminal(args, at("home"));
    await first.waitForLog(/Nothing is known yet of the key of 127.*SHA256:/);
    await first.waitForLog(/Type yes to trust it from here on:/);
    first.send("yes\r");
    await first.waitForLog(/User name and password for 127\.0\.0\.1:\d+ \(ra2\)/);
    await first.waitForLog(/User name:/);
    first.send("ada\r");
    await first.waitForLog(/Password:/);
    first.send(`${SECRET}\r`);
    const { code, stdout } = await endOf(first);
    expect([code, Buffer.from(stdout).toString()]).toEqual(["0", expect.stringMatching(/70x50, client 3\.8/)]);
    expect(Buffer.from(stdout).toString()).not.toContain(SECRET);
    expect(readFileSync(join(at("home"), "rfb", "known_hosts"), "utf8")).toMatch(/^127\.0\.0\.1:\d+ SHA256:\S{43}\n$/);

    const second = atTerminal(args, at("home"));
    await second.waitForLog(/User name:/);
    second.send("\x03");
    const ended = await endOf(second);
    expect([ended.code, Buffer.from(ended.stdout).toString()]).toEqual(["1", expect.stringMatching(/Interrupted/)]);
    await one.close();
  });

  test("asks for the proxy's at its start, and not in the midst of a connection", async () => {
    const args = [
      "proxy",
      "--listen",
      "tcp://127.0.0.1:0",
      "--target",
      `127.0.0.1::${guarded.port}`,
      "--auth",
      "vncauth",
    ];
    const child = atTerminal(args, at("home"));
    await child.waitForLog(/Password:/);
    child.send(`${SECRET}\r`);
    const [, port] = await child.waitForLog(/listening on tcp:\/\/127\.0\.0\.1:(\d+)/);
    await child.waitForLog(/schemes towards the server, in this order: vncauth/);
    expect(await snapshot(Number(port), "--auth", "none")).toMatchObject({ code: "0" });
    expect(child.stdoutText()).not.toContain(SECRET);
    await child.stop();
  });

  test("makes a user's line of a password that is typed twice", async () => {
    const child = atTerminal(["user", "ada"], at("home"));
    await child.waitForLog(/Password:/);
    child.send(`${SECRET}\r`);
    await child.waitForLog(/Again:/);
    child.send(`${SECRET}\r`);
    const { code, stdout } = await endOf(child);
    expect([code, Buffer.from(stdout).toString()]).toEqual(["0", expect.stringMatching(/^ada:SCRAM-SHA-256\$50000:/m)]);
    expect(Buffer.from(stdout).toString()).not.toContain(SECRET);
  });
});

test("Where no terminal is, nobody is asked: it is a clear fault", async () => {
  const { code, lines } = await snapshot(guarded.port, "--auth", "vncauth");
  expect([code, ...lines]).toEqual(["2", expect.stringMatching(/no password is given\); give --password-file or/)]);
  const user = await runRfb(["user", "ada"]);
  expect([user.code, ...user.lines]).toEqual(["2", expect.stringMatching(/--password-file: it is missing or empty/)]);
});
