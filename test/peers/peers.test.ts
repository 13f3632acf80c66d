import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { makeCertificateFolder, makeCertificates } from "./certificates.ts";
import {
  comparePictures,
  countColours,
  examplePicture,
  type Picture,
  parsePng,
  parsePpm,
  parseXwd,
} from "./picture.ts";
import { freePort, run, start, temporaryFolder, waitForListener } from "./process.ts";
import { findProgram, peer } from "./programs.ts";
import { QEMU, startQemu } from "./qemu.ts";
import { captureWithGvnccapture, GVNCCAPTURE, VNCVIEWER, viewWithVncviewer } from "./viewers.ts";
import { PLAIN_LOGIN, startXtigervnc, XTIGERVNC } from "./xtigervnc.ts";

/** Whether this is Node itself: see `ANONYMOUS`, and `start` for what becomes of programs. */
const NODE = process.versions.deno === undefined && process.versions.bun === undefined;

describe("programs and processes", () => {
  test("findProgram finds what is on PATH and nothing else", () => {
    expect(findProgram("sh")).toMatch(/\/sh$/);
    expect(findProgram("no-such-program-anywhere")).toBeUndefined();
  });

  test("a program is stopped by its id, and its end is told", async () => {
    const child = start("sleep", ["60"]);
    await child.stop();
    expect(child.ended()).toBe("SIGTERM");
    expect(() => process.kill(child.pid, 0)).toThrow(/ESRCH/);
  });

  test("run hands over input and output, and throws for a failure", async () => {
    expect(Buffer.from(await run("cat", [], { input: "abc" })).toString()).toBe("abc");
    await expect(run("sh", ["-c", "echo reason >&2; exit 3"])).rejects.toThrow(/status 3: reason/);
  });

  test("a log line that never comes says how the program ended", async () => {
    await expect(start("sh", ["-c", "echo other >&2; exit 4"]).waitForLog(/never/)).rejects.toThrow(/status 4: other/);
  });

  test("waitForListener waits for a port and for a path", async () => {
    for (const where of [await freePort(), join(temporaryFolder(), "socket")]) {
      await expect(waitForListener(where, 50)).rejects.toThrow(`a listener on ${where}`);
      const server = createServer();
      const found = waitForListener(where);
      if (typeof where === "number") server.listen(where, "127.0.0.1");
      else server.listen(where);
      await found;
      server.close();
    }
  });

  test("freePort stays below the ephemeral ports", async () => {
    expect(await freePort()).toBeLessThan(32_000);
  });
});

describe("pictures", () => {
  const picture = examplePicture(70, 66);

  test("comparePictures counts the pixels and places the first", () => {
    const rgb = picture.rgb.slice();
    rgb[3 * (70 * 2 + 5)]! ^= 1;
    rgb[3 * (70 * 9 + 1) + 2]! ^= 1;
    const { pixels, first } = comparePictures(picture, { ...picture, rgb });
    expect(pixels).toBe(2);
    expect(first).toMatch(/ at 5,2$/);
    expect(comparePictures(picture, picture)).toEqual({ pixels: 0 });
    expect(comparePictures(picture, examplePicture(70, 65)).first).toBe("70x66 and 70x65");
  });

  test("parsePpm reads comments and refuses a picture cut short", () => {
    const ppm = Buffer.concat([Buffer.from("P6\n# made by hand\n70 66\n255\n"), picture.rgb]);
    expect(comparePictures(parsePpm(ppm), picture).pixels).toBe(0);
    expect(() => parsePpm(ppm.subarray(0, 500))).toThrow(/Cannot read/);
  });

  peer("pictures by netpbm", ["pnmtopng", "pnmtoxwd"], () => {
    test("PNG and XWD give the picture back", async () => {
      const file = join(temporaryFolder(), "picture.ppm");
      writeFileSync(file, Buffer.concat([Buffer.from("P6\n70 66\n255\n"), picture.rgb]));
      expect(comparePictures(parsePng(await run("pnmtopng", ["-force", file])), picture).pixels).toBe(0);
      // Most significant byte first, where X servers here have the least significant one first.
      expect(comparePictures(parseXwd(await run("pnmtoxwd", ["-directcolor", file])), picture).pixels).toBe(0);
    });
  });
});

