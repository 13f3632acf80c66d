// The transports of browsers, in Chromium: what the suite asks of every transport is asked of those in a page.

import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transport } from "../../transports/transport.ts";
import type { FromDataChannelOptions } from "../../transports/websocket.ts";
import { launchChromium } from "../browser/page.ts";
import { openScript, type ScriptPage } from "../browser/script.ts";
import { peer } from "../peers/programs.ts";
import { rendezvous, turned } from "./pairs.ts";
import { describeTransport, type Pairs } from "./suite.ts";
import type { Outcome, TransportsPage } from "./websocket_page.ts";

const KIB = 1024;
// What Linux's loopback takes by itself, and Chromium in front of it.
const KERNEL = 10 * 1024 * KIB;

peer("in Chromium", ["chromium"], () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);
  afterAll(() => browser.close());

  const open = (onConnection?: (transport: Transport) => void): Promise<ScriptPage<TransportsPage>> =>
    openScript(browser, fileURLToPath(new URL("websocket_page.ts", import.meta.url)), onConnection);

  async function webSocketPairs(by: "WebSocket" | "WebSocketStream"): Promise<Pairs> {
    const { accept, next } = rendezvous();
    const page = await open(accept);
    const url = `ws://127.0.0.1:${page.port}/websockify`;
    return {
      async connect() {
        const [id, far] = await Promise.all([page.call("connect", url, by), next()]);
        // Chromium's WebSocketStream crashes when the connection breaks while a write waits: a server that says goodbye.
        const abort = by === "WebSocketStream" ? () => void far.close().catch(() => {}) : far.abort;
        return [transportIn(page, id), { ...far, abort }];
      },
      stop: page.close,
    };
  }

  async function channelPairs(options?: FromDataChannelOptions): Promise<Pairs> {
    const page = await open();
    return {
      async connect() {
        const [near, far] = await page.call("connectPair", options);
        return [transportIn(page, near), transportIn(page, far)];
      },
      stop: page.close,
    };
  }

  describeTransport("a browser's WebSocketStream", () => webSocketPairs("WebSocketStream"), { bound: KERNEL });
  describeTransport(
    "a browser's WebSocketStream, from the server's end",
    async () => turned(await webSocketPairs("WebSocketStream")),
    {
      bound: KERNEL,
    },
  );
  describeTransport("a browser's WebSocket", () => webSocketPairs("WebSocket"), { bound: KERNEL });
  describeTransport("a data channel", channelPairs, {});

  describe("a data channel's reader", () => {
    it("fails when too much lies unread", async () => {
      const { connect, stop } = await channelPairs({ maxQueuedBytes: 100_000 });
      const [a, b] = await connect();
      await a.write(new Uint8Array(200_000));
      await expect(b.read()).rejects.toMatchObject({ name: "RfbError", code: "limit" });
      expect(await a.read()).toBeUndefined();
      await stop?.();
    });
  });
});

/** A transport that lives in a page. */
function transportIn(page: ScriptPage<TransportsPage>, id: number): Transport {
  return {
    async read() {
      const base64 = resultOf(await page.call("read", id));
      return base64 === null ? undefined : new Uint8Array(Buffer.from(base64, "base64"));
    },
    async write(bytes) {
      resultOf(await page.call("write", id, Buffer.from(bytes).toString("base64")));
    },
    async close() {
      await page.call("close", id);
    },
    abort() {
      void page.call("abort", id).catch(() => {});
    },
  };
}

function resultOf(outcome: Outcome): string | null {
  if ("value" in outcome) return outcome.value;
  const { name, message, code } = outcome.error;
  if (name === "TypeError") throw new TypeError(message);
  throw Object.assign(new Error(message), { name, code });
}
