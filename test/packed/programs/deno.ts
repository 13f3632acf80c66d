// The installed package by Deno's own means, a task at a time, each with permissions of its own: `deno.ts TASK [PORT or PATH]`.

import { connectTcp, connectTls, connectUnix, listenTcp, listenWebSocket, type Transport } from "rfb-codec/deno";
import { connectWebSocket } from "rfb-codec/websocket";
import { failsHere, NOWHERE } from "./foreign.ts";
import { createDesktop, useEverything, visit } from "./portable.ts";

const [task, where = ""] = Deno.args;
const there = { host: "127.0.0.1", port: Number(where) };
const desktop = createDesktop();
const onConnection = (transport: Transport): void => void desktop.serve(transport);

switch (task) {
  case "compute":
    await useEverything({ jpegModule: false });
    await failsHere(async () => (await import("rfb-codec/workers")).connectTcp(NOWHERE));
    break;
  case "jpeg":
    await useEverything();
    break;
  case "tcp":
    await visit(await connectTcp(there));
    break;
  case "tls":
    await visit(await connectTls({ ...there, tls: { ca: await Deno.readTextFile("ca.pem") } }));
    break;
  case "unix":
    await visit(await connectUnix({ path: where }));
    break;
  case "websocket":
    await visit(await connectWebSocket(`ws://127.0.0.1:${where}/websockify`));
    break;
  case "listen": {
    const listener = await listenTcp({ ...there, onConnection });
    await visit(await connectTcp(there));
    await listener.close();
    const pages = await listenWebSocket({ ...there, onConnection });
    await visit(await connectWebSocket(`ws://127.0.0.1:${where}/websockify`));
    await pages.close();
    break;
  }
  default:
    throw new TypeError(`There is no task "${task}"`);
}
desktop.close();
