/**
 * What every runtime's sockets and TLS have to do before real servers that demand VeNCrypt's X509 schemes.
 *
 * @module
 */

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

/** A picture, or why there is none. */
export interface Taken {
  readonly picture?: Picture;
  readonly code?: string;
  readonly name?: string;
  readonly message?: string;
}

/** Runs the program `client.ts` in a runtime. */
export type Take = (options: PictureOptions) => Promise<Taken>;

const PASSWORD = "secret17";
const LOGIN = { username: "tester", password: "it's a long secret" };

/** What `client.ts` wrote. */
export function takenFrom(stdout: string): Taken {
  const { rgb, width, height, ...failure } = JSON.parse(stdout);
  if (rgb === undefined) return failure;
  return { picture: { width, height, rgb: new Uint8Array(Buffer.from(rgb, "base64")) } };
}

/**
 * @param own with the sockets and TLS that are the runtime's own
 * @param nodes with those that it has for Node's programs, where they are others
 */
export function describeX509(runtime: string, own: Take, nodes: Take = own): void {
  const takes: ReadonlySet<Take> = new Set([own, nodes]);
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

  /** The runtime, both ways, and Node see what the server shows. */
  async function expectPicture(expected: Picture, options: PictureOptions): Promise<void> {
    const takings = [takePicture(connectTcp, options), ...[...takes].map((take) => take(options).then(pictureIn))];
    for (const picture of await Promise.all(takings)) expect(comparePictures(picture, expected)).toEqual({ pixels: 0 });
  }

  peer(`${runtime} and QEMU`, QEMU, () => {
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
      const another = await own(x509none(qemu.port, { serverName: "other.example" }));
      expect(another).toMatchObject({ code: "insecure", message: expect.stringMatching(/not to other\.example$/) });
      await qemu.stop();
    });

    test("X509Vnc", async () => {
      const qemu = await startQemu({ tls: "x509", certificates: await folderWith(), password: PASSWORD });
      const options = { ...x509none(qemu.port), scheme: "x509vnc", credentials: { password: PASSWORD } };
      await expectPicture(await qemu.screendump(), options);
      expect(await own({ ...options, credentials: { password: "wrong" } })).toMatchObject({ code: "authentication" });
      await qemu.stop();
    });

    test("a server that ends at TLS 1.2, and who wants 1.3", async () => {
      const certificates = await folderWith();
      const qemu = await startQemu({ tls: "x509", certificates, tlsPriority: "NORMAL:-VERS-TLS1.3" });
      await expectPicture(await qemu.screendump(), x509none(qemu.port));
      expect(await nodes(x509none(qemu.port, { minVersion: "1.3" }))).toMatchObject({ code: "insecure" });
      await qemu.stop();
    });

    test("a server that demands a client certificate", async () => {
      const qemu = await startQemu({ tls: "x509", certificates: await folderWith(), verifyPeer: true });
      const { cert, key } = certificates.client;
      const shown = pictureIn(await nodes(x509none(qemu.port, { cert, key })));
      expect(comparePictures(shown, await qemu.screendump())).toEqual({ pixels: 0 });
      for (const take of takes) expect(await take(x509none(qemu.port))).toMatchObject({ name: "RfbError" });
      await qemu.stop();
    });

    describe("refuses", () => {
      const TLS_1_1 = { tlsPriority: "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT" };
      test.each<[string, ServerCertificate, QemuOptions, RegExp]>([
        ["another host's certificate", "wrongHost", {}, /made out to DNS:elsewhere\.example, not to 127\.0\.0\.1$/],
        ["an authority it does not know", "unknownAuthority", { sanityCheck: false }, /no authority that we trust/],
        ["an expired certificate", "expired", { sanityCheck: false }, /has expired$/],
        // Not every runtime reads what the server says before it closes.
        ["TLS 1.1", "server", TLS_1_1, /have no version of TLS in common$|the peer closed the connection$/],
      ])("%s", async (_, server, more, reason) => {
        const qemu = await startQemu({ tls: "x509", certificates: await folderWith(server), ...more });
        const [first, ...others] = await Promise.all([...takes].map((take) => take(x509none(qemu.port))));
        expect(first).toMatchObject({ code: "insecure", message: expect.stringMatching(reason) });
        for (const other of others) expect(other).toMatchObject({ code: "insecure" });
        // But for its name, a certificate stays as bad as it is.
        const nameless = await own(x509none(qemu.port, { verifyHostname: false }));
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
        for (const take of takes) expect(await take(x509none(port))).toMatchObject({ code: "insecure" });
        await qemu.stop();
      });
    });
  });

  peer(`${runtime} and Xtigervnc`, XTIGERVNC, () => {
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
}

function pictureIn(taken: Taken): Picture {
  if (taken.picture === undefined) throw new Error(`There is no picture: ${taken.message}`);
  return taken.picture;
}

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
