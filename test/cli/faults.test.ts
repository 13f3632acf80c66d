import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Certificates, makeCertificates } from "../peers/certificates.ts";
import { comparePictures, parsePng } from "../peers/picture.ts";
import { shellQuoted, start, startedUntilNow, stopSince, temporaryFolder, until } from "../peers/process.ts";
import { endOf, MAIN, runRfb, runSources, startRfb } from "./command.ts";
import { type FakeServer, startFakeServer } from "./fake_server.ts";

const SECRET = "Xyzzy-plugh-17";

const before = startedUntilNow();
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
let certificates: Certificates;
let server: FakeServer;

beforeAll(async () => {
  certificates = await makeCertificates();
  server = await startFakeServer();
  const { cert, key } = certificates.server;
  const files = {
    "ca.pem": certificates.ca,
    "cert.pem": cert,
    "key.pem": key,
    "other-key.pem": certificates.client.key,
    "damaged.pem": cert.replace(/^M.{20}/m, "AAAA"),
    "damaged-key.pem": key.replace(/^M.{20}/m, "AAAA"),
    "locked-key.pem": key.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
    "text.pem": "no certificate here\n",
    password: `${SECRET}\n`,
    "empty-password": "\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  writeFileSync(at("binary"), new Uint8Array([0xff, 0xfe, 0x80]));
  mkdirSync(at("folder"));
});

afterAll(async () => {
  await server.close();
  await stopSince(before);
});

describe.concurrent("the command line", () => {
  test.each([
    [["--help"], /^Usage: rfb .*proxy.*snapshot/s],
    [["proxy", "--help"], /--listen-cert.*Schemes .*Examples:.*rfb proxy --listen/s],
    [["snapshot", "--help"], /--output.*Examples:.*rfb snapshot/s],
    [["--version"], /^\d+\.\d+\.\d+\n$/],
  ])("%j is answered on stdout", async (args, expected) => {
    const { code, stdout, stderr } = await runRfb(args);
    expect({ code, stderr }).toEqual({ code: "0", stderr: "" });
    expect(Buffer.from(stdout).toString()).toMatch(expected);
  });

  test("it runs from its sources too", async () => {
    const { code, stderr } = await runSources(["proxy"]);
    expect(code).toBe("2");
    expect(stderr).toMatch(/^rfb: Cannot use --listen.*\n$/);
  });

  test("without a command, the help is on stderr", async () => {
    const { code, stdout, stderr } = await runRfb([]);
    expect([code, stdout.length]).toEqual(["2", 0]);
    expect(stderr).toMatch(/^Usage: rfb/);
  });
});

const TCP = ["proxy", "--listen", "tcp://127.0.0.1:0"];
const PROXY = [...TCP, "--target", "127.0.0.1:1"];
const WSS = ["proxy", "--listen", "wss://127.0.0.1:0/vnc", "--target", "127.0.0.1:1"];
const SNAPSHOT = ["snapshot", "127.0.0.1:1", "-o", at("out.png")];

describe.concurrent("what cannot be used: one line, and 2", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["a flag misspelt", ["proxy", "--lissten", "x"], /'--lissten' \(Did you mean --listen\?\); see rfb proxy --help/],
    ["a secret as a flag", ["proxy", `--password=${SECRET}`], /unknown option '--password'; see rfb proxy/],
    ["a command misspelt", ["prox"], /unknown command 'prox' \(Did you mean proxy\?\); see rfb --help/],
    ["a word too many", [...PROXY, SECRET], /too many arguments/],
    ["no target", TCP, /Cannot use --target: it is missing/],
    ["a bad target", [...TCP, "--target", "vm"], /Cannot use --target: "vm" is no VNC server: write HOST:PORT/],
    ["a bad address", ["proxy", "--listen", "x", "--target", "vm:1"], /Cannot use --listen: "x" is no address/],
    ["no number", [...PROXY, "--max-connections", "many"], /Cannot use --max-connections: "many" is not a whole/],
    ["no log format", [...PROXY, "--log", "xml"], /--log <format>' argument 'xml' is invalid/],
    ["no such scheme", [...PROXY, "--auth", "x509none,ra3"], /Cannot use --auth: "ra3" is no scheme/],
    [
      "no scheme left",
      [...PROXY, "--auth", "vncauth,x509plain"],
      /vncauth \(no password is given\).*--password-file or/,
    ],
    ["no host name", [...TCP, "--target", "unix:/run/vnc"], /x509none \(there is no server name.*--server-name/],
    ["TLS 1.3, anonymous", [...PROXY, "--auth", "tlsnone", "--min-tls", "1.3"], /TLS 1.3 has no anonymous/],
    ["a CA file that is not there", [...PROXY, "--ca", at("none")], /Cannot use --ca .*none: no such file/],
    ["a CA file that is a folder", [...PROXY, "--ca", at("folder")], /folder: it is a folder/],
    ["a CA file without certificate", [...PROXY, "--ca", at("text.pem")], /--ca .*text.pem: no certificate is in it/],
    ["a CA file that is a key", [...PROXY, "--ca", at("key.pem")], /no certificate is in it/],
    ["a CA file that is damaged", [...PROXY, "--ca", at("damaged.pem")], /the certificate in it is damaged/],
    ["a CA file of bytes", [...PROXY, "--ca", at("binary")], /not text in UTF-8/],
    ["a certificate alone", [...PROXY, "--cert", at("cert.pem")], /--cert .*its key is missing/],
    ["a key alone", [...PROXY, "--key", at("key.pem")], /--key .*its certificate is missing/],
    [
      "another's key",
      [...WSS, "--cert", at("cert.pem"), "--key", at("other-key.pem")],
      /belongs to another certificate/,
    ],
    [
      "a damaged key",
      [...WSS, "--cert", at("cert.pem"), "--key", at("damaged-key.pem")],
      /private key in it is damaged/,
    ],
    ["a locked key", [...WSS, "--cert", at("cert.pem"), "--key", at("locked-key.pem")], /locked with a passphrase/],
    [
      "a listener's own key",
      [...WSS, "--listen-cert", at("cert.pem"), "--listen-key", at("text.pem")],
      /--listen-key .*text.pem: no private key/,
    ],
    ["wss without certificate", WSS, /Cannot use --listen: wss:.*give --listen-cert and --listen-key/],
    ["an empty password", [...PROXY, "--password-file", at("empty-password")], /--password-file .*it is empty/],
    [
      "a folder to serve that is not there",
      ["proxy", "--listen", "ws://127.0.0.1:0/vnc", "--target", "127.0.0.1:1", "--web", at("none")],
      /Cannot use --web .*none: no such file/,
    ],
    ["a snapshot to nowhere", ["snapshot", "127.0.0.1:1"], /Cannot use -o: it is missing/],
    ["a snapshot to no folder", ["snapshot", "127.0.0.1:1", "-o", at("none/x.png")], /-o .*: its folder: no such file/],
    ["a snapshot to a folder", ["snapshot", "127.0.0.1:1", "-o", at("folder")], /that is no file/],
    ["a snapshot to a device", ["snapshot", "127.0.0.1:1", "-o", "/dev/null"], /that is no file/],
    [
      "x509 in a WebSocket",
      ["snapshot", "ws://127.0.0.1:1", "-o", at("out.png")],
      /x509none \(this transport.*--auth none/,
    ],
  ])("%s", async (_, args, expected) => {
    const { code, stdout, stderr, lines } = await runRfb(args);
    expect(stderr).toMatch(expected);
    expect({ code, out: stdout.length, lines: lines.length }).toEqual({ code: "2", out: 0, lines: 1 });
    expect(stderr).toMatch(/^rfb: /);
    expect(stderr).not.toContain(SECRET);
  });

  test("a port in use, and no other listener stays", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const { code, lines } = await runRfb([...PROXY, "--listen", `tcp://127.0.0.1:${port}`]);
    taken.close();
    expect(code).toBe("2");
    expect(lines).toEqual([
      `rfb: Cannot use --listen: tcp://127.0.0.1:${port}: the port is in use: choose another one, or 0 for any that is free`,
    ]);
  });

  test("with --log json the line is JSON", async () => {
    const { code, lines } = await runRfb([...TCP, "--log", "json"]);
    expect(code).toBe("2");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        event: "fault",
        message: expect.stringMatching(/^Cannot use --target/),
      },
    ]);
  });
});

