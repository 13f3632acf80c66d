// `npm start`: the demo as a new user runs it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { makeCertificateFolder } from "../peers/certificates.ts";
import { comparePictures, countColours, type Picture, parsePng } from "../peers/picture.ts";
import { start, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, startQemu } from "../peers/qemu.ts";

const MAIN = fileURLToPath(new URL("../../examples/demo/main.ts", import.meta.url));

describe("npm start -- --snapshot", () => {
  test("writes the desktop that comes through the proxy, and says what was negotiated on each side", async () => {
    const { picture, said } = await snapshot();
    expect([picture.width, picture.height]).toEqual([640, 400]);
    expect(countColours(picture)).toBeGreaterThan(10);
    expect(said).toMatch(/negotiated .* server 3\.8 VeNCrypt \(19\) X509None \(260\), TLSv1\.3 .*CN=localhost/);
    expect(said).toMatch(/640x400, client 3\.8, server 3\.8 None \(1\)/);
  });
});

describe("npm start", () => {
  test("prints the URL of a page that is there", async () => {
    const demo = start(process.execPath, ["--import", "tsx", MAIN, "--port", "0"]);
    try {
      const [, url] = await demo.waitForLog(/Open (http:\S+) in a browser/, 15_000);
      const page = await (await fetch(url!)).text();
      expect(page).toContain("viewer.js");
      const novnc = await fetch(new URL("novnc/core/rfb.js", url));
      expect([novnc.status, novnc.headers.get("content-type")]).toEqual([200, "text/javascript"]);
    } finally {
      await demo.stop();
    }
  });
});

peer("npm start -- --target puts a real server behind the page", QEMU, () => {
  test("QEMU's picture comes through pixel for pixel", async () => {
    const folder = temporaryFolder();
    await makeCertificateFolder(folder);
    const qemu = await startQemu({ tls: "x509", certificates: folder });
    const { picture } = await snapshot("--target", `127.0.0.1:${qemu.port}`, "--ca", join(folder, "ca-cert.pem"));
    expect(comparePictures(picture, await qemu.screendump()).first).toBeUndefined();
  }, 60_000);
});

async function snapshot(...args: string[]): Promise<{ picture: Picture; said: string }> {
  const file = join(temporaryFolder(), "out.png");
  const demo = start(process.execPath, ["--import", "tsx", MAIN, "--snapshot", file, ...args]);
  expect([await demo.exited, demo.stderr()]).toEqual(["status 0", expect.anything()]);
  return { picture: parsePng(readFileSync(file)), said: demo.stderr() };
}
