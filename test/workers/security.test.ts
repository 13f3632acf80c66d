// A client in workerd passes VeNCrypt's X509 schemes of real servers, and takes the same picture as Node.

import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credentials } from "../../auth/mod.ts";
import { joinBy } from "../interop/joining.ts";
import { rgbOf } from "../interop/pictures.ts";
import { type Certificates, makeCertificateFolder } from "../peers/certificates.ts";
import { comparePictures, countColours, type Picture } from "../peers/picture.ts";
import { stopSince, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, startQemu } from "../peers/qemu.ts";
import { PLAIN_LOGIN, startXtigervnc, XTIGERVNC } from "../peers/xtigervnc.ts";
import { startTestWorker, type Workerd } from "./workerd.ts";

const ADA = { username: "ada", password: "engine 9" } as const;
const folder = temporaryFolder();
let certificates: Certificates;
let workerd: Workerd;

beforeAll(async () => {
  certificates = await makeCertificateFolder(folder);
  workerd = await startTestWorker("screenshot.worker.ts", certificates.ca, certificates.client);
}, 60_000);
afterAll(() => stopSince());

function ask(port: number, scheme: string, credentials: Credentials = ADA): Promise<Response> {
  const search = new URLSearchParams({ port: `${port}`, scheme, credentials: JSON.stringify(credentials) });
  return fetch(`http://127.0.0.1:${workerd.port}/?${search}`);
}

async function expectTheSame(port: number, scheme: string, path: readonly number[]): Promise<Picture> {
  const response = await ask(port, scheme);
  if (!response.ok) throw new Error(await response.text());
  const { width, height, securityPath } = JSON.parse(response.headers.get("X-Picture")!);
  expect(securityPath).toEqual(path);
  const picture = rgbOf({ width, height, pixels: new Uint32Array(await response.arrayBuffer()) });
  expect(countColours(picture, 10)).toBe(10);
  const nodes = await joinBy(port, scheme, ADA, { ca: certificates.ca, serverName: "localhost" });
  expect(comparePictures(picture, nodes.picture)).toEqual({ pixels: 0 });
  return picture;
}

async function expectRefusal(port: number, scheme: string, credentials: Credentials): Promise<void> {
  expect(await (await ask(port, scheme, credentials)).json()).toMatchObject({ code: "authentication" });
}

peer("QEMU before workerd", QEMU, () => {
  test.each([
    ["x509none", [19, 260]],
    ["x509vnc", [19, 261]],
  ] as const)(
    "lets us in by %s",
    async (scheme, path) => {
      const password = scheme === "x509vnc" ? { password: ADA.password } : {};
      const qemu = await startQemu({ tls: "x509", certificates: folder, ...password });
      const picture = await expectTheSame(qemu.port, scheme, path);
      expect(comparePictures(picture, await qemu.screendump())).toEqual({ pixels: 0 });
      if (scheme === "x509vnc") await expectRefusal(qemu.port, scheme, { password: "engine 8" });
      await qemu.stop();
    },
    60_000,
  );
});

peer("Xtigervnc before workerd", [...XTIGERVNC, PLAIN_LOGIN], () => {
  test("lets us in by x509none, x509vnc and x509plain", async () => {
    const server = await startXtigervnc({
      securityTypes: "X509Plain,X509Vnc,X509None",
      certificates: folder,
      password: ADA.password,
      plain: { user: ADA.username, password: ADA.password },
    });
    for (const [scheme, path] of [
      ["x509none", [19, 260]],
      ["x509vnc", [19, 261]],
      ["x509plain", [19, 262]],
    ] as const) {
      const picture = await expectTheSame(server.port, scheme, path);
      expect(comparePictures(picture, await server.dump())).toEqual({ pixels: 0 });
    }
    await expectRefusal(server.port, "x509vnc", { password: "engine 8" });
    await expectRefusal(server.port, "x509plain", { ...ADA, username: "Ada" });
  }, 60_000);
});

test.each([
  ["with the acknowledgement", [Buffer.from([1, 0, 0, 0, 0])]],
  ["in place of the server's TLS", [Buffer.from([1]), Buffer.from([0, 0, 0, 0])]],
])("bytes in clear that come ahead of TLS, %s, are refused", async (_, injected) => {
  const server = createServer(async (socket) => {
    socket.on("error", () => {});
    const said = socket.setNoDelay(true)[Symbol.asyncIterator]();
    const steps = ["RFB 003.008\n", Buffer.from([1, 19]), Buffer.from([0, 2]), Buffer.from([0, 1, 0, 0, 1, 4])];
    for (const step of [...steps, ...injected]) {
      socket.write(step);
      await said.next();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  expect(await (await ask(port, "x509none")).json()).toMatchObject({ name: "RfbError", code: "insecure" });
  server.close();
});
