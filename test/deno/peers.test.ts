// Real servers' pictures, taken by Deno's own sockets and TLS, and by what stands in there for Node's.

import { mkdtempSync } from "node:fs";
import { createServer, connect as netConnect } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { connectTcp } from "../../transports/node.ts";
import {
  type Certificates,
  makeCertificateFolder,
  makeCertificates,
  type ServerCertificate,
} from "../peers/certificates.ts";
import { comparePictures, type Picture } from "../peers/picture.ts";
import { onLeaving, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, type QemuOptions, startQemu } from "../peers/qemu.ts";
import { PLAIN_LOGIN, startXtigervnc, XTIGERVNC } from "../peers/xtigervnc.ts";
import { type PictureOptions, takePicture } from "./picture.ts";
import { runDeno } from "./run.ts";

type Host = "deno" | "node";

const HOSTS: readonly Host[] = ["deno", "node"];
const PASSWORD = "secret17";
const LOGIN = { username: "tester", password: "it's a long secret" };

let certificates: Certificates;
let root: string;

beforeAll(async () => {
  certificates = await makeCertificates();
});

async function folderWith(server: ServerCertificate = "server"): Promise<string> {
  const folder = mkdtempSync(join(root, "certificates-"));
  await makeCertificateFolder(folder, { certificates, server });
  return folder;
}

/** A picture, or why there is none, by a Deno that may connect to this port and nothing else. */
async function inDeno(
  host: Host,
  options: PictureOptions,
): Promise<{ readonly picture?: Picture; readonly code?: string; readonly name?: string; readonly message?: string }> {
  // What the ws package asks of the environment as it loads.
  const env = host === "node" ? ["--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE"] : [];
  const permissions = ["--no-prompt", `--allow-net=127.0.0.1:${options.port}`, ...env];
  const { end, stdout, stderr } = await runDeno([
    "run",
    ...permissions,
    "test/deno/client.ts",
    host,
    JSON.stringify(options),
  ]);
  expect({ end, stderr }).toEqual({ end: "status 0", stderr: "" });
  const { rgb, width, height, ...failure } = JSON.parse(stdout);
  if (rgb === undefined) return failure;
  return { picture: { width, height, rgb: new Uint8Array(Buffer.from(rgb, "base64")) } };
}

/** Deno both ways and Node see what the server shows. */
async function expectPicture(expected: Picture, options: PictureOptions): Promise<void> {
  const takings = [takePicture(connectTcp, options), ...HOSTS.map((host) => inDeno(host, options).then(pictureIn))];
  for (const picture of await Promise.all(takings)) expect(comparePictures(picture, expected)).toEqual({ pixels: 0 });
}

function pictureIn(taken: Awaited<ReturnType<typeof inDeno>>): Picture {
  if (taken.picture === undefined) throw new Error(`There is no picture: ${taken.message}`);
  return taken.picture;
}

