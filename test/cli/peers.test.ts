import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Certificates,
  makeCertificateFolder,
  makeCertificates,
  type ServerCertificate,
} from "../peers/certificates.ts";
import { comparePictures, type Picture, parsePng } from "../peers/picture.ts";
import { temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, type Qemu, startQemu } from "../peers/qemu.ts";
import { captureWithGvnccapture, GVNCCAPTURE, VNCVIEWER, viewWithVncviewer } from "../peers/viewers.ts";
import { PLAIN_LOGIN, startXtigervnc, XTIGERVNC, type Xtigervnc } from "../peers/xtigervnc.ts";
import { runRfb, startProxyCommand } from "./command.ts";

let certificates: Certificates;
let root: string;

/** A folder with the certificates that QEMU and Xtigervnc read. */
async function folderWith(server: ServerCertificate = "server"): Promise<string> {
  const folder = mkdtempSync(join(root, "certificates-"));
  await makeCertificateFolder(folder, { certificates, server });
  return folder;
}

beforeAll(async () => {
  certificates = await makeCertificates();
});

/** What the command has of a server: straight, and through the proxy by TCP and by WebSocket. */
async function expectPicture(
  port: number,
  expected: Picture,
  security: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const target = `127.0.0.1::${port}`;
  const listen = ["--listen", "tcp://127.0.0.1:0", "--listen", "ws://127.0.0.1:0/vnc"];
  const proxied = async (): Promise<readonly Picture[]> => {
    const proxy = await startProxyCommand([...listen, "--target", target, ...security], env);
    const places = [`127.0.0.1::${proxy.ports[0]}`, proxy.addresses[1]!];
    const pictures = await Promise.all(places.map((place) => snapshot([place, "--auth", "none"])));
    negotiated = await proxy.waitForEvent("negotiated");
    await proxy.stop();
    return pictures;
  };
  let negotiated: Readonly<Record<string, unknown>> = {};
  const [straight, through] = await Promise.all([snapshot([target, ...security], env), proxied()]);
  for (const picture of [straight, ...through]) expect(comparePictures(picture, expected)).toEqual({ pixels: 0 });
  return negotiated;
}

