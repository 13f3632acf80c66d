import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { schemesNamed } from "../../auth/mod.ts";
import { startProxy } from "../../cli/serve.ts";
import { type ClientConnection, createRfbClient, joinServer } from "../../endpoints/mod.ts";
import { connectTcp } from "../../transports/node.ts";
import { type Certificates, makeCertificates } from "../peers/certificates.ts";
import { comparePictures, parsePng } from "../peers/picture.ts";
import { startedUntilNow, stopSince, temporaryFolder, until } from "../peers/process.ts";
import { endOf, runRfb, startProxyCommand, startRfb } from "./command.ts";
import { type FakeServer, startFakeServer } from "./fake_server.ts";

const SECRET = "Xyzzy-17";

const before = startedUntilNow();
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
let certificates: Certificates;
let server: FakeServer;
let target: readonly string[];

beforeAll(async () => {
  certificates = await makeCertificates();
  writeFileSync(at("ca.pem"), certificates.ca);
  writeFileSync(at("cert.pem"), certificates.server.cert);
  writeFileSync(at("key.pem"), certificates.server.key);
  writeFileSync(at("password"), `${SECRET}\n`);
  mkdirSync(at("web"));
  writeFileSync(join(at("web"), "index.html"), "<!doctype html><title>Viewer</title>");
  writeFileSync(join(at("web"), ".hidden"), "hidden");
  server = await startFakeServer();
  target = ["--target", `127.0.0.1::${server.port}`, "--auth", "none"];
});

afterAll(async () => {
  await server.close();
  await stopSince(before);
});