peer("Deno and QEMU", QEMU, () => {
  beforeAll(() => {
    root = temporaryFolder();
  });
  const x509none = (port: number, tls: PictureOptions["tls"] = {}): PictureOptions => {
    return { port, scheme: "x509none", tls: { ca: certificates.ca, ...tls } };
  };

  test("X509None", async () => {
    const qemu = await startQemu({ tls: "x509", certificates: await folderWith() });
    await expectPicture(await qemu.screendump(), x509none(qemu.port));
    await expectPicture(await qemu.screendump(), x509none(qemu.port, { serverName: "localhost" }));
    await qemu.stop();
  });

  test("X509Vnc", async () => {
    const qemu = await startQemu({ tls: "x509", certificates: await folderWith(), password: PASSWORD });
    const options = { ...x509none(qemu.port), scheme: "x509vnc", credentials: { password: PASSWORD } };
    await expectPicture(await qemu.screendump(), options);
    await qemu.stop();
  });

  test("a server that ends at TLS 1.2, and who wants 1.3", async () => {
    const certificates = await folderWith();
    const qemu = await startQemu({ tls: "x509", certificates, tlsPriority: "NORMAL:-VERS-TLS1.3" });
    await expectPicture(await qemu.screendump(), x509none(qemu.port));
    const wanting = x509none(qemu.port, { minVersion: "1.3" });
    expect(await inDeno("deno", wanting)).toEqual({
      name: "TypeError",
      message: "Cannot start TLS: Deno's own cannot demand version 1.3; rfb-codec/node can, on Deno too",
    });
    expect(await inDeno("node", wanting)).toMatchObject({ code: "insecure" });
    await qemu.stop();
  });

  test("a server that demands a client certificate", async () => {
    const qemu = await startQemu({ tls: "x509", certificates: await folderWith(), verifyPeer: true });
    const { cert, key } = certificates.client;
    const showing = x509none(qemu.port, { cert, key });
    expect(await inDeno("deno", showing)).toEqual({
      name: "TypeError",
      message: "Cannot start TLS: Deno's own cannot show a client certificate; rfb-codec/node can, on Deno too",
    });
    expect(comparePictures(pictureIn(await inDeno("node", showing)), await qemu.screendump())).toEqual({ pixels: 0 });
    for (const host of HOSTS) expect(await inDeno(host, x509none(qemu.port))).toMatchObject({ name: "RfbError" });
    await qemu.stop();
  });

  describe("refuses", () => {
    const TLS_1_1 = { tlsPriority: "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT" };
    test.each<[string, ServerCertificate, QemuOptions, RegExp]>([
      ["another host's certificate", "wrongHost", {}, /made out to DNS:elsewhere\.example, not to 127\.0\.0\.1$/],
      ["an authority it does not know", "unknownAuthority", { sanityCheck: false }, /no authority that we trust/],
      ["an expired certificate", "expired", { sanityCheck: false }, /has expired$/],
      ["TLS 1.1", "server", TLS_1_1, /the peer closed the connection$/],
    ])("%s", async (_, server, more, reason) => {
      const qemu = await startQemu({ tls: "x509", certificates: await folderWith(server), ...more });
      const options = x509none(qemu.port);
      const [own, stand] = await Promise.all(HOSTS.map((host) => inDeno(host, options)));
      expect(own).toMatchObject({ code: "insecure", message: expect.stringMatching(reason) });
      expect(stand).toMatchObject({ code: "insecure" });
      // But for its name, a certificate stays as bad as it is.
      const nameless = await inDeno("deno", x509none(qemu.port, { verifyHostname: false }));
      if (server === "wrongHost") expect(pictureIn(nameless).width).toBeGreaterThan(0);
      else expect(nameless).toMatchObject({ code: "insecure" });
      await qemu.stop();
    });

    test.each([
      ["with the acknowledgement", 0],
      ["at once after it", 1],
      ["amid the handshake", 20],
    ])("bytes in clear before TLS, which come %s", async (_, delay) => {
      const qemu = await startQemu({ tls: "x509", certificates: await folderWith() });
      const port = await startInjector(qemu.port, delay);
      for (const host of HOSTS) expect(await inDeno(host, x509none(port))).toMatchObject({ code: "insecure" });
      await qemu.stop();
    });
  });
});

peer("Deno and Xtigervnc", XTIGERVNC, () => {
  beforeAll(() => {
    root = temporaryFolder();
  });

  test("X509None and X509Vnc", async () => {
    const folder = await folderWith();
    const securityTypes = "X509Vnc,X509None";
    const server = await startXtigervnc({ securityTypes, certificates: folder, password: PASSWORD });
    for (const scheme of ["x509none", "x509vnc"]) {
      const { port } = server;
      const credentials = { password: PASSWORD };
      await expectPicture(await server.dump(), { port, scheme, credentials, tls: { ca: certificates.ca } });
    }
    await server.stop();
  });

  peer("and its Plain logins", [PLAIN_LOGIN], () => {
    test("X509Plain", async () => {
      const { username: user, password } = LOGIN;
      const certificatesAt = await folderWith();
      const server = await startXtigervnc({
        securityTypes: "X509Plain",
        certificates: certificatesAt,
        plain: { user, password },
      });
      const tls = { ca: certificates.ca };
      await expectPicture(await server.dump(), { port: server.port, scheme: "x509plain", credentials: LOGIN, tls });
      await server.stop();
    });
  });
});

/**
 * Stands before a server and adds a line in clear to its acknowledgement of X509None: with it, or so many milliseconds
 * later.
 */
async function startInjector(port: number, delay: number): Promise<number> {
  const injector = createServer((client) => {
    const server = netConnect(port, "127.0.0.1");
    let hasChosen = false;
    for (const socket of [client, server]) socket.setNoDelay(true).on("error", () => {});
    client.on("data", (bytes) => {
      hasChosen = bytes.length === 4 && bytes.readUInt32BE() === 260;
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (!hasChosen) return void client.write(bytes);
      hasChosen = false;
      if (delay === 0) return void client.write(Buffer.concat([bytes, Buffer.from("injected\n")]));
      client.write(bytes);
      setTimeout(() => client.write("injected\n"), delay);
    });
    client.on("close", () => server.destroy());
    server.on("close", () => client.end());
  });
  await new Promise<void>((resolve) => injector.listen(0, "127.0.0.1", resolve));
  onLeaving({ stop: async () => void injector.close(), stopNow: () => {} });
  return (injector.address() as { port: number }).port;
}
