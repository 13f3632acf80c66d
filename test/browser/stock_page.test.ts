// noVNC's own page, as Debian packages it, behind `rfb proxy --web`.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProxyCommand } from "../cli/command.ts";
import { makeCertificateFolder } from "../peers/certificates.ts";
import { comparePictures } from "../peers/picture.ts";
import { temporaryFolder, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, startQemu } from "../peers/qemu.ts";
import { keepScreenshot, launchChromium, pictureIn } from "./page.ts";

const FOLDER = "/usr/share/novnc";
const hasPage = (): string | undefined =>
  existsSync(join(FOLDER, "vnc.html")) ? undefined : "noVNC's own page is not installed";

peer("noVNC's own page shows a QEMU that demands VeNCrypt X509", [...QEMU, "chromium", hasPage], () => {
  test("through rfb proxy, pixel for pixel", async () => {
    const folder = temporaryFolder();
    await makeCertificateFolder(folder);
    const qemu = await startQemu({ tls: "x509", certificates: folder });
    const proxy = await startProxyCommand([
      ...["--listen", "ws://127.0.0.1:0/websockify", "--web", FOLDER],
      ...["--target", `127.0.0.1:${qemu.port}`, "--ca", join(folder, "ca-cert.pem")],
    ]);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${proxy.ports[0]}/vnc.html?autoconnect=true`);
      const expected = await qemu.screendump();
      const shown = await until("the server's picture in the page", async () => {
        const picture = await pictureIn(page);
        return picture !== undefined && comparePictures(picture, expected).pixels === 0 ? picture : undefined;
      });
      expect(shown.width).toBe(expected.width);
      await keepScreenshot(page, "novnc-own-page");
    } finally {
      await browser.close();
    }
  }, 60_000);
});
