// The viewer of examples/browser_viewer in Chromium, with real servers behind our proxy.

import { generateKeyPairSync } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { type RunningProxy, startProxy } from "../../cli/serve.ts";
import { lineOfUser } from "../../cli/users.ts";
import { createSurface, fillArea } from "../../codec/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { createRfbClient, createRfbServer, joinServer, type RfbClient, type RfbServer } from "../../endpoints/mod.ts";
import { buildViewer } from "../../examples/browser_viewer/build.ts";
import type { ProxySettingsInput } from "../../proxy/settings.ts";
import { connectTcp, listenTcp, listenWebSocket, serveFolder } from "../../transports/node.ts";
import { type Certificates, makeCertificateFolder } from "../peers/certificates.ts";
import type { Arrivals } from "../peers/input.ts";
import { comparePictures, examplePicture, type Picture } from "../peers/picture.ts";
import { freePort, start, temporaryFolder, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, startQemu } from "../peers/qemu.ts";
import { connectX, type XConnection } from "../peers/x11.ts";
import { startXtigervnc, XTIGERVNC, type Xtigervnc } from "../peers/xtigervnc.ts";
import { isAlike, keepScreenshot, launchChromium, pictureIn } from "./page.ts";

const MAIN = fileURLToPath(new URL("../../examples/browser_viewer/main.ts", import.meta.url));

