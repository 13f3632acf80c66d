/**
 * Our own modules in a page: what they offer there, called from here.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { bundle } from "../../examples/browser_viewer/build.ts";
import { listenWebSocket, serveFolder } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { temporaryFolder } from "../peers/process.ts";

/** A page's functions, by name. */
type Functions<Offered> = { [Name in keyof Offered]: (...args: never[]) => unknown };

/** A page that runs a script. */
export interface ScriptPage<Offered extends Functions<Offered>> {
  /** Where the page comes from, as its WebSockets do. */
  readonly port: number;
  call<Name extends keyof Offered & string>(
    name: Name,
    ...args: Parameters<Offered[Name]>
  ): Promise<Awaited<ReturnType<Offered[Name]>>>;
  close(): Promise<void>;
}

/**
 * Opens a page that runs a module, once that has put what it offers into the global `page`.
 *
 * @param onConnection takes the page's WebSockets
 */
export async function openScript<Offered extends Functions<Offered>>(
  browser: Browser,
  module: string,
  onConnection: (transport: Transport) => void = (transport) => transport.abort(),
): Promise<ScriptPage<Offered>> {
  const folder = temporaryFolder();
  await bundle(module, join(folder, "page.js"));
  writeFileSync(join(folder, "index.html"), PAGE);
  const listener = await listenWebSocket({ onConnection, serve: serveFolder(folder) });
  const page: Page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${listener.port}/`);
  await page.waitForFunction(() => "page" in globalThis);
  return {
    port: listener.port,
    call: (name, ...args) => page.evaluate(callOffered, [name, args] as const) as never,
    async close() {
      await page.close();
      await listener.close();
    },
  };
}

const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';

/** In the page. */
function callOffered([name, args]: readonly [string, readonly unknown[]]): unknown {
  return (globalThis as unknown as { page: Record<string, (...args: unknown[]) => unknown> }).page[name]!(...args);
}
