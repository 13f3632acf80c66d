// A stock noVNC in Chromium, which speaks no TLS inside RFB, works servers that demand VeNCrypt X509.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { servePage } from "../../examples/demo/page.ts";
import { createSecurityProxy, type ProxyLogEntry } from "../../proxy/mod.ts";
import { connectTcp, listenWebSocket } from "../../transports/node.ts";
import { makeCertificateFolder } from "../peers/certificates.ts";
import type { Arrivals } from "../peers/input.ts";
import { comparePictures, type Picture } from "../peers/picture.ts";
import { temporaryFolder, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, startQemu } from "../peers/qemu.ts";
import { startXtigervnc, XTIGERVNC } from "../peers/xtigervnc.ts";
import { isAlike, keepScreenshot, launchChromium, pictureIn, showOneToOne } from "./page.ts";

interface RealServer extends Arrivals {
  readonly port: number;
  picture(): Promise<Picture>;
}

const SERVERS: Record<string, { needs: typeof QEMU; start: (certificates: string) => Promise<RealServer> }> = {
  QEMU: {
    needs: QEMU,
    async start(certificates) {
      const qemu = await startQemu({ tls: "x509", certificates });
      return { ...qemu, picture: () => qemu.screendump() };
    },
  },
  Xtigervnc: {
    needs: XTIGERVNC,
    async start(certificates) {
      const server = await startXtigervnc({ securityTypes: "X509None", certificates });
      return { ...server, picture: () => server.dump() };
    },
  },
};

for (const [name, { needs, start }] of Object.entries(SERVERS)) {
  peer(`noVNC in Chromium works ${name} through the proxy`, [...needs, "chromium"], () => {
    const log: ProxyLogEntry[] = [];
    const folder = temporaryFolder();
    let browser: Browser;
    let server: RealServer;
    let dispose = async (): Promise<void> => {};
    let addresses: Record<"ws" | "wss", string>;

    beforeAll(async () => {
      const certificates = await makeCertificateFolder(folder);
      server = await start(folder);
      const proxy = createSecurityProxy({
        dial: (signal) => connectTcp({ host: "127.0.0.1", port: server.port, signal }),
        authentication: { schemes: schemesNamed(["x509none"]), credentials: () => ({}) },
        tls: { ca: certificates.ca },
        log: (entry) => log.push(entry),
      });
      const serve = servePage();
      const onConnection = (client: Parameters<typeof proxy.serve>[0]): void => void proxy.serve(client);
      const clear = await listenWebSocket({ serve, onConnection });
      const secure = await listenWebSocket({ serve, onConnection, tls: certificates.server });
      addresses = { ws: `http://127.0.0.1:${clear.port}/`, wss: `https://127.0.0.1:${secure.port}/` };
      browser = await launchChromium();
      dispose = async () => {
        await browser.close();
        await Promise.all([clear.close(), secure.close(), proxy.drain(0)]);
      };
    }, 60_000);
    afterAll(() => dispose());

    // Another place and key each time: what arrived in the one is no proof of the other.
    for (const [scheme, key, across] of [
      ["ws", "a", 3],
      ["wss", "b", 5],
    ] as const) {
      test(`over ${scheme}: the picture matches, a key and the pointer arrive, and it ends cleanly`, async () => {
        log.length = 0;
        const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 720, height: 560 } });
        await page.goto(addresses[scheme]);
        await page.waitForSelector('#status[data-state="connected"]');

        const expected = await server.picture();
        const picture = await until("the server's picture in the page", async () => {
          const shown = await pictureIn(page);
          return shown !== undefined && isAlike(shown, expected) ? shown : undefined;
        });
        await keepScreenshot(page, `novnc-${name}-${scheme}`.toLowerCase());
        // QEMU sends no JPEG unless it is told to; TigerVNC does, and noVNC asks for it.
        if (name === "QEMU") expect(comparePictures(picture, expected).first).toBeUndefined();

        const at = { x: Math.floor(expected.width / across), y: Math.floor(expected.height / 4) };
        await showOneToOne(page, expected);
        const canvas = (await page.locator("#screen canvas").boundingBox())!;
        await page.mouse.click(canvas.x + at.x, canvas.y + at.y);
        await server.waitForPointer(at.x, at.y, 1);
        await server.waitForPointer(at.x, at.y, 0);
        await page.keyboard.press(key);
        await server.waitForKey(key, true);
        await server.waitForKey(key, false);

        expect(log).toMatchObject([
          {
            event: "negotiated",
            securityType: "VeNCrypt (19)",
            vencryptSubtype: "X509None (260)",
            tlsVersion: "TLSv1.3",
          },
        ]);
        await page.close();
        await until("the proxy's word that it is over", async () => log.find(({ event }) => event === "closed"));
        expect(log.map(({ event, reason }) => [event, reason])).toEqual([
          ["negotiated", undefined],
          ["closed", "the client closed"],
        ]);
      }, 60_000);
    }
  });
}