describe.concurrent("what does not work out: one line, and 1", () => {
  test.each<[string, () => readonly string[], RegExp]>([
    ["nobody there", () => SNAPSHOT, /^rfb: Cannot connect to 127.0.0.1:5901: nothing listens there \(ECONNREFUSED\)$/],
    ["nobody at any address", () => ["snapshot", "localhost:1", "-o", at("out.png")], /nothing listens there/],
    ["no socket", () => ["snapshot", `unix:${at("none")}`, "-o", at("out.png"), "--auth", "none"], /no such file/],
    [
      "no scheme in common",
      () => ["snapshot", `127.0.0.1::${server.port}`, "-o", at("out.png")],
      /only \[x509none\] is.*; not available: .*x509vnc \(no password is given\)/,
    ],
  ])("%s", async (_, args, expected) => {
    const { code, stdout, lines } = await runRfb(args());
    expect({ code, out: stdout.length, lines: lines.length }).toEqual({ code: "1", out: 0, lines: 1 });
    expect(lines[0]).toMatch(expected);
  });

  test("a server that never answers", async () => {
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as { port: number };
    const { code, lines } = await runRfb(["snapshot", `127.0.0.1::${port}`, "-o", at("out.png"), "--timeout", "200"]);
    mute.close();
    expect(code).toBe("1");
    expect(lines).toEqual([`rfb: Cannot take a snapshot of 127.0.0.1:${port}: security was not done after 200 ms`]);
  });
});

