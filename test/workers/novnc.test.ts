// A stock noVNC in Chromium works QEMU, which demands VeNCrypt X509 and a password, through the Worker.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { servePage } from "../../examples/demo/page.ts";
import { keepScreenshot, launchChromium, pictureIn, showOneToOne } from "../browser/page.ts";
import { makeCertificateFolder } from "../peers/certificates.ts";
import { comparePictures } from "../peers/picture.ts";
import { onLeaving, temporaryFolder, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, type Qemu, startQemu } from "../peers/qemu.ts";
import { startWorkerProxy, type WorkerProxy } from "./worker_proxy.ts";

const PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<style>body { margin: 0 }</style>
<div id="screen" style="width: 720px; height: 560px"></div>
<script type="module">
  import RFB from "./novnc/core/rfb.js";
  const rfb = new RFB(document.getElementById("screen"), new URLSearchParams(location.search).get("url"));
  rfb.addEventListener("connect", () => (document.body.dataset.state = "connected"));
  rfb.addEventListener("disconnect", ({ detail }) => (document.body.dataset.state = detail.clean ? "closed" : "failed"));
</script>`;

peer("noVNC in Chromium works QEMU through workerd", [...QEMU, "chromium"], () => {
  let browser: Browser;
  let site: Server;
  let qemu: Qemu;
  let proxy: WorkerProxy;
  let target: string;

  beforeAll(async () => {
    const folder = temporaryFolder();
    const { ca } = await makeCertificateFolder(folder);
    qemu = await startQemu({ tls: "x509", certificates: folder, password: "secret" });
    target = `localhost:${qemu.port}`;
    proxy = await startWorkerProxy(ca, [target], { VNC_PASSWORD: "secret" });
    const novnc = servePage();
    site = createServer((request, response) => {
      if (request.url?.startsWith("/?")) response.setHeader("content-type", "text/html").end(PAGE);
      else novnc(request, response);
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
    onLeaving({
      async stop() {
        await browser.close();
        site.close();
      },
      stopNow() {},
    });
  }, 60_000);

  async function open(claims: Readonly<Record<string, unknown>> = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 720, height: 560 } });
    const { port } = site.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/?url=${encodeURIComponent(await proxy.url(target, claims))}`);
    await untilItShows(page);
    await showOneToOne(page, await qemu.screendump());
    return page;
  }

  /** The machine writes what is typed on its screen. */
  async function untilItShows(page: Page): Promise<void> {
    await until("the server's picture in the page", async () => {
      const [shown, expected] = [await pictureIn(page), await qemu.screendump()];
      return (shown !== undefined && comparePictures(shown, expected).pixels === 0) || undefined;
    });
  }

  async function press(page: Page, key: string, at: { x: number; y: number }): Promise<void> {
    const canvas = (await page.locator("#screen canvas").boundingBox())!;
    await page.mouse.click(canvas.x + at.x, canvas.y + at.y);
    await page.keyboard.press(key);
  }

  const inCentre = { x: 160, y: 100 };

  test("the picture matches, a key and the pointer arrive, and it ends cleanly", async () => {
    const page = await open();
    await keepScreenshot(page, "novnc-qemu-workerd");
    await press(page, "b", inCentre);
    await qemu.waitForPointer(inCentre.x, inCentre.y, 1);
    await qemu.waitForPointer(inCentre.x, inCentre.y, 0);
    await qemu.waitForKey("b", true);
    await qemu.waitForKey("b", false);
    await page.close();
    const entries = await until("the proxy's word that it is over", () => {
      const lines = [...proxy.log().matchAll(/\{"event":.*\}/g)].map(([line]) => JSON.parse(line));
      return lines.some(({ event }) => event === "closed") ? lines : undefined;
    });
    expect(entries).toMatchObject([
      { event: "negotiated", target, securityType: "VeNCrypt (19)", vencryptSubtype: "X509Vnc (261)" },
      { event: "closed", reason: "the client closed" },
    ]);
  }, 60_000);

  test("who may only look sees the picture, and nothing of theirs arrives", async () => {
    const page = await open({ viewOnly: true });
    const aside = { x: 40, y: 30 };
    await press(page, "a", aside);
    const other = await open();
    await press(other, "c", { x: 200, y: 150 });
    await qemu.waitForPointer(200, 150, 0);
    await qemu.waitForKey("c", false);
    expect(qemu.keys().filter(({ key }) => key === "a")).toEqual([]);
    expect(qemu.pointers().filter(({ x, y }) => x === aside.x && y === aside.y)).toEqual([]);
    // It is no still picture: what the other has typed shows.
    await until("the machine to read it", () => qemu.typed() === "bc" || undefined);
    await untilItShows(page);
    expect(await page.evaluate(() => document.body.dataset.state)).toBe("connected");
  }, 60_000);
});
