// Our client passes the security of servers that others wrote (VncAuth, Tight, TLS (18), VeNCrypt), and is told when it
// does not. For SASL see test/peers/sasl.test.ts.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Credentials } from "../../auth/mod.ts";
import { RfbError } from "../../codec/mod.ts";
import type { ClientTls } from "../../endpoints/mod.ts";
import { makeCertificateFolder, makeCertificates } from "../peers/certificates.ts";
import { comparePictures, type Picture } from "../peers/picture.ts";
import { shellQuoted, temporaryFolder, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, startQemu } from "../peers/qemu.ts";
import { startVino, VINO } from "../peers/vino.ts";
import { startWayvnc, WAYVNC } from "../peers/wayvnc.ts";
import { startX11vnc, X11VNC, type X11vnc } from "../peers/x11vnc.ts";
import { PLAIN_LOGIN, startXtigervnc, XTIGERVNC, type Xtigervnc } from "../peers/xtigervnc.ts";
import { startXtightvnc, XTIGHTVNC } from "../peers/xtightvnc.ts";
import { carried, NO_ANONYMOUS, notOn } from "../runtimes/runtime.ts";
import { joinBy } from "./joining.ts";

const ADA = { username: "ada", password: "engine 9" } as const;
const SIZE = [320, 240] as const;

const certificates = temporaryFolder();
let tls: ClientTls;
beforeAll(async () => {
  // x11vnc takes RSA alone.
  const { ca } = await makeCertificateFolder(certificates, { certificates: await makeCertificates("rsa") });
  tls = { ca, serverName: "localhost" };
});

interface Server {
  readonly port: number;
  dump(): Promise<Picture>;
}

async function expectPicture(
  { port, dump }: Server,
  scheme: string,
  path: readonly number[],
  credentials: Credentials = ADA,
): Promise<void> {
  const { session, picture } = await joinBy(port, scheme, credentials, tls);
  expect(session.securityPath).toEqual(path);
  expect(comparePictures(picture, await dump())).toEqual({ pixels: 0 });
}

/** Each other answer than {@link ADA}'s is turned away with an error that says so. */
async function expectRefusals({ port }: Server, scheme: string, ...others: readonly Credentials[]): Promise<void> {
  for (const other of others) {
    await expect(joinBy(port, scheme, { ...ADA, ...other }, tls)).rejects.toMatchObject({ code: "authentication" });
  }
}

const WRONG_PASSWORD = { password: "engine 8" } as const;
const WRONG_USER = { username: "Ada" } as const;

peer("QEMU", QEMU, () => {
  test.each(
    carried([
      ["vncauth", "none", [2]],
      ["x509none", "x509", [19, 260]],
      ["x509vnc", "x509", [19, 261]],
      ["tlsnone", "anon", [19, 257]],
      ["tlsvnc", "anon", [19, 258]],
    ] as const),
  )("lets us in by %s", async (scheme, kind, path) => {
    const needsPassword = scheme.endsWith("vnc") || scheme === "vncauth";
    const qemu = await startQemu({ tls: kind, certificates, ...(needsPassword && { password: ADA.password }) });
    const server = { port: qemu.port, dump: qemu.screendump };
    await expectPicture(server, scheme, path);
    if (needsPassword) await expectRefusals(server, scheme, WRONG_PASSWORD);
    await qemu.stop();
  });
});

peer("Xtigervnc", [...XTIGERVNC, PLAIN_LOGIN], () => {
  let server: Xtigervnc;
  beforeAll(async () => {
    const securityTypes = "X509Plain,X509Vnc,X509None,TLSPlain,TLSVnc,TLSNone,Plain,VncAuth,None";
    const plain = { user: ADA.username, password: ADA.password };
    server = await startXtigervnc({ securityTypes, certificates, password: ADA.password, plain });
  });

  test.each(
    carried<readonly [scheme: string, path: readonly number[], wrong: readonly Credentials[]]>([
      ["none", [1], []],
      ["vncauth", [2], [WRONG_PASSWORD]],
      ["plain", [19, 256], [WRONG_PASSWORD, WRONG_USER]],
      ["tlsnone", [19, 257], []],
      ["tlsvnc", [19, 258], [WRONG_PASSWORD]],
      ["tlsplain", [19, 259], [WRONG_PASSWORD, WRONG_USER]],
      ["x509none", [19, 260], []],
      ["x509vnc", [19, 261], [WRONG_PASSWORD]],
      ["x509plain", [19, 262], [WRONG_PASSWORD, WRONG_USER]],
    ]),
  )("lets us in by %s", async (scheme, path, wrong) => {
    await expectPicture(server, scheme, path);
    await expectRefusals(server, scheme, ...wrong);
  });
});

peer("Xtightvnc", XTIGHTVNC, () => {
  test.each([
    ["tightvnc", [16, 2], WRONG_PASSWORD],
    ["vncauth", [2], WRONG_PASSWORD],
  ] as const)("lets us in by %s", async (scheme, path, wrong) => {
    const server = await startXtightvnc(...SIZE, ADA.password);
    await expectPicture(server, scheme, path);
    await expectRefusals(server, scheme, wrong);
    await server.stop();
  });

  test("lets us in by tightnone", async () => {
    const server = await startXtightvnc(...SIZE);
    await expectPicture(server, "tightnone", [16, 1]);
    await server.stop();
  });
});

