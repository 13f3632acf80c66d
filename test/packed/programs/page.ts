// The installed package in a browser's page.

// @ts-expect-error: what a bundler makes of the file, its URL, has no type of its own
import wasm from "@cornerstonejs/codec-libjpeg-turbo-8bit/wasm";
import { connectWebSocket } from "rfb-codec/websocket";
import { failsHere, NOWHERE } from "./foreign.ts";
import { useEverything, visit } from "./portable.ts";

try {
  const jpegModule = await WebAssembly.compileStreaming(fetch(wasm));
  await useEverything({ jpegModule });
  await visit(await connectWebSocket(`ws://${location.host}/websockify`));
  // @ts-expect-error: only Deno has its types
  await failsHere(async () => (await import("#deno")).connectTcp(NOWHERE));
  document.title = "passed";
} catch (error) {
  document.title = error instanceof Error ? error.stack! : String(error);
}
