// A stock noVNC in Chromium that has to know a password before the proxy dials the server.

import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogEvent } from "../../cli/log.ts";
import { startProxy } from "../../cli/serve.ts";
import { lineOfUser } from "../../cli/users.ts";
import { servePage } from "../../examples/demo/page.ts";
import { type FakeServer, startFakeServer } from "../cli/fake_server.ts";
import { comparePictures } from "../peers/picture.ts";
import { until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { launchChromium, pictureIn } from "./page.ts";

const PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<div id="screen" style="width: 700px; height: 520px"></div>
<script type="module">
  import RFB from "./novnc/core/rfb.js";
  window.view = (credentials) => new Promise((resolve) => {
    const url = new URL("./websockify", location.href.replace("http", "ws"));
    const rfb = new RFB(document.getElementById("screen"), url.href, { credentials });
    rfb.addEventListener("serververification", () => rfb.approveServer());
    rfb.addEventListener("connect", () => resolve("connected"));
    rfb.addEventListener("securityfailure", ({ detail }) => resolve(detail.reason));
    rfb.addEventListener("disconnect", () => resolve("left"));
  });
  window.isReady = true;
</script>`;

const GOOD = { username: "grace", password: "Plugh-21" };

peer("noVNC in Chromium authenticates to the proxy", ["chromium"], () => {
  let browser: Browser;
  let server: FakeServer;
  let clientUsers: string;
  let clientRsaKey: string;

  beforeAll(async () => {
    browser = await launchChromium();
    server = await startFakeServer();
    clientUsers = await lineOfUser(GOOD.username, GOOD.password);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    clientRsaKey = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  test.each(["vncauth", "plain", "ra2ne", "dh", "mslogon2", "tightvnc", "tightunix", "tightnone"])(
    "over %s: the picture is right, and a wrong password sees none",
    { timeout: 60_000 },
    async (scheme) => {
      const log: LogEvent[] = [];
      const proxy = await startProxy(
        {
          ...{ listen: ["ws://127.0.0.1:0/websockify"], target: `127.0.0.1::${server.port}`, auth: ["none"] },
          ...{ clientAuth: [scheme], clientUsers, clientPassword: GOOD.password, clientRsaKey, failureDelay: 10 },
        },
        { log: (event) => log.push(event), serve },
      );
      const address = proxy.addresses[0]!.replace("ws:", "http:").replace("websockify", "");
      const page = await browser.newPage();
      const view = async (credentials: object): Promise<unknown> => {
        await page.goto(address);
        await page.waitForFunction("window.isReady");
        return await page.evaluate(`view(${JSON.stringify(credentials)})`);
      };
      expect(await view(GOOD)).toBe("connected");
      const picture = await until("the server's picture in the page", async () => {
        const shown = await pictureIn(page);
        return shown?.width === server.picture.width && shown.rgb.some((byte) => byte > 0) ? shown : undefined;
      });
      expect(comparePictures(picture, server.picture)).toEqual({ pixels: 0 });
      if (scheme !== "tightnone") {
        expect(await view({ ...GOOD, password: "Wrong-99" })).toBe("Authentication failed");
        expect(log.at(-1)).toMatchObject({ event: "failed", stage: "client security" });
      }
      expect(JSON.stringify(log)).not.toMatch(/Plugh|Wrong-99|grace/);
      await page.close();
      await proxy.close();
    },
  );
});

const novnc = servePage();

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/") response.setHeader("content-type", "text/html").end(PAGE);
  else novnc(request, response);
}
