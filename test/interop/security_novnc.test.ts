// Our server's security, as noVNC passes it in Chromium: VncAuth, RA2ne, Tight, VeNCrypt without TLS, xvp, DH, MSLogonII.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateRsaKey, type RsaJwk } from "../../auth/mod.ts";
import { createSurface } from "../../codec/surfaces.ts";
import { servePage } from "../../examples/demo/page.ts";
import { launchChromium, pictureIn } from "../browser/page.ts";
import { comparePictures } from "../peers/picture.ts";
import { until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { ADA, guardPicture, VERIFIER } from "./guarded.ts";
import { rgbOf } from "./pictures.ts";

/** noVNC, whose questions the test answers. */
const PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<div id="screen" style="width: 400px; height: 300px"></div>
<script type="module">
  import RFB from "./novnc/core/rfb.js";
  let rfb;
  window.enter = (port, credentials) => new Promise((resolve) => {
    const told = { asked: [], isServerShown: false };
    rfb = new RFB(document.getElementById("screen"), "ws://127.0.0.1:" + port + "/websockify");
    rfb.addEventListener("serververification", () => { told.isServerShown = true; rfb.approveServer(); });
    rfb.addEventListener("credentialsrequired", ({ detail }) => {
      told.asked.push(...detail.types);
      rfb.sendCredentials(credentials);
    });
    rfb.addEventListener("securityfailure", ({ detail }) => { told.failure = detail; });
    rfb.addEventListener("connect", () => resolve({ ...told, isIn: true }));
    rfb.addEventListener("disconnect", () => resolve({ ...told, isIn: false }));
  });
  window.leave = () => new Promise((resolve) => {
    rfb.addEventListener("disconnect", resolve);
    rfb.disconnect();
  });
  window.isReady = true;
</script>`;

/** What noVNC tells the page. */
interface Told {
  readonly asked: readonly string[];
  readonly isServerShown: boolean;
  readonly failure?: { readonly status: number; readonly reason?: string };
  readonly isIn: boolean;
}

peer("noVNC in Chromium", ["chromium"], () => {
  const pages = createServer(serve);
  let browser: Browser;
  let page: Page;
  let rsaKey: RsaJwk;

  beforeAll(async () => {
    [browser, rsaKey] = await Promise.all([launchChromium(), generateRsaKey()]);
    page = await browser.newPage();
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    await page.waitForFunction("window.isReady");
  });
  afterAll(async () => {
    await browser?.close();
    pages.close();
  });

  test.each([
    ["vncauth", ["password"], ["password"]],
    ["tightnone", [], []],
    ["tightvnc", ["password"], ["password"]],
    ["tightunix", ["username", "password"], ["username", "password"]],
    ["plain", ["username", "password"], ["username", "password"]],
    ["vencryptnone", [], []],
    ["vencryptvnc", ["password"], ["password"]],
    ["vencryptdh", ["username", "password"], ["username", "password"]],
    ["xvp", ["username", "password", "target"], ["username", "password", "target"]],
    ["ra2ne", ["username", "password"], ["username", "password"]],
    ["dh", ["username", "password"], ["username", "password"]],
    ["mslogon2", ["username", "password"], ["username", "password"]],
  ] as const)("comes in by %s, as nobody else does", async (scheme, asked, wrong) => {
    const picture = createSurface(200, 150); // of one colour: noVNC lets us send JPEG
    picture.pixels.fill(0xff2040c0);
    const served = await guardPicture(picture, scheme, { isWebSocket: true, verifier: { ...VERIFIER, rsaKey } });
    const enter = (credentials: object): Promise<Told> =>
      page.evaluate(`enter(${served.port}, ${JSON.stringify(credentials)})`);

    expect(await enter(ADA)).toEqual({ asked, isServerShown: scheme === "ra2ne", isIn: true });
    await until("noVNC to show the picture", async () => {
      const shown = await pictureIn(page);
      return (shown !== undefined && comparePictures(shown, rgbOf(picture)).pixels === 0) || undefined;
    });
    await page.evaluate("leave()");
    expect(served.faults).toEqual([]);

    for (const name of wrong) {
      const told = await enter({ ...ADA, [name]: `Engine ${name}` });
      expect(told).toMatchObject({ asked, isIn: false, failure: { status: 1, reason: "Authentication failed" } });
      expect(await served.fault()).toMatchObject({ code: "authentication" });
    }
    await served.stop();
  });
});

const novnc = servePage();

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/") response.setHeader("content-type", "text/html").end(PAGE);
  else novnc(request, response);
}
