// A VNC viewer: a page, and the package.

import { RfbError } from "rfb-codec";
import { schemesNamed } from "rfb-codec/auth";
import { portableCompression } from "rfb-codec/compression";
import { createRfbClient, joinServer, type RfbClient, type RfbClientOptions } from "rfb-codec/endpoints";
import { createSimdSurface } from "rfb-codec/simd";
import { connectWebSocket } from "rfb-codec/websocket";
import { askCredentials, askServerKey } from "./ask.ts";
import { inputOf } from "./input.ts";
import { sendCtrlAltDel, sendKeys } from "./keys.ts";
import { sendPointer } from "./pointer.ts";
import { createScreen } from "./screen.ts";

/** Best first. A password goes in clear only where the connection itself does not. */
const SCHEMES = ["ra2_256", "ra2", "sasl", "ra2ne_256", "ra2ne", "vncauth", "tightvnc"];
const IN_CLEAR = ["plain", "tightunix", "mslogon2"];
const NO_PASSWORD = ["none", "tightnone"];

const form = element<HTMLFormElement>("connect");
const url = element<HTMLInputElement>("url");
const quality = element<HTMLSelectElement>("quality");
const fault = element<HTMLElement>("fault");
const status = element<HTMLOutputElement>("status");
const name = element<HTMLElement>("name");
const tools = element<HTMLElement>("tools");
const leave = element<HTMLButtonElement>("leave");
const canvas = document.querySelector<HTMLCanvasElement>("#screen canvas")!;
const keys = element<HTMLTextAreaElement>("keys");
const clipboard = element<HTMLTextAreaElement>("clipboard");
const fit = element<HTMLButtonElement>("fit");

url.value = new URL("websockify", location.href).href.replace(/^http/, "ws");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void view(new URL(url.value));
});

/** One session, from the form and back to it. */
async function view(server: URL): Promise<void> {
  const leaving = new AbortController();
  const { signal } = leaving;
  leave.addEventListener("click", () => leaving.abort(), { signal });
  form.hidden = true;
  leave.hidden = false;
  fault.textContent = "";
  show("connecting", `connecting to ${server.host}`);
  try {
    const client = await join(server, signal);
    signal.addEventListener("abort", () => void client.close());
    await work(client, signal);
    show("closed", signal.aborted ? "disconnected" : "the server closed the connection");
  } catch (error) {
    const reason = signal.aborted ? "disconnected" : reasonOf(error);
    show(signal.aborted ? "closed" : "failed", reason);
    fault.textContent = signal.aborted ? "" : reason;
  } finally {
    leaving.abort(); // with it go all listeners
    form.hidden = false;
    leave.hidden = tools.hidden = canvas.hidden = keys.hidden = true;
  }
}

async function join(server: URL, signal: AbortSignal): Promise<RfbClient> {
  const isClear = server.protocol === "ws:" && !["localhost", "127.0.0.1", "[::1]"].includes(server.hostname);
  const names = [...SCHEMES, ...(isClear ? [] : IN_CLEAR), ...NO_PASSWORD];
  const options = await optionsFor(quality.value);
  const transport = await connectWebSocket(server, { signal });
  show("connecting", "waiting for the server");
  const authentication = {
    schemes: schemesNamed(names),
    credentials: askCredentials,
    trustsServerKey: askServerKey,
    server: server.host,
  };
  return createRfbClient(await joinServer(transport, { authentication, signal }), options);
}

/** JPEG takes half a megabyte: only who wants it has to load it. */
async function optionsFor(level: string): Promise<RfbClientOptions> {
  const createSurface = createSimdSurface;
  if (level === "") return { compression: await portableCompression({ jpegModule: false }), createSurface };
  const jpegModule = await (await fetch("libjpegturbo.wasm")).arrayBuffer();
  return { compression: await portableCompression({ jpegModule }), createSurface, qualityLevel: Number(level) };
}

/** Shows what happens and sends what the user does, until one of both ends it. */
async function work(client: RfbClient, signal: AbortSignal): Promise<void> {
  const screen = createScreen(canvas, client.framebuffer);
  const input = inputOf(client);
  tools.hidden = canvas.hidden = keys.hidden = false;
  screen.fill();
  sendPointer(canvas, screen, input, signal);
  sendKeys(keys, input, signal);
  keys.focus();
  canvas.addEventListener("pointerdown", () => keys.focus({ preventScroll: true }), { signal });

  const click = (id: string, act: () => void): void => {
    element(id).addEventListener("click", act, { signal });
  };
  click("secure", () => sendCtrlAltDel(input));
  click("type", () => keys.focus());
  click("send", () => input.setClipboard(clipboard.value));
  click("copy", () => copy(clipboard.value));
  click("whole", () => void document.documentElement.requestFullscreen());
  click("fit", () => {
    fit.ariaPressed = String(fit.ariaPressed !== "true");
    takeRoom();
  });

  let settled: ReturnType<typeof setTimeout> | undefined;
  const room = new ResizeObserver(() => {
    screen.fill();
    clearTimeout(settled);
    settled = setTimeout(takeRoom, 250); // a window on its way to its size is no size
  });
  room.observe(canvas.parentElement!);
  signal.addEventListener("abort", () => {
    room.disconnect();
    clearTimeout(settled);
  });

  function takeRoom(): void {
    if (fit.ariaPressed !== "true") return;
    const { clientWidth, clientHeight } = canvas.parentElement!;
    client.resize(clientWidth, clientHeight).catch(() => say("the server takes no other size"));
  }

  function say(news = ""): void {
    const { framebufferWidth, framebufferHeight } = client.session;
    show("connected", `${framebufferWidth} × ${framebufferHeight}${news && `, ${news}`}`);
    name.textContent = document.title = client.name || "Viewer";
  }

  say();
  for await (const event of client) {
    switch (event.type) {
      case "update":
        screen.draw(event.areas);
        break;
      case "resize":
        screen.fill();
        say();
        break;
      case "cursor":
        screen.setCursor(event.cursor);
        break;
      case "name":
        say();
        break;
      case "clipboard":
        clipboard.value = event.text;
        copy(event.text);
        break;
      case "clipboardSkipped":
        say("its clipboard is too long");
        break;
      case "resizeRefused":
        say("it refuses that size");
        break;
      case "bell":
        canvas.animate([{ opacity: 0.5 }, { opacity: 1 }], 150);
        break;
      case "pointer":
      case "ledState":
        break;
    }
  }
}

/** Where the browser lets us. It may want a click first, for which there is a button. */
function copy(text: string): void {
  navigator.clipboard?.writeText(text).catch(() => {});
}

// textContent, never HTML: names and reasons are the server's words.
function show(state: "connecting" | "connected" | "closed" | "failed", text: string): void {
  status.dataset.state = state;
  status.textContent = text;
}

function reasonOf(error: unknown): string {
  if (error instanceof RfbError && error.code === "authentication") return error.reason;
  return error instanceof Error ? error.message : String(error);
}

function element<Kind extends HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}