describe("certificates", () => {
  test.each(["ecdsa", "rsa"] as const)("the %s set is good and bad where it says so", async (kind) => {
    const set = await makeCertificates(kind);
    const ca = new X509Certificate(set.ca);
    const server = new X509Certificate(set.server.cert);
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(server.checkIssued(ca)).toBe(true);
    expect(server.checkHost("localhost")).toBe("localhost");
    expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(new X509Certificate(set.wrongHost.cert).checkHost("localhost")).toBeUndefined();
    expect(new X509Certificate(set.unknownAuthority.cert).verify(ca.publicKey)).toBe(false);
    expect(Date.parse(new X509Certificate(set.expired.cert).validTo)).toBeLessThan(Date.now());
    expect(Date.parse(new X509Certificate(set.notYetValid.cert).validFrom)).toBeGreaterThan(Date.now());
  });

  peer("certificates before openssl", ["openssl"], () => {
    test("openssl verifies the server's and the client's", async () => {
      const folder = temporaryFolder();
      await makeCertificateFolder(folder);
      for (const [purpose, name] of [
        ["sslserver", "server"],
        ["sslclient", "client"],
      ] as const) {
        const args = ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", join(folder, "ca-cert.pem")];
        const said = await run("openssl", [...args, join(folder, `${name}-cert.pem`)]);
        expect(Buffer.from(said).toString()).toMatch(/: OK/);
      }
    });
  });
});

peer("QEMU", QEMU, () => {
  test("shows a still picture, takes keys and stops", async () => {
    const qemu = await startQemu();
    const picture = await qemu.screendump();
    expect([picture.width, picture.height]).toEqual([640, 400]);
    expect(countColours(picture)).toBeGreaterThan(100);
    await qemu.sendKey("h", "i");
    await qemu.waitForKey("i", false);
    await expect.poll(() => qemu.typed()).toBe("hi");
    expect(comparePictures(picture, await qemu.screendump()).pixels).toBeGreaterThan(0);
    await qemu.sendKey("tab");
    await expect.poll(async () => (await qemu.screendump()).height).toBe(480);
    await qemu.stop();
    await expect(readPrefix(qemu.port, 12)).rejects.toThrow();
  });

  test("screendump is what a client that knows Raw alone is sent", async () => {
    const qemu = await startQemu();
    const picture = await qemu.screendump();
    expect(comparePictures(await readRawScreen(qemu.port, 300, 200), picture)).toEqual({ pixels: 0 });
    await qemu.waitForPointer(300, 200, 0);
    expect(comparePictures(await qemu.screendump(), picture)).toEqual({ pixels: 0 });
  });

  test("speaks VncAuth when it has a password", async () => {
    const qemu = await startQemu({ password: "a,b=c d" });
    expect(await securityTypesOf(qemu.port)).toEqual([2]);
    expect(await readPrefix(qemu.webSocketPort, 1, "GET / HTTP/1.1\r\n\r\n")).toEqual(Buffer.from("H"));
  });

  test("offers each VeNCrypt subtype, and TLS succeeds in it", async () => {
    const folder = temporaryFolder();
    const { ca, client } = await makeCertificateFolder(folder);
    const x509 = { tls: "x509", certificates: folder } as const;
    const verified: ConnectionOptions = { ca, host: "127.0.0.1" };
    const anonymous = [
      [{ tls: "anon" }, 257, ANONYMOUS],
      [{ tls: "anon", password: "secret" }, 258, ANONYMOUS],
    ] as const;
    for (const [options, subtype, tls] of [
      [x509, 260, verified],
      [{ ...x509, password: "secret" }, 261, verified],
      [{ ...x509, verifyPeer: true }, 260, { ...verified, ...client }],
      ...(NODE ? anonymous : []),
    ] as const) {
      const qemu = await startQemu(options);
      const vencrypt = await startVencrypt(qemu.port);
      expect(vencrypt.subtypes).toEqual([subtype]);
      const secure = await vencrypt.startTls(subtype, tls);
      // Security types and then None's result or VncAuth's challenge: TLS 1.3 tells of a refusal only now.
      expect((await readBytes(secure, 4)).length).toBe(4);
      secure.destroy();
      await qemu.stop();
    }
  });

  test("starts with a bad certificate when told not to look", async () => {
    const certificates = await makeCertificates();
    const folder = temporaryFolder();
    await makeCertificateFolder(folder, { certificates, server: "expired" });
    const options = { tls: "x509", certificates: folder } as const;
    await expect(startQemu(options)).rejects.toThrow(/expired/);
    const qemu = await startQemu({ ...options, sanityCheck: false });
    const vencrypt = await startVencrypt(qemu.port);
    await expect(vencrypt.startTls(260, { ca: certificates.ca, host: "127.0.0.1" })).rejects.toThrow(/expired|verify/);
  });
});