peer("the viewer in Chromium", ["chromium"], () => {
  let browser: Browser;
  let certificates: Certificates;
  const web = temporaryFolder();
  const folder = temporaryFolder();
  const cleanUp: (() => unknown)[] = [];

  beforeAll(async () => {
    [browser, certificates] = await Promise.all([launchChromium(), makeCertificateFolder(folder), buildViewer(web)]);
  }, 60_000);
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  afterAll(() => browser.close());

  async function proxyTo(port: number, settings: Partial<ProxySettingsInput> = {}): Promise<RunningProxy> {
    return startProxy({
      ...{ listen: ["ws://127.0.0.1:0/websockify"], target: `127.0.0.1::${port}`, web },
      ...{ auth: ["x509none"], ca: certificates.ca, failureDelay: 10 },
      ...settings,
    });
  }

  /** The viewer's page, not connected yet. */
  async function open(address: string, isTouch = false): Promise<Page> {
    const context = await browser.newContext({
      hasTouch: isTouch,
      viewport: { width: 720, height: 560 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    cleanUp.push(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(address.replace("ws:", "http:").replace("websockify", ""));
    return page;
  }

  /** The viewer's page, connected. */
  async function connect(address: string, isTouch = false): Promise<Page> {
    const page = await open(address, isTouch);
    await page.click("#connect button");
    await stateOf(page, "connected");
    return page;
  }

  interface RealServer extends Arrivals {
    readonly port: number;
    picture(): Promise<Picture>;
  }

  const servers: Record<string, { needs: typeof QEMU; start: () => Promise<RealServer> }> = {
    QEMU: {
      needs: QEMU,
      async start() {
        const qemu = await startQemu({ tls: "x509", certificates: folder });
        return { ...qemu, picture: () => qemu.screendump() };
      },
    },
    Xtigervnc: {
      needs: XTIGERVNC,
      async start() {
        const server = await startXtigervnc({ securityTypes: "X509None", certificates: folder });
        return { ...server, picture: () => server.dump() };
      },
    },
  };

  for (const [name, { needs, start }] of Object.entries(servers)) {
    peer(`works ${name}`, needs, () => {
      let server: RealServer;
      let proxy: RunningProxy;
      const address = (): string => proxy.addresses[0]!;
      beforeAll(async () => {
        server = await start();
        proxy = await proxyTo(server.port);
      }, 60_000);
      afterAll(() => proxy.close());

      test("whose picture is the same, pixel for pixel, as large as there is room", async () => {
        const page = await connect(address());
        const expected = await server.picture();
        await shows(page, expected);
        await keepScreenshot(page, `viewer-${name}`.toLowerCase());
        for (const [width, height] of [
          [420, 700],
          [1300, 500],
        ] as const) {
          await page.setViewportSize({ width, height });
          await until("the canvas to take the room", async () => (await fillsRoom(page, expected)) || undefined);
        }
        await shows(page, expected);
      }, 60_000);

      test("and keys and the mouse arrive", async () => {
        const page = await connect(address());
        const expected = await server.picture();
        await showOneToOne(page, expected);
        for (const [key, arrives] of [
          ["a", "a"],
          ["Enter", name === "QEMU" ? "ret" : "Return"],
          ["ArrowLeft", name === "QEMU" ? "left" : "Left"],
          ["ShiftRight", name === "QEMU" ? "shift_r" : "Shift_R"],
          ["F7", name === "QEMU" ? "f7" : "F7"],
        ] as const) {
          await page.keyboard.press(key);
          await server.waitForKey(arrives, true);
          await server.waitForKey(arrives, false);
        }
        const at = { x: 211, y: 97 };
        await page.mouse.move(at.x, at.y);
        for (const [button, mask] of [
          ["left", 1],
          ["middle", 2],
          ["right", 4],
        ] as const) {
          await page.mouse.click(at.x, at.y, { button });
          await server.waitForPointer(at.x, at.y, mask);
        }
        await page.mouse.down();
        await page.mouse.move(250, 130, { steps: 4 });
        await server.waitForPointer(250, 130, 1);
        await page.mouse.up();
        await server.waitForPointer(250, 130, 0);
        await page.mouse.wheel(0, -100);
        await server.waitForPointer(250, 130, 8);
        await page.mouse.wheel(0, 100);
        await server.waitForPointer(250, 130, 16);
      }, 60_000);

      test("and so do the places of a picture that is scaled", async () => {
        const page = await connect(address());
        const { width, height } = await server.picture();
        await page.setViewportSize({ width: Math.round(width / 2), height: 900 });
        await page.waitForFunction(
          (least) => document.querySelector("#screen canvas")!.getBoundingClientRect().width < least,
          width,
        );
        const box = (await page.locator("#screen canvas").boundingBox())!;
        const at = { x: 40.5, y: 20.5 };
        await page.mouse.click(box.x + at.x, box.y + at.y);
        const place = { x: Math.floor((at.x * width) / box.width), y: Math.floor((at.y * height) / box.height) };
        expect(place.x).toBeGreaterThan(at.x);
        await server.waitForPointer(place.x, place.y, 1);
      }, 60_000);

      test("and fingers: a tap, a drag, one that rests, and two that scroll", async () => {
        const page = await connect(address(), true);
        const { width, height } = await server.picture();
        await showOneToOne(page, { width, height });
        const touch = await touchOf(page);
        await page.touchscreen.tap(61, 81);
        await server.waitForPointer(61, 81, 1);
        await server.waitForPointer(61, 81, 0);

        await touch("touchStart", [101, 51]);
        await touch("touchMove", [111, 61]);
        await touch("touchMove", [151, 91]);
        await server.waitForPointer(101, 51, 1);
        await server.waitForPointer(151, 91, 1);
        await touch("touchEnd");
        await server.waitForPointer(151, 91, 0);

        await touch("touchStart", [171, 41]);
        await server.waitForPointer(171, 41, 4);
        await touch("touchEnd");
        expect(server.pointers().some(({ x, y, buttonMask }) => x === 171 && y === 41 && buttonMask === 1)).toBe(false);

        await touch("touchStart", [201, 141]);
        await touch("touchStart", [201, 141], [241, 141]);
        for (let y = 131; y >= 41; y -= 10) await touch("touchMove", [201, y], [241, y]);
        await server.waitForPointer(201, 141, 16);
        await touch("touchEnd");
      }, 60_000);

      test("and says so when it leaves, with a way back", async () => {
        const closing = await proxyTo(server.port);
        const page = await connect(closing.addresses[0]!);
        await closing.close();
        await stateOf(page, "closed", "failed");
        expect(await page.isVisible("#connect")).toBe(true);
        await page.fill("#url", address());
        await page.click("#connect button");
        await stateOf(page, "connected");
        await page.click("#leave");
        await stateOf(page, "closed");
        expect(await page.textContent("#status")).toBe("disconnected");
      }, 60_000);
    });
  }

  peer("at a QEMU", QEMU, () => {
    test("sends the keys themselves, whatever they mean here", async () => {
      const qemu = await startQemu({ tls: "x509", certificates: folder });
      const proxy = await proxyTo(qemu.port);
      cleanUp.push(proxy.close);
      const page = await connect(proxy.addresses[0]!);
      await shows(page, await qemu.screendump());
      // A French keyboard: what is A there is Q's key, and its machine knows no "é".
      await page.evaluate(() => {
        const field = document.querySelector("#keys")!;
        for (const [key, code] of [
          ["é", "Digit2"],
          ["a", "KeyQ"],
        ]) {
          for (const type of ["keydown", "keyup"]) {
            field.dispatchEvent(new KeyboardEvent(type, { key: key!, code: code!, bubbles: true, cancelable: true }));
          }
        }
      });
      for (const key of ["2", "q"]) {
        await qemu.waitForKey(key, true);
        await qemu.waitForKey(key, false);
      }
      await page.click("#secure");
      for (const key of ["ctrl", "alt", "delete"]) await qemu.waitForKey(key, false);
    }, 60_000);

    test("shares the clipboard with its other clients, both ways", async () => {
      const qemu = await startQemu();
      const proxy = await proxyTo(qemu.port, { auth: ["none"], ca: undefined });
      cleanUp.push(proxy.close);
      const page = await connect(proxy.addresses[0]!);
      const other = await joinTo(qemu.port);
      cleanUp.push(other.close);
      let theirs = "";
      void (async () => {
        for await (const event of other) if (event.type === "clipboard") theirs = event.text;
      })().catch(() => {});
      await other.screenshot();
      await other.setClipboard("from Node, naïve 猫");
      await clipboardIs(page, "from Node, naïve 猫");

      await page.click("summary");
      await page.fill("#clipboard", "from the page");
      await page.click("#send");
      await until("the page's clipboard", () => theirs === "from the page" || undefined);
    }, 60_000);

    test("asks for the password, and says that it was wrong", async () => {
      const qemu = await startQemu({ password: "Xyzzy-42" });
      // QEMU's own WebSocket, and ours in front of it.
      const guarded = { clientAuth: ["vncauth"], clientPassword: "Xyzzy-42", password: "Xyzzy-42" };
      const proxy = await proxyTo(qemu.port, { auth: ["vncauth"], ca: undefined, ...guarded });
      cleanUp.push(proxy.close);
      for (const url of [`ws://127.0.0.1:${qemu.webSocketPort}/`, proxy.addresses[0]!]) {
        const page = await open(proxy.addresses[0]!);
        await page.fill("#url", url);
        await page.click("#connect button");
        await page.fill("dialog input[type=password]", "Wrong-99");
        await keepScreenshot(page, "viewer-password");
        await page.click("dialog .main");
        await stateOf(page, "failed");
        expect(await page.textContent("#fault")).toContain("Authentication failed");
        await keepScreenshot(page, "viewer-wrong-password");

        await page.click("#connect button");
        await page.fill("dialog input[type=password]", "Xyzzy-42");
        await page.keyboard.press("Enter");
        await stateOf(page, "connected");
        await shows(page, await qemu.screendump());
        expect(await page.textContent("#fault")).toBe("");
      }
    }, 60_000);

    test("is left alone by who would not say the password", async () => {
      const qemu = await startQemu({ password: "Xyzzy-42" });
      const proxy = await proxyTo(qemu.port);
      cleanUp.push(proxy.close);
      const page = await open(proxy.addresses[0]!);
      await page.fill("#url", `ws://127.0.0.1:${qemu.webSocketPort}/`);
      await page.click("#connect button");
      await page.waitForSelector("dialog input");
      await page.keyboard.press("Escape");
      await stateOf(page, "failed");
      expect(await page.textContent("#fault")).toBe("cancelled");
    }, 60_000);
  });

  peer("at an Xtigervnc", XTIGERVNC, () => {
    let server: Xtigervnc;
    let proxy: RunningProxy;
    let x: XConnection;
    beforeAll(async () => {
      server = await startXtigervnc({ width: 400, height: 300 });
      proxy = await proxyTo(server.port, { auth: ["none"], ca: undefined });
      x = await connectX(server.display);
    }, 60_000);
    afterAll(async () => {
      x?.close();
      await proxy?.close();
    });

    test("shares the clipboard, both ways: what is pasted is there before the keys that paste it", async () => {
      const page = await connect(proxy.addresses[0]!);
      await shows(page, await server.dump());
      await x.copy("äöü from X");
      await clipboardIs(page, "äöü from X");

      await page.evaluate(() => navigator.clipboard.writeText("猫 from the page"));
      await page.keyboard.press("Control+v");
      await server.waitForKey("v", true);
      await server.waitForKey("v", false);
      await until("the server's clipboard", async () => (await x.paste()) === "猫 from the page" || undefined);
    }, 60_000);

    test("gets texts that no key writes", async () => {
      const page = await connect(proxy.addresses[0]!);
      // Twice: the server makes room for a new key on its keyboard, and xev has no name for the first press of it.
      for (let i = 0; i < 2; i++) await page.keyboard.insertText("é猫");
      for (const key of ["eacute", "U732B"]) await server.waitForKey(key, false);
      // As a touch keyboard deletes: in the field, with no key of its own.
      await page.evaluate(() => document.execCommand("delete"));
      await server.waitForKey("BackSpace", false);
    }, 60_000);

    test("lets go of the keys that are down when the page loses the keyboard", async () => {
      const page = await connect(proxy.addresses[0]!);
      await page.keyboard.down("g");
      await server.waitForKey("g", true);
      await page.focus("#leave");
      await server.waitForKey("g", false);
    }, 60_000);

    test("forgets a V that waits for its text when the page loses the keyboard", async () => {
      const page = await connect(proxy.addresses[0]!);
      const before = server.keys().length;
      await page.evaluate(() => {
        const field = document.querySelector<HTMLTextAreaElement>("#keys")!;
        field.focus();
        // Of these no browser makes a paste.
        for (const [key, code] of [
          ["Control", "ControlLeft"],
          ["v", "KeyV"],
        ]) {
          const ctrlKey = key === "v";
          field.dispatchEvent(new KeyboardEvent("keydown", { key: key!, code: code!, ctrlKey, bubbles: true }));
        }
      });
      await server.waitForKey("Control_L", true);
      await page.focus("#leave");
      await server.waitForKey("Control_L", false);
      await page.focus("#keys");
      await page.keyboard.press("j");
      await server.waitForKey("j", false);
      const since = server.keys().slice(before);
      expect(since.map(({ key, down }) => `${key} ${down}`)).toEqual([
        ...["Control_L true", "Control_L false"],
        ...["j true", "j false"],
      ]);
    }, 60_000);

    test("changes its size to the window's, and back", async () => {
      const page = await connect(proxy.addresses[0]!);
      await shows(page, await server.dump());
      await page.click("#fit");
      for (const [width, height] of [
        [500, 420],
        [620, 500],
      ] as const) {
        await page.setViewportSize({ width, height });
        const room = await page.evaluate(() => {
          const { clientWidth, clientHeight } = document.querySelector("#screen")!;
          return { clientWidth, clientHeight };
        });
        await until("the desktop's new size", async () => {
          const dump = await server.dump();
          return (dump.width === room.clientWidth && dump.height === room.clientHeight) || undefined;
        });
        await shows(page, await server.dump());
      }
    }, 60_000);

    test("may send JPEG", async () => {
      const { width, height } = await server.dump();
      await server.paint(examplePicture(width, height));
      const page = await open(proxy.addresses[0]!);
      await page.selectOption("#quality", "7");
      await page.click("#connect button");
      await stateOf(page, "connected");
      const expected = await server.dump();
      await until("the picture", async () => {
        const shown = await pictureIn(page);
        return (shown !== undefined && isAlike(shown, expected)) || undefined;
      });
      expect(comparePictures((await pictureIn(page))!, expected).pixels).toBeGreaterThan(0);
    }, 60_000);
  });

  describe("at a proxy that authenticates its clients", () => {
    const user = { username: "grace", password: "Plugh-21" };
    test.each(["ra2_256", "ra2", "ra2ne", "sasl", "vncauth", "tightvnc", "plain", "tightunix", "mslogon2"])(
      "passes %s",
      async (scheme) => {
        const picture = createSurface(64, 48);
        fillArea(picture, 0, 0, 64, 48, 0xff3366cc);
        const port = await listenOurs(createRfbServer({ picture, compression: await nodeCompression() }));
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const proxy = await proxyTo(port, {
          ...{ auth: ["none"], ca: undefined, clientAuth: [scheme], clientPassword: user.password },
          clientUsers: await lineOfUser(user.username, user.password),
          clientRsaKey: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
        });
        cleanUp.push(proxy.close);
        const page = await open(proxy.addresses[0]!);
        await page.click("#connect button");
        if (scheme.startsWith("ra2")) {
          await page.waitForSelector("dialog[open] >> text=shows this key");
          await page.keyboard.press("Enter");
        }
        await page.waitForSelector("dialog[open] input[type=password]");
        const inputs = page.locator("dialog input[type=text]");
        if ((await inputs.count()) > 0) await inputs.fill(user.username);
        await page.fill("dialog input[type=password]", user.password);
        await page.keyboard.press("Enter");
        await stateOf(page, "connected");
        await shows(page, {
          width: 64,
          height: 48,
          rgb: new Uint8Array(64 * 48 * 3).map((_, i) => [0xcc, 0x66, 0x33][i % 3]!),
        });
      },
      60_000,
    );
  });

  describe("at a server of ours", () => {
    test("has its cursor, its name, and its bell", async () => {
      const picture = createSurface(64, 48);
      fillArea(picture, 8, 8, 16, 16, 0xff3366cc);
      const server = createRfbServer({ picture, name: "first", compression: await nodeCompression() });
      const address = await serveOurs((transport) => server.serve(transport, { authentication: NOBODY }));
      const page = await connect(address);
      await page.waitForFunction(() => document.title === "first");
      const cursor = createSurface(12, 10);
      fillArea(cursor, 2, 2, 6, 6, 0xff0000ff);
      server.setCursor({ ...cursor, hotspotX: 3, hotspotY: 4 });
      await until(
        "the cursor",
        async () => /^url\("data:image\/png.*"\) 3 4, default$/.test(await cursorIn(page)) || undefined,
      );
      const drawn = await page.evaluate(async () => {
        const [, source] = /url\("(.*)"\)/.exec(document.querySelector("canvas")!.style.cursor)!;
        const image = Object.assign(new Image(), { src: source! });
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d")!;
        context.drawImage(image, 0, 0);
        return [
          [0, 0],
          [2, 2],
          [7, 7],
          [8, 8],
        ].map(([x, y]) => context.getImageData(x!, y!, 1, 1).data.join(" "));
      });
      expect(drawn).toEqual(["0 0 0 0", "255 0 0 255", "255 0 0 255", "0 0 0 0"]);
      server.setCursor({ ...createSurface(0, 0), hotspotX: 0, hotspotY: 0 });
      await until("no cursor", async () => (await cursorIn(page)) === "none" || undefined);

      server.setName("second");
      await page.waitForFunction(() => document.title === "second");
      server.bell();
      await page.waitForFunction(() => document.querySelector("canvas")!.getAnimations().length > 0);
      // Sizes that can share memory with one another.
      for (const [width, height, pixel] of [[300, 200, 0xff0000ff] as const, [320, 210, 0xffff0000] as const]) {
        const picture = createSurface(width, height);
        fillArea(picture, 0, 0, width, height, pixel);
        server.resize(picture);
        await page.waitForFunction(
          ([x, y, rgba]) => {
            const { data } = document.querySelector("canvas")!.getContext("2d")!.getImageData(x, y, 1, 1);
            return new Uint32Array(data.buffer)[0] === rgba;
          },
          [width - 1, height - 1, pixel] as const,
        );
      }
      server.resize(createSurface(0, 0));
      server.resize(createSurface(32, 24));
      await page.waitForFunction(() => document.querySelector("canvas")!.width === 32);
      server.close();
      await stateOf(page, "closed");
      expect(await page.textContent("#status")).toBe("the server closed the connection");
    }, 60_000);

    test("that is not there, or speaks no RFB, is told of in words", async () => {
      const address = await serveOurs(async (transport) => {
        await transport.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n"));
      });
      const page = await open(address);
      await page.click("#connect button");
      await stateOf(page, "failed");
      expect(await page.textContent("#fault")).toMatch(/^Cannot read a ProtocolVersion/);
      await page.fill("#url", `ws://127.0.0.1:${await freePort()}/`);
      await page.click("#connect button");
      await page.waitForFunction(() =>
        /^Cannot connect a WebSocket to 127/.test(document.querySelector("#fault")!.textContent!),
      );
    }, 60_000);
  });

  test("npm run viewer serves the page in front of a target", async () => {
    const server = createRfbServer({
      picture: createSurface(64, 48),
      name: "ours",
      compression: await nodeCompression(),
    });
    const port = await listenOurs(server);
    const args = ["--target", `127.0.0.1::${port}`, "--auth", "none", "--port", String(await freePort())];
    const running = start(process.execPath, ["--import", "tsx", MAIN, ...args]);
    cleanUp.push(running.stop);
    const [, url] = await running.waitForLog(/Open (http:\S+) in a browser/, 30_000);
    const page = await connect(url!);
    await page.waitForFunction(() => document.title === "ours");
    const missing = start(process.execPath, ["--import", "tsx", MAIN]);
    expect(await missing.exited).toBe("status 2");
    expect(missing.stderr()).toContain("Cannot use --target: it is missing");
  }, 60_000);

  /** Answers with its port. */
  async function listenOurs(server: RfbServer): Promise<number> {
    const { port, close } = await listenTcp({
      onConnection: (transport) => void server.serve(transport, { authentication: NOBODY }).catch(() => {}),
    });
    cleanUp.push(close, server.close);
    return port;
  }

  /** A server that the page comes from, too. */
  async function serveOurs(serve: (transport: Parameters<typeof joinServer>[0]) => Promise<void>): Promise<string> {
    const listener = await listenWebSocket({
      serve: serveFolder(web),
      onConnection: (transport) => void serve(transport).catch(() => {}),
    });
    cleanUp.push(listener.close);
    return `ws://127.0.0.1:${listener.port}/websockify`;
  }
});

const NOBODY = { schemes: schemesNamed(["none"]), verifier: {} };

async function joinTo(port: number): Promise<RfbClient> {
  const authentication = { schemes: schemesNamed(["none"]), credentials: () => ({}) };
  const connection = await joinServer(await connectTcp({ host: "127.0.0.1", port }), { authentication });
  return createRfbClient(connection, { compression: await nodeCompression() });
}

async function stateOf(page: Page, ...states: readonly string[]): Promise<void> {
  await page.waitForSelector(states.map((state) => `#status[data-state="${state}"]`).join(", "));
}

async function shows(page: Page, expected: Picture): Promise<void> {
  let difference: unknown;
  const look = async (): Promise<true | undefined> => {
    const shown = await pictureIn(page);
    difference = shown && comparePictures(shown, expected);
    return shown !== undefined && comparePictures(shown, expected).pixels === 0 ? true : undefined;
  };
  await until("the picture in the page", look).catch((cause: unknown) => {
    throw new Error(`The picture is another: ${JSON.stringify(difference)}`, { cause });
  });
}

/** Gives the picture just its own size. */
async function showOneToOne(page: Page, { width, height }: { width: number; height: number }): Promise<void> {
  await page.evaluate(() => {
    document.querySelector("header")!.style.display = "none";
  });
  await page.setViewportSize({ width, height });
  await page.waitForFunction(
    (expected) => document.querySelector("#screen canvas")?.getBoundingClientRect().width === expected,
    width,
  );
}

/** The canvas is as large as the room and the picture's proportions allow. */
async function fillsRoom(page: Page, { width, height }: Picture): Promise<boolean> {
  const [canvas, room] = await page.evaluate(() =>
    ["#screen canvas", "#screen"].map((selector) => {
      const { width, height } = document.querySelector(selector)!.getBoundingClientRect();
      return { width, height };
    }),
  );
  const scale = Math.min(room!.width / width, room!.height / height);
  return Math.abs(canvas!.width - width * scale) < 2 && Math.abs(canvas!.height - height * scale) < 2;
}

async function clipboardIs(page: Page, text: string): Promise<void> {
  await until("the text in the page's clipboard", async () => {
    const both = await page.evaluate(async () => [
      document.querySelector<HTMLTextAreaElement>("#clipboard")!.value,
      await navigator.clipboard.readText(),
    ]);
    return both.every((have) => have === text) || undefined;
  });
}

function cursorIn(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector("canvas")!.style.cursor);
}

type Touch = "touchStart" | "touchMove" | "touchEnd";

/** Fingers on the page: all that are down, each time. */
async function touchOf(page: Page): Promise<(type: Touch, ...fingers: [x: number, y: number][]) => Promise<void>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  return async (type, ...fingers) => {
    const touchPoints = fingers.map(([x, y], id) => ({ x, y, id }));
    await session.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
}