/** Today's OpenSSL has no anonymous TLS unless it is told to. */
const OPENSSL = `openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = system
[system]
CipherString = ALL:@SECLEVEL=0
`;

// It looks at each connection for two seconds before it speaks, and at each wrong login for longer.
peer("x11vnc with TLS", X11VNC, () => {
  /** Its key and its certificate in one file, and a program that knows one user. */
  async function startWith(...security: readonly string[]): Promise<X11vnc> {
    const pem = (name: string): string => readFileSync(join(certificates, `server-${name}.pem`), "utf8");
    const [file, check] = ["x11vnc.pem", "x11vnc-check"].map((name) => join(certificates, name)) as [string, string];
    writeFileSync(file, pem("key") + pem("cert"), { mode: 0o600 });
    const right = `[ "$user" = ${shellQuoted(ADA.username)} ] && [ "$word" = ${shellQuoted(ADA.password)} ]`;
    writeFileSync(check, `#!/bin/sh\nread -r user\nread -r word\n${right}\n`, { mode: 0o700 });
    const openssl = join(certificates, "openssl.cnf");
    writeFileSync(openssl, OPENSSL);
    const args = ["-ssl", file, ...security.map((word) => word.replace("CHECK", check))];
    return startX11vnc(...SIZE, args, { OPENSSL_CONF: openssl });
  }

  test.concurrent.each(
    carried<
      readonly [scheme: string, path: readonly number[], security: readonly string[], wrong: readonly Credentials[]]
    >([
      ["x509none", [19, 260], ["-nopw", "-vencrypt", "only"], []],
      ["x509vnc", [19, 261], ["-passwd", ADA.password, "-vencrypt", "only"], [WRONG_PASSWORD]],
      ["x509plain", [19, 262], ["-unixpw_cmd", "CHECK", "-vencrypt", "plain:only"], [WRONG_PASSWORD]],
      ["tlsnone", [19, 257], ["-nopw", "-vencrypt", "only"], []],
      ["tlsvnc", [19, 258], ["-passwd", ADA.password, "-vencrypt", "only"], [WRONG_PASSWORD]],
      ["tlsplain", [19, 259], ["-unixpw_cmd", "CHECK", "-vencrypt", "plain:only"], [WRONG_USER]],
      ["vinonone", [18, 1], ["-nopw", "-anontls", "only"], []],
      ["vinovnc", [18, 2], ["-passwd", ADA.password, "-anontls", "only"], [WRONG_PASSWORD]],
    ]),
  )("lets us in by %s", async (scheme, path, security, wrong) => {
    const server = await startWith(...security);
    await expectPicture(server, scheme, path);
    // Its helper may leave before it has passed the refusal on.
    for (const other of wrong) {
      const code = expect.stringMatching(/^(authentication|truncated)$/);
      await expect(joinBy(server.port, scheme, { ...ADA, ...other }, tls)).rejects.toMatchObject({ code });
    }
    await server.stop();
  });
});

notOn(["deno", "bun"], NO_ANONYMOUS, () => {
  peer("Vino", VINO, () => {
    test.each([
      ["vinonone", [18, 1], undefined, []],
      ["vinovnc", [18, 2], ADA.password, [WRONG_PASSWORD]],
    ] as const)("lets us in by %s", async (scheme, path, password, wrong) => {
      const server = await startVino(...SIZE, password);
      await expectPicture(server, scheme, path);
      await expectRefusals(server, scheme, ...wrong);
      await server.stop();
    });
  });
});

peer("wayvnc", WAYVNC, () => {
  test("lets us in by x509plain", async () => {
    const [width, height] = SIZE;
    const plain = { user: ADA.username, password: ADA.password };
    const { port, stop } = await startWayvnc({ width, height, colour: "#204060", plain, certificates });
    await until("the desktop to have its colour", async () => {
      const { session, picture } = await joinBy(port, "x509plain", ADA, tls);
      expect(session.securityPath).toEqual([19, 262]);
      expect(picture).toMatchObject({ width, height });
      return isOf(picture, [0x20, 0x40, 0x60]) || undefined;
    });
    // Where a result belongs it says what refuses in a list of security types: 0, a length, and bytes that it never set.
    for (const other of [WRONG_PASSWORD, WRONG_USER]) {
      await expect(joinBy(port, "x509plain", { ...ADA, ...other }, tls)).rejects.toBeInstanceOf(RfbError);
    }
    await stop();
  });
});

/** Whether it has this colour, but for a pointer on it. */
function isOf({ rgb }: Picture, colour: readonly number[]): boolean {
  let others = 0;
  for (let at = 0; at < rgb.length; at++) if (rgb[at] !== colour[at % 3]) others++;
  return others < rgb.length / 50;
}
