import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import {
  type Credentials,
  PLAIN,
  type SaslMechanism,
  SCRAM_SHA_1,
  SCRAM_SHA_256,
  schemesNamed,
  scramCredentials,
  type Verifier,
} from "../../auth/mod.ts";
import { RfbError } from "../../codec/errors.ts";
import { createSurface } from "../../codec/surfaces.ts";
import { nodeCompression } from "../../compression/node.ts";
import { type ClientConnection, createRfbServer, joinServer, type RfbServer } from "../../endpoints/mod.ts";
import { connectTcp, type Listener, listenTcp } from "../../transports/node.ts";
import { runSources } from "../cli/command.ts";
import { carried, NO_ANONYMOUS, notOn } from "../runtimes/runtime.ts";
import { makeCertificateFolder } from "./certificates.ts";
import { parsePng } from "./picture.ts";
import { type Child, requireProgram, run, shellQuoted, start, temporaryFolder, until } from "./process.ts";
import { peer } from "./programs.ts";
import { QEMU, type Qemu, startQemu } from "./qemu.ts";
import { CYRUS_SASL, makeSaslFolder } from "./sasl.ts";
import { GVNCCAPTURE } from "./viewers.ts";

const ADA = { username: "ada", password: "engine no. 9" } as const;
const SCRAM = [SCRAM_SHA_256, SCRAM_SHA_1] as const;
const TLS_SCHEMES = carried([["x509sasl"], ["tlssasl"]]).map(([scheme]) => scheme);

peer("QEMU with SASL", [...QEMU, ...CYRUS_SASL], () => {
  const certificates = temporaryFolder();
  let ca: string;
  let env: Readonly<Record<string, string>>;
  let qemu: Qemu;

  beforeAll(async () => {
    ({ ca } = await makeCertificateFolder(certificates));
    env = {
      SASL_CONF_PATH: await makeSaslFolder("SCRAM-SHA-256 SCRAM-SHA-1 PLAIN DIGEST-MD5", ADA.username, ADA.password),
    };
    qemu = await startQemu({ tls: "x509", certificates, vnc: ["sasl=on"], env });
  });

  async function joined(
    { port }: Qemu,
    scheme: string,
    saslMechanisms?: readonly SaslMechanism[],
    given: Credentials = ADA,
  ): Promise<ClientConnection> {
    const options = { schemes: schemesNamed([scheme]), credentials: () => given };
    return await joinServer(await connectTcp({ host: "127.0.0.1", port }), {
      authentication: { ...options, ...(saslMechanisms !== undefined && { saslMechanisms }) },
      tls: { ca, serverName: "localhost" },
    });
  }

  test.each([...SCRAM, PLAIN])("lets us in with $name", async (mechanism) => {
    const before = qemu.log().length;
    const client = await joined(qemu, "x509sasl", [mechanism]);
    expect(client.session).toMatchObject({ phase: "normal", saslMechanism: mechanism.name, securityPath: [19, 263] });
    await client.close();
    expect(qemu.log().slice(before)).toMatch(
      new RegExp(`mech=${mechanism.name}\\n[^]*vnc_auth_sasl_username .* name=ada\\n`),
    );
  });

  test("is met by rfb snapshot with nothing said of the scheme", async () => {
    const password = join(certificates, "password");
    writeFileSync(password, ADA.password);
    const target = `127.0.0.1::${qemu.port}`;
    const who = ["--username", ADA.username, "--password-file", password];
    const tls = ["--ca", join(certificates, "ca-cert.pem"), "--server-name", "localhost"];
    const { code, stderr } = await runSources([
      "snapshot",
      target,
      "-o",
      join(certificates, "out.png"),
      ...who,
      ...tls,
    ]);
    expect(stderr).toMatch(/X509SASL \(263\)/);
    expect(code).toBe("0");
  });

  test("is left the choice of nothing: the strongest that it offers is used", async () => {
    const client = await joined(qemu, "x509sasl");
    expect(client.session.saslMechanism).toBe("SCRAM-SHA-256");
    await client.close();
  });

  test.each(
    [...SCRAM, PLAIN].flatMap((mechanism) => [
      [mechanism.name, "a wrong password", mechanism, { ...ADA, password: "Engine no. 9" }] as const,
      [mechanism.name, "a wrong user", mechanism, { ...ADA, username: "Ada" }] as const,
    ]),
  )("turns us away with %s and %s, without a word", async (name, _what, mechanism, given) => {
    await expect(joined(qemu, "x509sasl", [mechanism], given)).rejects.toMatchObject({
      code: "authentication",
      reason: `the server closed within ${name}: perhaps user or password is wrong`,
    });
  });

  test.each(
    (
      [
        ["without TLS", "none", "sasl"],
        ["with anonymous TLS", "anon", "tlssasl"],
      ] as const
    ).filter(([, , scheme]) => scheme === "sasl" || TLS_SCHEMES.includes(scheme)),
  )("offers %s only what encrypts by itself, which is declined by name", async (_what, tls, scheme) => {
    const other = await startQemu({ tls, vnc: ["sasl=on"], env });
    await expect(joined(other, scheme)).rejects.toMatchObject({
      code: "authentication",
      reason:
        "the server offers [DIGEST-MD5], and only [SCRAM-SHA-256, SCRAM-SHA-1] is allowed; " +
        "mechanisms that encrypt by themselves are not spoken, TLS does that",
    });
    await other.stop();
  });
});