describe.concurrent("rfb proxy", () => {
  test("tells at its start where it listens, and what it may use", async () => {
    const listen = ["tcp://127.0.0.1:0", "ws://127.0.0.1:0/vnc", "tcp://[::1]:0", "ws://127.0.0.1:0/vnc"];
    const child = startRfb(
      [
        "proxy",
        ...listen.flatMap((url) => ["--listen", url]),
        ...["--target", "127.0.0.1:1", "--auth", "vncauth,x509none,x509plain,none", "--no-verify-hostname"],
        ...["--origin", "https://a.example, https://b.example"],
      ],
      { RFB_PASSWORD: "longer than eight" },
    );
    await child.waitForLog(/VncAuth uses/);
    child.stop();
    const { code, lines, stdout } = await endOf(child);
    expect([code, stdout.length]).toEqual(["0", 0]);
    expect(lines).toEqual([
      expect.stringMatching(/^listening on tcp:\/\/127\.0\.0\.1:[1-9]\d+$/),
      expect.stringMatching(/^listening on ws:\/\/127\.0\.0\.1:[1-9]\d+\/vnc$/),
      expect.stringMatching(/^listening on tcp:\/\/\[::1\]:[1-9]\d+$/),
      expect.stringMatching(/^listening on ws:\/\/127\.0\.0\.1:[1-9]\d+\/vnc$/),
      "schemes towards the server, in this order: vncauth, x509none, none",
      "not available: x509plain: no username is given",
      expect.stringMatching(/^warning: --no-verify-hostname: any holder/),
      expect.stringMatching(/^warning: vncauth, none: weaker than the rest of the list/),
      "warning: VncAuth uses the first 8 bytes of a password: the rest of this one counts for nothing",
      "stopping: 0 open, 5000 ms left for them",
      "stopped",
    ]);
  });

  test("carries sessions from tcp, ws and wss, and logs each as a JSON object", async () => {
    const proxy = await startProxyCommand([
      ...["--listen", "tcp://127.0.0.1:0", "--listen", "ws://127.0.0.1:0/vnc", "--listen", "wss://localhost:0/vnc"],
      ...["--cert", at("cert.pem"), "--key", at("key.pem"), ...target],
    ]);
    const [tcp, ws, wss] = proxy.ports;
    for (const place of [`127.0.0.1::${tcp}`, `ws://127.0.0.1:${ws}/vnc`, `wss://localhost:${wss}/vnc`]) {
      const { code, stdout, stderr } = await runRfb([
        ...["snapshot", place, "--auth", "none", "-o", "-", "--ca", at("ca.pem")],
      ]);
      expect({ code, stderr }).toEqual({
        code: "0",
        stderr: expect.stringMatching(/^70x50, client 3.8, server 3.8 None/),
      });
      expect(stderr.includes("TLSv1.3")).toBe(place.startsWith("wss"));
      expect(comparePictures(parsePng(stdout), server.picture)).toEqual({ pixels: 0 });
    }
    await proxy.waitForEvent("closed", 3);
    await proxy.stop();
    expect(proxy.stdoutText()).toBe("");
    const told = proxy.events();
    expect(told.filter(({ event }) => event === "negotiated")).toHaveLength(3);
    expect(told.find(({ event }) => event === "closed")).toMatchObject({
      ...{ connection: 1, stage: "relay", clientVersion: "3.8", serverVersion: "3.8", securityType: "None (1)" },
      ...{ securityTypes: ["None (1)"], bytesToClient: expect.any(Number) },
    });
    expect(told.at(-1)).toMatchObject({ event: "stopped" });
    expect(proxy.ended()).toBe("status 0");
  });

  test("refuses a wss proxy whose certificate is not the right one", async () => {
    const proxy = await startProxyCommand([
      ...[
        "--listen",
        "wss://127.0.0.1:0/vnc",
        "--listen-cert",
        at("cert.pem"),
        "--listen-key",
        at("key.pem"),
        ...target,
      ],
    ]);
    const place = `wss://127.0.0.1:${proxy.ports[0]}/vnc`;
    const args = ["snapshot", place, "--auth", "none", "-o", at("wss.png")];
    const [unknown, named, unchecked] = await Promise.all([
      runRfb(args),
      runRfb([...args, "--ca", at("ca.pem"), "--server-name", "vm.example"]),
      runRfb([...args, "--ca", at("ca.pem"), "--server-name", "vm.example", "--no-verify-hostname"]),
    ]);
    expect(unknown.lines).toEqual([
      expect.stringMatching(/^rfb: Cannot connect to wss:\/\/127.*: unable to (verify|get)/),
    ]);
    expect(named.lines).toEqual([expect.stringMatching(/^rfb: Cannot connect to wss:.*vm\.example/)]);
    expect([unknown.code, named.code, unchecked.code]).toEqual(["1", "1", "0"]);
    await proxy.stop();
  });

  test("serves a folder, and WebSockets on one path for the sites that are named", async () => {
    const proxy = await startProxyCommand([
      ...["--listen", "ws://127.0.0.1:0/vnc", "--web", at("web"), "--origin", "https://a.example,https://b.example"],
      ...target,
    ]);
    const place = `127.0.0.1:${proxy.ports[0]}`;
    const page = await fetch(`http://${place}/`);
    expect([page.status, await page.text()]).toEqual([200, "<!doctype html><title>Viewer</title>"]);
    for (const path of ["none.html", ".hidden", "..%2fpassword", "%2e%2e/password"]) {
      expect((await fetch(`http://${place}/${path}`)).status).toBe(404);
    }
    expect(await upgrade(`ws://${place}/vnc`, { origin: "https://b.example" })).toBe("open");
    expect(await upgrade(`ws://${place}/vnc`, { origin: "https://c.example" })).toMatch(/403/);
    expect(await upgrade(`ws://${place}/other`, { origin: "https://a.example" })).toMatch(/404/);
    expect(await upgrade(`ws://${place}/vnc`, {})).toBe("open");
    await proxy.stop();
  });

  test("keeps to its bounds on clients and on time", async () => {
    const proxy = await startProxyCommand([
      ...["--listen", "tcp://127.0.0.1:0", "--max-connections", "1", "--handshake-timeout", "1000", ...target],
    ]);
    const silent = createConnection(proxy.ports[0]!, "127.0.0.1");
    await until("it to greet", () => silent.read() ?? undefined);
    await expect(joinAt(proxy.ports[0]!)).rejects.toThrow(/Too many connections/);
    expect(await proxy.waitForEvent("failed", 1)).toMatchObject({
      stage: "client version",
      reason: "not done after 1000 ms",
    });
    silent.destroy();
    const client = await joinAt(proxy.ports[0]!);
    await client.close();
    await proxy.stop();
  });

  test("tells a port with no server behind it by name", async () => {
    const proxy = await startProxyCommand([
      "--listen",
      "tcp://127.0.0.1:0",
      "--target",
      "localhost::1",
      "--auth",
      "none",
    ]);
    const { code } = await runRfb(["snapshot", `127.0.0.1::${proxy.ports[0]}`, "--auth", "none", "-o", "-"]);
    expect(code).toBe("1");
    expect(await proxy.waitForEvent("failed")).toMatchObject({
      stage: "dial",
      reason: "Cannot connect to localhost:1: nothing listens there (ECONNREFUSED)",
    });
    await proxy.stop();
  });

  test("goes over a Unix socket, and to a certificate by the name it is given", async () => {
    const { cert, key } = certificates.server;
    const path = at("server.socket");
    const unix = await startFakeServer({ path, schemes: ["x509none"], tls: { cert, key } });
    const named = ["--ca", at("ca.pem"), "--server-name", "localhost"];
    const proxy = await startProxyCommand(["--listen", "tcp://127.0.0.1:0", "--target", `unix:${path}`, ...named]);
    for (const args of [
      [`127.0.0.1::${proxy.ports[0]}`, "--auth", "none"],
      [`unix:${path}`, ...named],
    ]) {
      const { code, stdout, stderr } = await runRfb(["snapshot", ...args, "-o", "-"]);
      expect({ code, stderr }).toEqual({ code: "0", stderr: expect.stringMatching(/^70x50/) });
      expect(comparePictures(parsePng(stdout), unix.picture)).toEqual({ pixels: 0 });
    }
    expect(await proxy.waitForEvent("negotiated")).toMatchObject({ certificateSubject: "CN=localhost" });
    await proxy.stop();
    await unix.close();
  });
});

