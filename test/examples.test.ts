// The examples in README and in the sources' documentation: they type-check, and they run.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { schemesNamed } from "../auth/mod.ts";
import { Encoding, encodeRectangle, RGBX8888 } from "../codec/mod.ts";
import { admitClient } from "../endpoints/mod.ts";
import { listenTcp } from "../transports/node.ts";
import type { Transport } from "../transports/transport.ts";
import { makeAuthority } from "./peers/certificates.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = `${root}test/artefacts/examples/`;

const sources = [
  "mod.ts",
  ...["codec", "auth", "compression", "endpoints", "proxy", "simd", "transports"].flatMap(filesUnder),
];
const examples = ["README.md", ...sources].flatMap((path) =>
  examplesIn(readFileSync(root + path, "utf8")).map((code, i) => ({ title: `${path}, ${i + 1}`, code })),
);

describe("every example", () => {
  let running: { port: number; close(): Promise<void> };
  let ca: string;

  beforeAll(async () => {
    const authority = await makeAuthority();
    const certificate = await authority.issue({ purpose: "server" });
    ca = authority.cert;
    running = await listenTcp({ onConnection: (transport) => void serveOnePixel(transport, certificate) });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}ca.pem`, ca);
  });
  afterAll(() => running.close());

  test("type-checks", () => {
    for (const [i, { code }] of examples.entries()) writeFileSync(`${folder}${i}.ts`, `${code}\nexport {};\n`);
    writeFileSync(`${folder}tsconfig.json`, JSON.stringify(TSCONFIG));
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", folder], { encoding: "utf8" });
  }, 60_000);

  test.each(examples)("$title runs", async ({ title, code }) => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {});
    const path = `${folder}run-${title.replace(/\W+/g, "-")}.ts`;
    writeFileSync(
      path,
      code
        .replaceAll('host: "vm.example", port: 5900', `host: "localhost", port: ${running.port}`)
        .replaceAll("port: 5901", "port: 0")
        .replaceAll('"-----BEGIN CERTIFICATE-----\\n…"', JSON.stringify(ca))
        .replaceAll('"ca.pem"', JSON.stringify(`${folder}ca.pem`))
        .replaceAll('"screen.png"', JSON.stringify(`${folder}screen.png`)),
    );
    await import(path);
    said.mockRestore();
  });

  test("README's picture is the server's", () => {
    expect(readFileSync(`${folder}screen.png`).subarray(1, 4).toString()).toBe("PNG");
  });
});

async function serveOnePixel(transport: Transport, tls: { cert: string; key: string }): Promise<void> {
  const server = await admitClient(transport, {
    authentication: { schemes: schemesNamed(["x509vnc"]), verifier: { password: () => "secret" } },
    tls,
    serverInit: {
      framebufferWidth: 1,
      framebufferHeight: 1,
      serverPixelFormat: RGBX8888,
      name: new Uint8Array(0),
    },
  });
  for (let message = await server.next(); message !== undefined; message = await server.next()) {
    if (message.type !== "framebufferUpdateRequest") continue;
    await server.send({ type: "framebufferUpdate", numberOfRectangles: 1 });
    await server.sendBytes(
      encodeRectangle({ type: "rectangle", x: 0, y: 0, width: 1, height: 1, encodingType: Encoding.Raw }),
    );
    await server.sendBytes(Uint8Array.of(1, 2, 3, 0));
  }
}

function filesUnder(name: string): string[] {
  return readdirSync(root + name, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${name}/${path}`);
}

function examplesIn(text: string): string[] {
  const blocks = text.matchAll(/^( \* |)```ts\n([\s\S]*?)^\1```/gm);
  return [...blocks].map(([, margin, code]) =>
    code!.replace(new RegExp(`^${margin!.replace("*", "\\*").trimEnd()} ?`, "gm"), ""),
  );
}

const TSCONFIG = {
  extends: "../../../tsconfig.json",
  compilerOptions: {
    paths: {
      "@std/bytes": ["../../../vendor/std_bytes/mod.ts"],
      "rfb-codec": ["../../../mod.ts"],
      "rfb-codec/node": ["../../../transports/node.ts"],
      "rfb-codec/websocket": ["../../../transports/websocket.ts"],
      "rfb-codec/compression/node": ["../../../compression/node.ts"],
      "rfb-codec/compression/webcodecs": ["../../../compression/webcodecs.ts"],
      "rfb-codec/*": ["../../../*/mod.ts"],
    },
  },
  include: ["*.ts", "../../../types/*.d.ts"],
  exclude: ["run-*"],
};