/** A server of ours with a picture, for those who know Ada's password. */
async function startServer(scheme: string, certificates: string, verifier: Verifier) {
  const picture = createSurface(40, 30);
  picture.pixels.fill(0xff2040c0);
  const server: RfbServer = createRfbServer({ picture, name: "desk", compression: await nodeCompression() });
  const pem = (name: string): string => readFileSync(join(certificates, `server-${name}.pem`), "utf8");
  const errors: unknown[] = [];
  const listener: Listener = await listenTcp({
    onConnection(transport) {
      const authentication = { schemes: schemesNamed([scheme]), verifier };
      const tls = { cert: pem("cert"), key: pem("key") };
      server.serve(transport, { authentication, tls }).catch((error: unknown) => errors.push(error));
    },
  });
  const stop = async (): Promise<void> => {
    server.close();
    await listener.close();
  };
  return { port: listener.port, errors, stop };
}

async function verifierOf(mechanism: SaslMechanism): Promise<Verifier> {
  const stored = {
    "SHA-1": await scramCredentials("SHA-1", ADA.password),
    "SHA-256": await scramCredentials("SHA-256", ADA.password),
  };
  return {
    saslMechanisms: [mechanism],
    scram: (username, hash) => (username === ADA.username ? stored[hash] : undefined),
  };
}

const LIBVNCCLIENT = [
  "gcc",
  () => (existsSync("/usr/include/rfb/rfbclient.h") ? undefined : "libvncclient's header is not installed"),
];

// With PLAIN it fails on its own account, with QEMU as with us: it steps on after the mechanism is over.
peer("libvncclient with SASL", [...LIBVNCCLIENT, ...CYRUS_SASL], () => {
  const certificates = temporaryFolder();
  const program = join(temporaryFolder(), "sasl_client");

  beforeAll(async () => {
    await makeCertificateFolder(certificates);
    const source = fileURLToPath(new URL("sasl_client.c", import.meta.url));
    await run("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lvncclient"], {
      milliseconds: 30_000,
    });
  }, 30_000);

  async function tried(
    port: number,
    { name }: SaslMechanism,
    { username, password } = ADA as Credentials,
  ): Promise<Child> {
    const ca = join(certificates, "ca-cert.pem");
    const child = start(program, [`${port}`, ca, name, username!, password!]);
    await child.exited;
    return child;
  }

  test.each(SCRAM.flatMap((mechanism) => TLS_SCHEMES.map((scheme) => [mechanism.name, scheme, mechanism] as const)))(
    "comes in with %s and %s, as nobody else does",
    async (_name, scheme, mechanism) => {
      const server = await startServer(scheme, certificates, await verifierOf(mechanism));
      const child = await tried(server.port, mechanism);
      expect([child.ended(), child.stdoutText()], child.stderr()).toStrictEqual(["status 0", "in\n"]);
      for (const wrong of [
        { ...ADA, password: "Engine no. 9" },
        { ...ADA, username: "Ada" },
      ]) {
        expect((await tried(server.port, mechanism, wrong)).ended()).toBe("status 1");
        // Who was let in may leave with bytes unread, which breaks that connection off.
        const faults = () => server.errors.filter((error) => error instanceof RfbError);
        await until("the server to say so", () => faults().length > 0 || undefined);
        expect(faults()).toMatchObject([{ code: "authentication", reason: "wrong user or password" }]);
        server.errors.length = 0;
      }
      await server.stop();
    },
  );
});

notOn(["deno", "bun"], NO_ANONYMOUS, () => {
  // It trusts the machine's own authorities only, so that there is no certificate to show it.
  peer("gvnccapture with SASL", [...GVNCCAPTURE, ...CYRUS_SASL], () => {
    test.each(SCRAM)("comes in with $name, and takes the picture", async (mechanism) => {
      const certificates = temporaryFolder();
      await makeCertificateFolder(certificates);
      const server = await startServer("tlssasl", certificates, await verifierOf(mechanism));
      const file = join(temporaryFolder(), "capture.png");
      const command = [requireProgram("gvnccapture"), "-q", `127.0.0.1:${server.port - 5900}`, file];
      const input = { open: true } as const;
      const child = start("script", ["-qec", command.map(shellQuoted).join(" "), "/dev/null"], { input });
      await child.waitForLog(/Username:/);
      child.send(`${ADA.username}\n`);
      await child.waitForLog(/Password:/);
      child.send(`${ADA.password}\n`);
      expect(await child.exited, child.stdoutText()).toBe("status 0");
      const { width, height, rgb } = parsePng(readFileSync(file));
      expect([width, height, ...rgb.subarray(0, 3)]).toStrictEqual([40, 30, 0xc0, 0x40, 0x20]);
      await server.stop();
    });
  });
});