peer("Xtigervnc", XTIGERVNC, () => {
  test("dump is what a client that knows Raw alone is sent, without a pointer in it", async () => {
    const server = await startXtigervnc();
    const picture = await server.dump();
    expect(comparePictures(await readRawScreen(server.port, 300, 200), picture)).toEqual({ pixels: 0 });
    await server.waitForPointer(300, 200, 0);
    expect(comparePictures(await readRawScreen(server.port, 10, 20), picture)).toEqual({ pixels: 0 });
  });

  test("shows the picture painted on it", async () => {
    const server = await startXtigervnc();
    expect(countColours(await server.dump())).toBeGreaterThan(1000);
    const stamp = examplePicture(64, 80);
    await server.paint(stamp, 100, 120);
    const { width, rgb } = await server.dump();
    const at = 3 * (120 * width + 100);
    expect(rgb.slice(at, at + 3 * 64)).toEqual(stamp.rgb.slice(0, 3 * 64));
    await server.stop();
    await expect(readPrefix(server.port, 12)).rejects.toThrow();
  });

  test("offers each VeNCrypt subtype, and TLS succeeds in it", async () => {
    const folder = temporaryFolder();
    const { ca } = await makeCertificateFolder(folder);
    const verified: ConnectionOptions = { ca, host: "127.0.0.1" };
    const server = await startXtigervnc({
      securityTypes: "X509None,X509Vnc,TLSNone,TLSVnc",
      certificates: folder,
      password: "secret",
    });
    const anonymous = [
      [257, ANONYMOUS],
      [258, ANONYMOUS],
    ] as const;
    for (const [subtype, tls] of [[260, verified], [261, verified], ...(NODE ? anonymous : [])] as const) {
      const vencrypt = await startVencrypt(server.port);
      expect(vencrypt.subtypes).toEqual([260, 261, 257, 258]);
      const secure = await vencrypt.startTls(subtype, tls);
      expect((await readBytes(secure, 4)).length).toBe(4);
      secure.destroy();
    }
  });

  peer("Plain logins", [PLAIN_LOGIN], () => {
    test.each([
      ["tester", "it's a secret", 0],
      ["tester", "wrong", 1],
      ["nobody", "it's a secret", 1],
    ])("%s with %s gives result %i", async (user, password, expected) => {
      const folder = temporaryFolder();
      const { ca } = await makeCertificateFolder(folder);
      const plain = { user: "tester", password: "it's a secret" };
      const server = await startXtigervnc({ securityTypes: "X509Plain,TLSPlain", certificates: folder, plain });
      const vencrypt = await startVencrypt(server.port);
      expect(vencrypt.subtypes).toEqual([262, 259]);
      const secure = await vencrypt.startTls(262, { ca, host: "127.0.0.1" });
      const login = Buffer.alloc(8);
      login.writeUInt32BE(user.length, 0);
      login.writeUInt32BE(password.length, 4);
      secure.write(Buffer.concat([login, Buffer.from(user), Buffer.from(password)]));
      expect((await readBytes(secure, 4)).readUInt32BE(0)).toBe(expected);
      secure.destroy();
      const own = (): string[] => readdirSync("/etc/pam.d").filter((name) => name.includes(`-test-${process.pid}-`));
      expect(own()).toHaveLength(1);
      await server.stop();
      expect(own()).toHaveLength(0);
    });
  });
});

peer("gvnccapture", [...QEMU, ...XTIGERVNC, ...GVNCCAPTURE], () => {
  test("takes QEMU's own picture", async () => {
    const qemu = await startQemu();
    const captured = await captureWithGvnccapture("127.0.0.1", qemu.port);
    expect(comparePictures(captured, await qemu.screendump())).toEqual({ pixels: 0 });
  });

  test("takes Xtigervnc's own picture, with a password too", async () => {
    const server = await startXtigervnc({ securityTypes: "VncAuth", password: "secret" });
    const captured = await captureWithGvnccapture("127.0.0.1", server.port, "secret");
    expect(comparePictures(captured, await server.dump())).toEqual({ pixels: 0 });
    const open = await startXtigervnc({ width: 333, height: 217 });
    const odd = await captureWithGvnccapture("127.0.0.1", open.port);
    expect(comparePictures(odd, await open.dump())).toEqual({ pixels: 0 });
  });
});

