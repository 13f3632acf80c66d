// The tests of codec, auth, endpoints, proxy and simd once more, in Chromium.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listenWebSocket, serveFolder } from "../../transports/node.ts";
import { peer } from "../peers/programs.ts";
import { testPortable } from "../portable/portable.ts";
import type { Report } from "../portable/vitest.ts";
import { launchChromium } from "./page.ts";

const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="portable.js"></script>';

peer("in Chromium", ["chromium"], () => {
  testPortable(async (folder) => {
    writeFileSync(join(folder, "index.html"), PAGE);
    const listener = await listenWebSocket({
      serve: serveFolder(folder),
      onConnection: (transport) => transport.abort(),
    });
    const browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${listener.port}/`);
    await page.waitForFunction(() => "page" in globalThis);
    return {
      run: (file) =>
        page.evaluate(
          (file) => (globalThis as unknown as { page: { run(file: string): Promise<Report> } }).page.run(file),
          file,
        ),
      close: () => Promise.all([browser.close(), listener.close()]),
    };
  });
});
