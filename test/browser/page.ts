/**
 * A page with noVNC in Chromium, and what it shows.
 *
 * @module
 */

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Picture } from "../peers/picture.ts";
import { findProgram } from "../peers/programs.ts";

/** The framebuffer as noVNC has it; undefined before it has one. */
export async function pictureIn(page: Page): Promise<Picture | undefined> {
  const shown = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("#screen canvas, #noVNC_container canvas");
    if (canvas === null || canvas.width === 0) return undefined;
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
    let text = "";
    for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(data[i]!, data[i + 1]!, data[i + 2]!);
    return { width, height, base64: btoa(text) };
  });
  return shown && { width: shown.width, height: shown.height, rgb: Buffer.from(shown.base64, "base64") };
}

/** Not blank, and no worse than a JPEG of good quality makes it. */
export function isAlike(shown: Picture, expected: Picture): boolean {
  if (shown.width !== expected.width || shown.height !== expected.height) return false;
  let off = 0;
  for (let i = 0; i < shown.rgb.length; i++) off += Math.abs(shown.rgb[i]! - expected.rgb[i]!);
  return off / shown.rgb.length < 2;
}

/** Gives the picture just its own size: noVNC scales it to the room there is, and rounds the pointer's place. */
export async function showOneToOne(page: Page, { width, height }: Picture): Promise<void> {
  await page.addStyleTag({ content: "header { display: none !important }" });
  await page.setViewportSize({ width, height });
  await page.waitForFunction(
    (expected) => document.querySelector("#screen canvas")?.getBoundingClientRect().width === expected,
    width,
  );
}

/** Keeps a screenshot for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: `${ARTEFACTS}${name}.png` });
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findProgram("chromium")!, args: CHROMIUM_FLAGS });
}

const ARTEFACTS = fileURLToPath(new URL("../artefacts/", import.meta.url));

// Without these Chromium calls its maker at every start, which a closed network makes slow.
const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