describe("secrets", () => {
  test("are in no log and no error, right or wrong", async () => {
    const { cert, key } = certificates.server;
    const schemes = ["x509plain", "x509vnc", "vncauth"];
    const guarded = await startFakeServer({ schemes, username: "alice", password: SECRET, tls: { cert, key } });
    const common = ["--target", `127.0.0.1::${guarded.port}`, "--listen", "tcp://127.0.0.1:0", "--ca", at("ca.pem")];
    const snapshot = ["--auth", "none", "-o", "-"];
    const ways: readonly (readonly [readonly string[], Readonly<Record<string, string>>, string])[] = [
      [["--username", "alice", "--password-file", at("password")], {}, "0"],
      [[], { RFB_USERNAME: "alice", RFB_PASSWORD: SECRET }, "0"],
      [["--auth", "x509vnc"], { RFB_PASSWORD: SECRET }, "0"],
      [["--auth", "vncauth"], { RFB_PASSWORD: SECRET }, "0"],
      [["--username", "bob", "--password-file", at("password")], {}, "1"],
      [["--auth", "vncauth"], { RFB_PASSWORD: `X${SECRET}` }, "1"],
    ];
    const tried = ways.map(async ([args, env, expected]) => {
      const proxy = await startProxyCommand([...common, ...args], env);
      const { code, stderr } = await runRfb(["snapshot", `127.0.0.1::${proxy.ports[0]}`, ...snapshot]);
      expect({ code, stderr }).toMatchObject({ code: expected });
      await proxy.stop();
      return [stderr, proxy.stderr(), proxy.stdoutText()];
    });
    const said = (await Promise.all(tried)).flat();
    const wrong = ["snapshot", `127.0.0.1::${guarded.port}`, "-o", "-", "--auth", "vncauth"];
    said.push((await runRfb(wrong, { RFB_PASSWORD: `X${SECRET}` })).stderr);
    await guarded.close();
    expect(said.at(-1)).toMatch(/^rfb: .*refused/m);
    expect(said.join("\n")).not.toContain(SECRET);
  });
});