test("a server that talks rubbish and does not close", async () => {
  const garbled = await startFakeServer({ garbled: true });
  const began = performance.now();
  const { code, lines } = await runRfb(["snapshot", `127.0.0.1::${garbled.port}`, "--auth", "none", "-o", "-"]);
  expect(performance.now() - began).toBeLessThan(8000);
  await garbled.close();
  expect([code, lines]).toEqual(["1", [expect.stringMatching(/^rfb: Cannot read a server message.*type 99$/)]]);
});

describe.concurrent("rfb snapshot and its file", () => {
  const snapshot = (output: string): readonly string[] => {
    return ["snapshot", `127.0.0.1::${server.port}`, "--auth", "none", "-o", output];
  };

  test("it is whole, in place of an old one or of a link's, and alone in its folder", async () => {
    const place = at("written");
    mkdirSync(place);
    writeFileSync(join(place, "old.png"), "old");
    symlinkSync("old.png", join(place, "link.png"));
    const { code } = await runRfb(snapshot(join(place, "link.png")));
    expect([code, readdirSync(place).sort()]).toEqual(["0", ["link.png", "old.png"]]);
    expect(lstatSync(join(place, "link.png")).isSymbolicLink()).toBe(true);
    expect(comparePictures(parsePng(readFileSync(join(place, "old.png"))), server.picture)).toEqual({ pixels: 0 });
  });

  test("a snapshot that fails leaves the file as it was, and nothing beside it", async () => {
    const place = at("kept");
    mkdirSync(place);
    writeFileSync(join(place, "old.png"), "old");
    const mute = await startFakeServer({ mute: true });
    const args = ["snapshot", `127.0.0.1::${mute.port}`, "--auth", "none", "-o", join(place, "old.png")];
    const late = runRfb([...args, "--timeout", "500"]);
    const interrupted = startRfb(args);
    await until("both to ask", () => mute.asked() === 2 || undefined);
    process.kill(interrupted.pid, "SIGINT");
    expect((await late).lines).toEqual([expect.stringMatching(/was not done after 500 ms$/)]);
    const { code, lines } = await endOf(interrupted);
    expect([code, lines]).toEqual(["1", ["rfb: Interrupted: nothing was written"]]);
    await mute.close();
    expect(readdirSync(place)).toEqual(["old.png"]);
    expect(readFileSync(join(place, "old.png"), "utf8")).toBe("old");
  });

  test("a reader that has gone is no fault", async () => {
    const command = ["node", MAIN, ...snapshot("-")].map(shellQuoted).join(" ");
    const shell = start("sh", ["-c", `{ ${command}; echo "code $?" >&2; } | true`]);
    await shell.exited;
    expect(shell.stderr()).toMatch(/^(70x50, .*\n)?code 0\n$/);
  });
});