async function snapshot(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Picture> {
  const { code, stdout, stderr } = await runRfb(["snapshot", ...args, "-o", "-"], env);
  expect({ code, stderr }).toMatchObject({ code: "0" });
  return parsePng(stdout);
}

/** The one line with which a snapshot, and the reason with which a proxy's session, fails. */
async function failuresOf(port: number, security: readonly string[]): Promise<readonly [string, unknown]> {
  const target = `127.0.0.1::${port}`;
  const proxied = async (): Promise<unknown> => {
    const proxy = await startProxyCommand(["--listen", "tcp://127.0.0.1:0", "--target", target, ...security]);
    const { code } = await runRfb(["snapshot", `127.0.0.1::${proxy.ports[0]}`, "--auth", "none", "-o", "-"]);
    expect(code).toBe("1");
    const failed = await proxy.waitForEvent("failed");
    expect(failed).toMatchObject({ stage: "server security", vencryptSubtype: "X509None (260)" });
    await proxy.stop();
    return failed.reason;
  };
  const [{ code, lines }, reason] = await Promise.all([
    runRfb(["snapshot", target, ...security, "-o", join(root, "never.png")]),
    proxied(),
  ]);
  expect([code, lines.length]).toEqual(["1", 1]);
  return [lines[0]!, reason];
}

peer("rfb and QEMU with certificates", QEMU, () => {
  const trusting = (folder: string): readonly string[] => ["--ca", join(folder, "ca-cert.pem")];
  beforeAll(() => {
    root = temporaryFolder();
  });

  test.concurrent("X509None", async () => {
    const folder = await folderWith();
    const qemu = await startQemu({ tls: "x509", certificates: folder });
    const negotiated = await expectPicture(qemu.port, await qemu.screendump(), trusting(folder));
    expect(negotiated).toMatchObject({
      ...{ securityType: "VeNCrypt (19)", vencryptSubtype: "X509None (260)", tlsVersion: "TLSv1.3" },
      ...{ certificateSubject: "CN=localhost", certificateExpiry: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    });
    const [line, reason] = await failuresOf(qemu.port, []);
    expect(line).toMatch(/^rfb: Cannot start TLS: .*authority that we/);
    expect(reason).toMatch(/authority that we/);
    await qemu.stop();
  });

  test.concurrent("X509None with a client certificate, and without", async () => {
    const folder = await folderWith();
    const qemu = await startQemu({ tls: "x509", certificates: folder, verifyPeer: true });
    const own = ["--cert", join(folder, "client-cert.pem"), "--key", join(folder, "client-key.pem")];
    await expectPicture(qemu.port, await qemu.screendump(), [...trusting(folder), ...own]);
    const [line, reason] = await failuresOf(qemu.port, trusting(folder));
    // From TLS 1.3 on the handshake is over by the time the server looks, and QEMU says nothing as it leaves.
    expect(line).toMatch(/^rfb: Cannot pass security.*the server closed/);
    expect(reason).toMatch(/the server closed/);
    await qemu.stop();
  });

  test.concurrent("a certificate made out to another name, and the exception for it", async () => {
    const folder = await folderWith("wrongHost");
    const qemu = await startQemu({ tls: "x509", certificates: folder });
    const dump = await qemu.screendump();
    const [line, reason] = await failuresOf(qemu.port, trusting(folder));
    expect(line).toMatch(/made out to DNS:elsewhere.example, not to 127.0.0.1$/);
    expect(reason).toMatch(/made out to DNS:elsewhere.example, not to 127.0.0.1$/);
    await expectPicture(qemu.port, dump, [...trusting(folder), "--no-verify-hostname"]);
    await expectPicture(qemu.port, dump, [...trusting(folder), "--server-name", "elsewhere.example"]);
    await qemu.stop();
  });

  test.concurrent.each<[ServerCertificate, RegExp]>([
    ["unknownAuthority", /no authority that we trust/],
    ["expired", /the peer's certificate has expired/],
  ])("refuses a certificate: %s, also without a look at its name", async (server, expected) => {
    const folder = await folderWith(server);
    const qemu: Qemu = await startQemu({ tls: "x509", certificates: folder, sanityCheck: false });
    for (const more of [[], ["--no-verify-hostname"]]) {
      const ended = await runRfb(["snapshot", `127.0.0.1::${qemu.port}`, ...trusting(folder), ...more, "-o", "-"]);
      expect(ended.code).toBe("1");
      expect(ended.lines.at(-1)).toMatch(expected);
    }
    const [, reason] = await failuresOf(qemu.port, trusting(folder));
    expect(reason).toMatch(expected);
    await qemu.stop();
  });
});

const PASSWORD = "secret17";
const LOGIN = { user: "tester", password: "it's a long secret" };

peer("rfb and Xtigervnc", XTIGERVNC, () => {
  let folder: string;
  let server: Xtigervnc;
  let dump: Picture;
  beforeAll(async () => {
    root = temporaryFolder();
    folder = await folderWith();
    const securityTypes = "X509Vnc,X509None,TLSVnc,TLSNone,VncAuth,None";
    server = await startXtigervnc({ securityTypes, certificates: folder, password: PASSWORD });
    dump = await server.dump();
  });

  test.concurrent.each([
    ["x509none", "VeNCrypt (19)", "X509None (260)"],
    ["x509vnc", "VeNCrypt (19)", "X509Vnc (261)"],
    ["tlsnone", "VeNCrypt (19)", "TLSNone (257)"],
    ["tlsvnc", "VeNCrypt (19)", "TLSVnc (258)"],
    ["vncauth", "VncAuth (2)", undefined],
    ["none", "None (1)", undefined],
  ])("%s", async (auth, securityType, vencryptSubtype) => {
    const security = ["--auth", auth, "--ca", join(folder, "ca-cert.pem")];
    const negotiated = await expectPicture(server.port, dump, security, { RFB_PASSWORD: PASSWORD });
    expect(negotiated).toMatchObject({ securityType });
    expect(negotiated.vencryptSubtype).toBe(vencryptSubtype);
  });

  test.concurrent("a wrong password", async () => {
    const args = ["snapshot", `127.0.0.1::${server.port}`, "--auth", "vncauth", "-o", "-"];
    const { code, lines } = await runRfb(args, { RFB_PASSWORD: "wrong-18" });
    expect([code, lines]).toEqual(["1", [expect.stringMatching(/^rfb: Cannot pass security.*the server refused/)]]);
  });

  peer("and its Plain logins", [PLAIN_LOGIN], () => {
    test("x509plain", async () => {
      const plain = await startXtigervnc({ securityTypes: "X509Plain", certificates: folder, plain: LOGIN });
      const file = join(root, "login");
      writeFileSync(file, `${LOGIN.password}\n`);
      const security = ["--ca", join(folder, "ca-cert.pem"), "--username", LOGIN.user, "--password-file", file];
      const negotiated = await expectPicture(plain.port, await plain.dump(), security);
      expect(negotiated).toMatchObject({ vencryptSubtype: "X509Plain (262)" });
    });
  });
});

peer("viewers through rfb proxy", [...QEMU, ...XTIGERVNC], () => {
  let qemu: Qemu;
  let server: Xtigervnc;
  let ports: readonly number[];
  let ownCa: string;
  beforeAll(async () => {
    root = temporaryFolder();
    const folder = await folderWith();
    ownCa = join(folder, "ca-cert.pem");
    [qemu, server] = await Promise.all([
      startQemu({ tls: "x509", certificates: folder }),
      startXtigervnc({ securityTypes: "X509Vnc", certificates: folder, password: PASSWORD }),
    ]);
    const common = ["--listen", "tcp://127.0.0.1:0", "--ca", join(folder, "ca-cert.pem")];
    const proxies = await Promise.all(
      [qemu, server].map(({ port }) =>
        startProxyCommand([...common, "--target", `127.0.0.1::${port}`], { RFB_PASSWORD: PASSWORD }),
      ),
    );
    ports = proxies.map((proxy) => proxy.ports[0]!);
  });

  peer("gvnccapture", GVNCCAPTURE, () => {
    test("takes both servers' pictures", async () => {
      const [ofQemu, ofXtigervnc] = await Promise.all(ports.map((port) => captureWithGvnccapture("127.0.0.1", port)));
      expect(comparePictures(ofQemu!, await qemu.screendump())).toEqual({ pixels: 0 });
      expect(comparePictures(ofXtigervnc!, await server.dump())).toEqual({ pixels: 0 });
    });
  });

  peer("vncviewer", VNCVIEWER, () => {
    test("shows both servers' pictures", async () => {
      const pictures = [await qemu.screendump(), await server.dump()];
      const viewers = await Promise.all(
        ports.map((port, i) => viewWithVncviewer({ port, width: pictures[i]!.width, height: pictures[i]!.height })),
      );
      for (const [i, viewer] of viewers.entries()) await viewer.waitForPicture(pictures[i]!);
      await Promise.all(viewers.map((viewer) => viewer.stop()));
    });
  });

  describe("that asks for a password of its own", () => {
    const OWN = "of-proxy";
    let port: number;
    let picture: Picture;
    beforeAll(async () => {
      const folder = await folderWith();
      writeFileSync(join(root, "own"), `${OWN}\n`);
      const tls = ["--cert", join(folder, "server-cert.pem"), "--key", join(folder, "server-key.pem")];
      const guard = ["--client-auth", "x509vnc,tlsvnc,vncauth", "--client-password-file", join(root, "own")];
      const target = ["--target", `127.0.0.1::${server.port}`, "--auth", "x509vnc", "--no-verify-hostname"];
      const proxy = await startProxyCommand(
        [...["--listen", "tcp://127.0.0.1:0"], ...target, ...["--ca", ownCa], ...tls, ...guard],
        { RFB_PASSWORD: PASSWORD },
      );
      port = proxy.ports[0]!;
      picture = await server.dump();
    });

    peer("vncviewer with a password", VNCVIEWER, () => {
      test.each(["VncAuth", "TLSVnc"])("shows the picture over %s", async (securityTypes) => {
        const { width, height } = picture;
        const viewer = await viewWithVncviewer({ port, width, height, securityTypes, password: OWN });
        await viewer.waitForPicture(picture);
        await viewer.stop();
      });
    });
  });
});
