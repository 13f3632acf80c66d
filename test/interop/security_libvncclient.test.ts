// Our server's security, as libvncclient passes it: VncAuth, VeNCrypt, TLS (18), DH and MSLogonII. More of the last two is in
// libvncclient_logins.test.ts, and SASL in test/peers/sasl.test.ts.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { createSurface } from "../../codec/surfaces.ts";
import type { ServerTls } from "../../endpoints/mod.ts";
import { makeCertificateFolder } from "../peers/certificates.ts";
import { type Child, run, start, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { carried } from "../runtimes/runtime.ts";
import { ADA, guardPicture } from "./guarded.ts";
import { LIBVNCCLIENT } from "./libvncclient.ts";

const WRONG_PASSWORD = { ...ADA, password: "engine 8" };
const WRONG_USER = { ...ADA, username: "Ada" };

peer("libvncclient", LIBVNCCLIENT, () => {
  const folder = temporaryFolder();
  const program = join(folder, "libvncclient_login");
  const ca = join(folder, "ca-cert.pem");
  let tls: ServerTls;

  beforeAll(async () => {
    await makeCertificateFolder(folder);
    const pem = (name: string): string => readFileSync(join(folder, `server-${name}.pem`), "utf8");
    tls = { cert: pem("cert"), key: pem("key") };
    const source = fileURLToPath(new URL("libvncclient_login.c", import.meta.url));
    await run("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lvncclient"], {
      milliseconds: 30_000,
    });
  }, 30_000);

  async function tried(port: number, { username, password }: { username: string; password: string }): Promise<Child> {
    const child = start(program, [`${port}`, username, password, ca]);
    await child.exited;
    return child;
  }

  test.each(
    carried([
      ["none", []],
      ["vncauth", [WRONG_PASSWORD]],
      ["dh", [WRONG_PASSWORD, WRONG_USER]],
      ["mslogon2", [WRONG_PASSWORD, WRONG_USER]],
      ["x509none", []],
      ["x509vnc", [WRONG_PASSWORD]],
      ["x509plain", [WRONG_PASSWORD, WRONG_USER]],
      ["tlsnone", []],
      ["tlsvnc", [WRONG_PASSWORD]],
      ["tlsplain", [WRONG_PASSWORD, WRONG_USER]],
      ["vinonone", []],
      ["vinovnc", [WRONG_PASSWORD]],
    ] as const),
  )("comes in by %s, as nobody else does", async (scheme, wrong) => {
    const picture = createSurface(40, 30);
    picture.pixels.fill(0xff2040c0);
    const served = await guardPicture(picture, scheme, { tls });
    const child = await tried(served.port, ADA);
    expect([child.ended(), child.stdoutText()], child.stderr()).toEqual(["status 0", "c04020\n"]);
    expect(served.faults).toEqual([]);
    for (const other of wrong) {
      expect((await tried(served.port, other)).ended()).toBe("status 1");
      expect(await served.fault()).toMatchObject({ code: "authentication" });
    }
    await served.stop();
  });
});