peer("vncviewer", [...QEMU, ...XTIGERVNC, ...VNCVIEWER], () => {
  test("shows Xtigervnc's picture and brings it keys and the pointer", async () => {
    const server = await startXtigervnc();
    const viewer = await viewWithVncviewer({ port: server.port, width: 640, height: 480 });
    await viewer.waitForPicture(await server.dump());
    expect(comparePictures(await viewer.picture(), await server.dump())).toEqual({ pixels: 0 });
    await viewer.movePointer(123, 45);
    await server.waitForPointer(123, 45, 0);
    await viewer.pressButton(1);
    await server.waitForPointer(123, 45, 1);
    await viewer.pressKey(0x61);
    await server.waitForKey("a");
    await server.waitForKey("a", false);
    await viewer.stop();
  });

  test("shows QEMU's picture and brings it keys and the pointer", async () => {
    const qemu = await startQemu();
    const viewer = await viewWithVncviewer({ port: qemu.port, width: 640, height: 400 });
    await viewer.waitForPicture(await qemu.screendump());
    await viewer.movePointer(321, 399);
    await qemu.waitForPointer(321, 399);
    await viewer.pressButton(3);
    await qemu.waitForPointer(321, 399, 4);
    await viewer.pressKey(0x62);
    await qemu.waitForKey("b");
    await expect.poll(() => qemu.typed()).toBe("b");
    await viewer.waitForPicture(await qemu.screendump());
  });

  test.each(["X509None", "X509Vnc", "TLSNone"])("comes in by %s", async (securityTypes) => {
    const folder = temporaryFolder();
    await makeCertificateFolder(folder);
    const server = await startXtigervnc({ securityTypes, certificates: folder, password: "secret" });
    const viewer = await viewWithVncviewer({
      ...{ port: server.port, width: 640, height: 480 },
      ...{ securityTypes, password: "secret", ca: join(folder, "ca-cert.pem") },
    });
    await viewer.waitForPicture(await server.dump());
  });
});

peer("many at once", [...QEMU, ...XTIGERVNC], () => {
  test("servers that start together do not meet", async () => {
    const servers = await Promise.all([1, 2, 3, 4].flatMap(() => [startXtigervnc(), startQemu()]));
    expect(new Set(servers.map(({ port }) => port)).size).toBe(8);
    await Promise.all(servers.map((server) => server.stop()));
  });

  test.skipIf(!NODE)("what is left running ends with the process that started it", async () => {
    const script = join(temporaryFolder(), "leave.ts");
    const module = new URL("process.ts", import.meta.url).pathname;
    writeFileSync(
      script,
      `import { start, temporaryFolder, waitForListener } from ${JSON.stringify(module)};
       const folder = temporaryFolder();
       console.log(JSON.stringify({ pid: start("sleep", ["60"]).pid, folder }));
       setTimeout(() => process.kill(process.pid, process.argv[2]), 100);`,
    );
    for (const signal of ["SIGTERM", "SIGKILL"]) {
      const child = start("node", ["--import", import.meta.resolve("tsx"), script, signal]);
      expect(await child.exited).toBe(signal);
      const { pid, folder } = JSON.parse(child.stdoutText()) as { pid: number; folder: string };
      await expect.poll(() => isRunning(pid)).toBe(false);
      // Nobody can tidy up after being killed outright.
      if (signal === "SIGTERM") expect(existsSync(folder)).toBe(false);
      else rmSync(folder, { recursive: true });
    }
  });
});

/** TLS without certificates, which TLS 1.3 no longer has and other runtimes' TLS never had. */
const ANONYMOUS: ConnectionOptions = {
  ciphers: "aNULL:@SECLEVEL=0",
  maxVersion: "TLSv1.2",
  rejectUnauthorized: false,
};

interface Vencrypt {
  readonly subtypes: readonly number[];
  startTls(subtype: number, options: ConnectionOptions): Promise<TLSSocket>;
}

