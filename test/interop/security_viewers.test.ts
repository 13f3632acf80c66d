// Our server's security, as TigerVNC's viewer and gtk-vnc pass it: VncAuth, VeNCrypt, TLS (18), DH and MSLogonII.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createSurface } from "../../codec/surfaces.ts";
import type { ServerTls } from "../../endpoints/mod.ts";
import { makeCertificateFolder } from "../peers/certificates.ts";
import { temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { captureWithGvnccapture, GVNCCAPTURE, VNCVIEWER, viewWithVncviewer } from "../peers/viewers.ts";
import { carried } from "../runtimes/runtime.ts";
import { ADA, guardPicture } from "./guarded.ts";
import { rgbOf } from "./pictures.ts";

const SIZE = { width: 200, height: 150 } as const;
const picture = createSurface(SIZE.width, SIZE.height); // of one colour: they may ask for JPEG
picture.pixels.fill(0xff2040c0);

const folder = temporaryFolder();
let tls: ServerTls;
beforeAll(async () => {
  await makeCertificateFolder(folder);
  const pem = (name: string): string => readFileSync(join(folder, `server-${name}.pem`), "utf8");
  tls = { cert: pem("cert"), key: pem("key") };
});

const WRONG = "engine 8";

peer("TigerVNC's viewer", VNCVIEWER, () => {
  test.each(
    carried([
      // Its version 1.12 hangs with 1.3, on newer runtimes than Node 20 in any scheme: see TlsServerOptions.
      ["x509plain", "X509Plain", "1.2"],
      ["x509none", "X509None", "1.2"],
      ["x509vnc", "X509Vnc", "1.2"],
      ["vncauth", "VncAuth"],
      ["plain", "Plain"],
      ["tlsnone", "TLSNone"],
      ["tlsvnc", "TLSVnc"],
      ["tlsplain", "TLSPlain"],
    ] as const),
  )("comes in by %s, as nobody else does", async (scheme, securityTypes, maxVersion: "1.2" | "1.3" = "1.3") => {
    const served = await guardPicture(picture, scheme, { tls: { ...tls, maxVersion } });
    const view = (password: string) =>
      viewWithVncviewer({
        ...{ ...SIZE, port: served.port, securityTypes, ca: join(folder, "ca-cert.pem") },
        ...(securityTypes.endsWith("Plain") ? { plain: { user: ADA.username, password } } : { password }),
      });
    const viewer = await view(ADA.password);
    await viewer.waitForPicture(rgbOf(picture));
    await viewer.stop();
    expect(served.faults).toEqual([]);
    if (!securityTypes.endsWith("None")) {
      const other = await view(WRONG);
      expect(await served.fault()).toMatchObject({ code: "authentication" });
      await other.stop();
    }
    await served.stop();
  });
});

// It trusts the machine's own authorities only, so that there is no certificate to show it.
peer("gtk-vnc", GVNCCAPTURE, () => {
  test.each(
    carried([
      ["vncauth", false, true],
      ["dh", true, true],
      ["mslogon2", true, true],
      ["tlsnone", false, false],
      ["tlsvnc", false, true],
      ["tlsplain", true, true],
      ["vinonone", false, false],
      ["vinovnc", false, true],
    ] as const),
  )("comes in by %s, as nobody else does", async (scheme, needsUser, needsPassword) => {
    const served = await guardPicture(picture, scheme, { tls });
    const capture = (password: string) =>
      captureWithGvnccapture(
        "127.0.0.1",
        served.port,
        needsPassword ? password : undefined,
        needsUser ? ADA.username : undefined,
      );
    expect(await capture(ADA.password)).toEqual(rgbOf(picture));
    expect(served.faults).toEqual([]);
    if (needsPassword) {
      await expect(capture(WRONG)).rejects.toThrow("gvnccapture ended with");
      expect(await served.fault()).toMatchObject({ code: "authentication" });
    }
    await served.stop();
  });
});
