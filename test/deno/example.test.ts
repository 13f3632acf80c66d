// What documentation has one run, run against a real server.

import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { decodePng } from "../../compression/mod.ts";
import { makeCertificateFolder } from "../peers/certificates.ts";
import { comparePictures } from "../peers/picture.ts";
import { temporaryFolder, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, type Qemu, startQemu } from "../peers/qemu.ts";
import { pictureOf } from "./picture.ts";
import { deno, runDeno } from "./run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const PASSWORD = "secret";

peer("Deno's examples and QEMU", QEMU, () => {
  let folder: string;
  let qemu: Qemu;
  beforeAll(async () => {
    folder = temporaryFolder();
    await makeCertificateFolder(folder);
    qemu = await startQemu({ tls: "x509", certificates: folder, password: PASSWORD });
  });

  /** With the server and the files of this test in the place of those that a reader would name. */
  const local = (text: string): string =>
    text
      .replaceAll("vm.example:5900", `127.0.0.1:${qemu.port}`)
      .replaceAll('host: "vm.example", port: 5900', `host: "127.0.0.1", port: ${qemu.port}`)
      .replaceAll("screen.png", join(folder, "screen.png"))
      .replaceAll("ca.pem", join(folder, "ca-cert.pem"));

  test("the script writes the picture and types a line, by the command that stands above it", async () => {
    const text = readFileSync(`${root}examples/deno_screenshot.ts`, "utf8");
    const [, command] = new RegExp(`RFB_PASSWORD=${PASSWORD} deno run (.*?)\\n//\\n`, "s").exec(text)!;
    const args = ["run", "--no-prompt", ...local(command!).split(/[\s\\/]*\n\/\/\s*|\s+/)];
    const expected = await qemu.screendump();
    const picture = join(folder, "screen.png");
    const ended = await runDeno(args, { RFB_PASSWORD: PASSWORD });
    expect(ended).toEqual({ end: "status 0", stderr: "", stdout: `QEMU: 640x400, in ${picture}\n` });
    const written = decodePng(readFileSync(picture), expected.width, expected.height);
    expect(comparePictures(pictureOf(written), expected)).toEqual({ pixels: 0 });
    await until("the line to arrive", () => (qemu.typed() === "hello\r" ? true : undefined));
    // It does not look for a password where it may not.
    const failed = await runDeno(args.filter((word) => !word.startsWith("--allow-env")));
    expect(failed).toMatchObject({ end: "status 1", stderr: expect.stringMatching(/no password was given/) });
  }, 60_000);

  test("the script refuses a target with more to it than a host and a port", async () => {
    const permissions = ["--no-prompt", "--allow-net=127.0.0.1"];
    for (const target of [`user:secret@127.0.0.1:${qemu.port}`, `127.0.0.1:${qemu.port}/path`, "unix:/socket", ""]) {
      const ended = await runDeno(["run", ...permissions, "examples/deno_screenshot.ts", target]);
      expect(ended, target).toMatchObject({ end: "status 1", stderr: expect.stringMatching(/HOST:PORT/) });
    }
  }, 60_000);

  test("the script does not wait for a server that says nothing", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const permissions = ["--no-prompt", `--allow-net=127.0.0.1:${port}`];
    const ended = await runDeno(["run", ...permissions, "examples/deno_screenshot.ts", `127.0.0.1:${port}`]);
    expect(ended).toMatchObject({ end: "status 1", stderr: expect.stringMatching(/TimeoutError/) });
    server.close();
  }, 60_000);

  test("that of the module's documentation runs, with the permissions that it names", async () => {
    const [block] = /^ \* {5}import .*?^ \*$(?=\n \* It needs)/ms.exec(
      readFileSync(`${root}transports/deno.ts`, "utf8"),
    )!;
    mkdirSync(`${root}test/artefacts`, { recursive: true });
    const path = `${root}test/artefacts/deno_example.ts`;
    writeFileSync(path, local(block.replaceAll(/^ \* {0,5}/gm, "")));
    await deno("check", path);
    const permissions = [`--allow-net=127.0.0.1:${qemu.port}`, `--allow-read=${join(folder, "ca-cert.pem")}`];
    expect(await deno("run", "--no-prompt", ...permissions, path)).toBe("640x400\n");
  }, 60_000);
});
