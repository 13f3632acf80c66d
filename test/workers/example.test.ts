// The examples run: the one in the documentation of rfb-codec/workers, and the proxy as its README starts it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { schemesNamed } from "../../auth/mod.ts";
import { createRfbClient, joinServer } from "../../endpoints/mod.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { type FakeServer, startFakeServer } from "../cli/fake_server.ts";
import { rgbOf } from "../interop/pictures.ts";
import { makeCertificates } from "../peers/certificates.ts";
import { comparePictures } from "../peers/picture.ts";
import { freePort, start, stopSince, temporaryFolder } from "../peers/process.ts";
import { startTestWorker } from "./workerd.ts";

afterAll(() => stopSince());

async function expectPicture(url: string, server: FakeServer): Promise<void> {
  const transport = await connectWebSocket(url, { WebSocket });
  const authentication = { schemes: schemesNamed(["none"]), credentials: () => ({}) };
  const client = createRfbClient(await joinServer(transport, { authentication }));
  const { width, height, data } = await client.screenshot();
  const picture = rgbOf({ width, height, pixels: new Uint32Array(data.buffer, data.byteOffset, width * height) });
  expect(comparePictures(picture, server.picture)).toEqual({ pixels: 0 });
  await client.close();
}

test("the documentation's Worker shows the server's picture", async () => {
  const { ca, server: tls, client: certificate } = await makeCertificates();
  const server = await startFakeServer({ schemes: ["x509none"], tls });
  const source = readFileSync(fileURLToPath(new URL("../../transports/workers.ts", import.meta.url)), "utf8");
  const code = [...source.slice(0, source.indexOf("*/")).matchAll(/^ \* {5}(.*)| \*$/gm)].map(([, line]) => line ?? "");
  const place = 'host: "vm.example", port: 5900';
  expect(code.join("\n")).toContain(place);
  mkdirSync(new URL("../artefacts/", import.meta.url), { recursive: true });
  writeFileSync(
    new URL("../artefacts/workers_example.js", import.meta.url),
    code.join("\n").replace(place, `host: "localhost", port: ${server.port}`),
  );
  const { port } = await startTestWorker("../artefacts/workers_example.js", ca, certificate);
  await expectPicture(`ws://127.0.0.1:${port}/`, server);
  await server.close();
}, 60_000);

test("the proxy runs on this machine, and prints a URL that shows the server's picture", async () => {
  const { ca, server: tls } = await makeCertificates();
  const server = await startFakeServer({ schemes: ["x509vnc"], password: "secret", tls });
  const file = join(temporaryFolder(), "ca.pem");
  writeFileSync(file, ca);
  const script = fileURLToPath(new URL("../../examples/worker_proxy/local.ts", import.meta.url));
  const options = ["--target", `localhost:${server.port}`, "--ca", file, "--port", `${await freePort()}`];
  const child = start(process.execPath, ["--import", "tsx", script, ...options], { env: { VNC_PASSWORD: "secret" } });
  const [url] = await child.waitForLog(/ws:\S+/, 30_000);
  await expectPicture(url, server);
  await child.stop();
  await server.close();
}, 60_000);