/** Goes as far as VeNCrypt's list of subtypes, byte by byte as its description has it. */
async function startVencrypt(port: number): Promise<Vencrypt> {
  const socket = await openRfb(port);
  const [count] = await readBytes(socket, 1);
  expect([...(await readBytes(socket, count!))]).toContain(19);
  socket.write(Buffer.from([19]));
  expect([...(await readBytes(socket, 2))]).toEqual([0, 2]);
  socket.write(Buffer.from([0, 2]));
  const [refused, size] = await readBytes(socket, 2);
  expect(refused).toBe(0);
  const list = await readBytes(socket, 4 * size!);
  return {
    subtypes: Array.from({ length: size! }, (_, i) => list.readUInt32BE(4 * i)),
    async startTls(subtype, options) {
      const choice = Buffer.alloc(4);
      choice.writeUInt32BE(subtype);
      socket.write(choice);
      expect([...(await readBytes(socket, 1))]).toEqual([1]);
      const secure = connectTls({ ...options, socket });
      await new Promise<void>((resolve, reject) => {
        secure.once("secureConnect", resolve);
        secure.once("error", reject);
      });
      return secure;
    },
  };
}

/**
 * Moves the pointer and reads one full picture in Raw, which is the one encoding it asks for. Without
 * SetPixelFormat both servers send 32 bits a pixel, blue first.
 */
async function readRawScreen(port: number, x: number, y: number): Promise<Picture> {
  const socket = await openRfb(port);
  const [count] = await readBytes(socket, 1);
  expect([...(await readBytes(socket, count!))]).toContain(1);
  socket.write(Buffer.from([1]));
  expect([...(await readBytes(socket, 4))]).toEqual([0, 0, 0, 0]);
  socket.write(Buffer.from([1])); // shared
  const init = await readBytes(socket, 24);
  const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)];
  expect(init.subarray(4, 17).toString("hex")).toBe("2018000100ff00ff00ff100800");
  await readBytes(socket, init.readUInt32BE(20));
  const setEncodings = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);
  const pointer = Buffer.from([5, 0, x >> 8, x & 0xff, y >> 8, y & 0xff]);
  const update = Buffer.from([3, 0, 0, 0, 0, 0, width >> 8, width & 0xff, height >> 8, height & 0xff]);
  socket.write(Buffer.concat([setEncodings, pointer]));
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.write(update);
  const rgb = new Uint8Array(width * height * 3);
  const header = await readBytes(socket, 4);
  expect(header[0]).toBe(0);
  let covered = 0;
  for (let i = 0; i < header.readUInt16BE(2); i++) {
    const place = await readBytes(socket, 12);
    const [left, top, w, h] = [0, 2, 4, 6].map((at) => place.readUInt16BE(at)) as [number, number, number, number];
    expect(place.readInt32BE(8)).toBe(0);
    for (let row = 0; row < h; row++) {
      const pixels = await readBytes(socket, 4 * w);
      let to = 3 * ((top + row) * width + left);
      for (let at = 0; at < pixels.length; at += 4) {
        for (const channel of [2, 1, 0]) rgb[to++] = pixels[at + channel]!;
      }
    }
    covered += w * h;
  }
  expect(covered).toBe(width * height);
  socket.destroy();
  return { width, height, rgb };
}

async function securityTypesOf(port: number): Promise<number[]> {
  const socket = await openRfb(port);
  const [count] = await readBytes(socket, 1);
  const types = [...(await readBytes(socket, count!))];
  socket.destroy();
  return types;
}

async function openRfb(port: number): Promise<Socket> {
  const socket = createConnection(port, "127.0.0.1");
  expect((await readBytes(socket, 12)).toString()).toBe("RFB 003.008\n");
  socket.write("RFB 003.008\n");
  return socket;
}

async function readPrefix(port: number, count: number, first?: string): Promise<Buffer> {
  const socket = createConnection(port, "127.0.0.1");
  if (first !== undefined) socket.write(first);
  const bytes = await readBytes(socket, count);
  socket.destroy();
  return bytes;
}

/** Exactly so many bytes, leaving what follows in the socket. */
function readBytes(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes === null) return;
      leave();
      resolve(bytes);
    };
    const fail = (error?: Error): void => {
      leave();
      reject(error ?? new Error("closed"));
    };
    const close = (): void => fail();
    const leave = (): void => {
      socket.off("readable", look).off("error", fail).off("close", close).off("end", close);
    };
    socket.on("readable", look).on("error", fail).on("close", close).on("end", close);
    look();
  });
}

function isRunning(pid: number): boolean {
  try {
    // A child whose end nobody has taken note of is still listed, as a zombie.
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