describe.concurrent("SIGTERM", () => {
  const listening = (...args: readonly string[]): ReturnType<typeof startProxyCommand> =>
    startProxyCommand(["--listen", "tcp://127.0.0.1:0", "--listen", "ws://127.0.0.1:0/vnc", ...target, ...args]);

  test("lets an open session go on, and nobody new in", async () => {
    const proxy = await listening();
    const client = await joinAt(proxy.ports[0]!);
    process.kill(proxy.pid, "SIGTERM");
    expect(await proxy.waitForEvent("stopping")).toMatchObject({
      event: "stopping",
      connections: 1,
      milliseconds: 5000,
    });
    for (const port of proxy.ports)
      await expect(connectTcp({ host: "127.0.0.1", port })).rejects.toThrow(/ECONNREFUSED/);
    expect((await createRfbClient(client).screenshot()).width).toBe(70);
    expect(proxy.ended()).toBeUndefined();
    await client.close();
    expect(await proxy.exited).toBe("status 0");
    expect(proxy.events().slice(-2)).toMatchObject([{ event: "closed" }, { event: "stopped" }]);
  });

  test("cuts a session off when its time is over", async () => {
    const proxy = await listening("--drain-timeout", "200");
    const client = await joinAt(proxy.ports[0]!);
    process.kill(proxy.pid, "SIGINT");
    expect(await client.next().catch(() => undefined)).toBeUndefined();
    expect(await proxy.exited).toBe("status 0");
    expect(proxy.events().slice(-2)).toMatchObject([
      { event: "closed", reason: "the proxy is stopping" },
      { event: "stopped" },
    ]);
  });

  test("a second one ends it at once", async () => {
    const proxy = await listening("--drain-timeout", "60000");
    const client = await joinAt(proxy.ports[0]!);
    process.kill(proxy.pid, "SIGTERM");
    await proxy.waitForEvent("stopping");
    process.kill(proxy.pid, "SIGTERM");
    expect(await proxy.exited).toBe("status 0");
    expect(proxy.events().at(-1)).toMatchObject({ event: "stopping" });
    client.transport.abort();
  });
});

describe("startProxy", () => {
  test("is the same from values", async () => {
    const events: unknown[] = [];
    const proxy = await startProxy(
      { listen: ["tcp://127.0.0.1:0"], target: `127.0.0.1::${server.port}`, auth: ["none"] },
      { log: (event) => events.push(event) },
    );
    expect(events).toEqual([
      { event: "listening", address: proxy.addresses[0] },
      { event: "schemes", schemes: ["none"] },
    ]);
    const client = await joinAt(Number(new URL(proxy.addresses[0]!).port));
    expect(proxy.connections).toBe(1);
    await proxy.close();
    expect(proxy.connections).toBe(0);
    expect(await client.next().catch(() => undefined)).toBeUndefined();
  });

  test.each([
    [["x509plain", "sasl", "ra2ne_256"], ["sasl, ra2ne_256: weaker than the rest"]],
    [["ra2_256", "x509plain"], []],
    [["sasl", "ra2ne_256"], []],
    [["x509sasl"], [], ["PLAIN"]],
    [
      ["x509sasl", "sasl"],
      ["sasl: weaker than the rest", "--sasl PLAIN: in sasl whoever"],
      ["SCRAM-SHA-256", "PLAIN"],
    ],
  ])(
    "warns of what protects less than the best of %j",
    async (auth, expected, sasl: string[] | undefined = undefined) => {
      const warnings: string[] = [];
      const proxy = await startProxy(
        {
          listen: ["tcp://127.0.0.1:0"],
          target: "127.0.0.1:1",
          auth,
          sasl,
          username: "ada",
          password: "secret",
          serverKey: `SHA256:${"A".repeat(43)}`,
        },
        { log: (event) => void (event.event === "warning" && warnings.push(event.message)) },
      );
      await proxy.close();
      expect(warnings).toStrictEqual(expected.map((start) => expect.stringContaining(start)));
    },
  );

  test.each([
    ["0.0.0.0", /can be reached from other machines/],
    ["127.0.0.1", /pages of any web site/],
  ])("warns of what a WebSocket on %s lets in", async (host, expected) => {
    const warnings: string[] = [];
    const proxy = await startProxy(
      { listen: [`ws://${host}:0/vnc`], target: "127.0.0.1:1", auth: ["none"] },
      { log: (event) => void (event.event === "warning" && warnings.push(event.message)) },
    );
    await proxy.close();
    expect(warnings).toContainEqual(expect.stringMatching(expected));
  });
});

async function joinAt(port: number): Promise<ClientConnection> {
  const transport = await connectTcp({ host: "127.0.0.1", port });
  return joinServer(transport, { authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) } });
}

/** "open", or the error that the WebSocket fails with. */
function upgrade(url: string, options: ClientOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, ["binary"], options);
    socket.on("open", () => {
      socket.close();
      resolve("open");
    });
    socket.on("error", (error) => resolve(error.message));
  });
}
