// The proxies for Node and for Bun, run against a real server by the commands that stand above them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { schemesNamed } from "../../auth/mod.ts";
import { createRfbClient, joinServer } from "../../endpoints/mod.ts";
import { connectTcp } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { connectWebSocket } from "../../transports/websocket.ts";
import { startBun } from "../bun/run.ts";
import { pictureOf, takePicture } from "../deno/picture.ts";
import { type Certificates, makeCertificateFolder } from "../peers/certificates.ts";
import { comparePictures } from "../peers/picture.ts";
import { type Child, start, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, type Qemu, startQemu } from "../peers/qemu.ts";

type Start = (args: readonly string[], env: Readonly<Record<string, string>>) => Child;

const PASSWORD = "secret";
const NONE = { schemes: schemesNamed(["none"]), credentials: () => ({}) };

const RUNTIMES: readonly [name: string, start: Start, listens: readonly string[]][] = [
  ["node", (args, env) => start(process.execPath, ["--import", "tsx", ...args], { env }), ["ws:", "tcp:"]],
  ["bun", startBun, ["ws:"]],
];

peer("The examples' proxies before QEMU", QEMU, () => {
  let folder: string;
  let certificates: Certificates;
  let qemu: Qemu;
  beforeAll(async () => {
    folder = temporaryFolder();
    certificates = await makeCertificateFolder(folder);
    qemu = await startQemu({ tls: "x509", certificates: folder, password: PASSWORD });
  });

  describe.each(RUNTIMES)("%s_proxy.ts", (name, start, listens) => {
    const file = fileURLToPath(new URL(`../../examples/${name}_proxy.ts`, import.meta.url));

    /** Started by the command in its first lines, and where it listens. */
    async function startProxy(target = `127.0.0.1:${qemu.port}`): Promise<{ child: Child; addresses: URL[] }> {
      const [, command] = new RegExp(`RFB_PASSWORD=${PASSWORD} .*?(examples/.*)`).exec(readFileSync(file, "utf8"))!;
      const args = command!
        .replace("vm.example:5900", target)
        .replace("ca.pem", join(folder, "ca-cert.pem"))
        .replace("6080", "0")
        .replace("5901", "0");
      const child = start(args.split(" "), { RFB_PASSWORD: PASSWORD });
      await child.waitForLog(new RegExp(`(\\w+://.*\\n){${listens.length}}`), 30_000);
      const addresses = child.stdoutText().trim().split("\n");
      return { child, addresses: addresses.map((address) => new URL(address)) };
    }

    /** The events that it has told of by now. */
    const told = (child: Child): Record<string, unknown>[] =>
      [...child.stdoutText().matchAll(/^\{.*\}$/gm)].map(([line]) => JSON.parse(line));

    test("shows viewers without security the server's picture, and ends with 0 at SIGTERM", async () => {
      const { child, addresses } = await startProxy();
      expect(addresses.map(({ protocol }) => protocol)).toEqual(listens);
      for (const [i, address] of addresses.entries()) {
        const taken = await takePicture(() => connectTo(address), { port: Number(address.port), scheme: "none" });
        expect(comparePictures(taken, await qemu.screendump())).toEqual({ pixels: 0 });
        await child.waitForLog(new RegExp(`"event":"closed","connection":${i + 1},`));
      }
      const negotiated = told(child).filter(({ event }) => event === "negotiated");
      const expected = expect.objectContaining({ vencryptSubtype: "X509Vnc (261)", tlsVersion: "TLSv1.3" });
      expect(negotiated).toEqual(listens.map(() => expected));
      process.kill(child.pid, "SIGTERM");
      expect([await child.exited, child.stderr()]).toEqual(["status 0", ""]);
    }, 60_000);

    test("lets nobody in after SIGINT, and ends with 0 once those who are in have left", async () => {
      const { child, addresses } = await startProxy();
      const [address] = addresses as [URL];
      const client = createRfbClient(await joinServer(await connectTo(address), { authentication: NONE }));
      process.kill(child.pid, "SIGINT");
      await child.waitForLog(/^SIGINT: /m);
      await expect(connectTo(address)).rejects.toThrow();
      const picture = pictureOf(await client.screenshot());
      expect(comparePictures(picture, await qemu.screendump())).toEqual({ pixels: 0 });
      await client.close();
      expect([await child.exited, child.stderr()]).toEqual(["status 0", ""]);
      expect(told(child).at(-1)).toMatchObject({ event: "closed", reason: "the client closed" });
    }, 60_000);

    test("connects nobody to a server with another host's certificate", async () => {
      const other = temporaryFolder();
      await makeCertificateFolder(other, { certificates, server: "wrongHost" });
      const stranger = await startQemu({ tls: "x509", certificates: other });
      const { child, addresses } = await startProxy(`127.0.0.1:${stranger.port}`);
      const joining = joinServer(await connectTo(addresses[0]!), { authentication: NONE });
      await expect(joining).rejects.toThrow(/The connection could not be secured/);
      await child.waitForLog(/"event":"failed"/);
      const reason = expect.stringMatching(/made out to DNS:elsewhere\.example, not to 127\.0\.0\.1$/);
      expect(told(child)).toEqual([expect.objectContaining({ event: "failed", reason })]);
      process.kill(child.pid, "SIGTERM");
      expect(await child.exited).toBe("status 0");
      await stranger.stop();
    }, 60_000);

    test("ends with 2 and says how to use it at arguments that are wrong, and with 1 where it cannot listen", async () => {
      const ended = async (...args: string[]): Promise<[string, string, string]> => {
        const child = start([file, ...args], {});
        return [await child.exited, child.stdoutText(), child.stderr()];
      };
      const usage = expect.stringMatching(new RegExp(`^Usage: ${name}_proxy\\.ts --target`, "m"));
      const ca = join(folder, "ca-cert.pem");
      expect(await ended("--help")).toEqual(["status 0", usage, ""]);
      for (const args of [
        [],
        ["--target", "vm.example", "--ca", ca],
        ["--target", "unix:/run/vm.vnc", "--ca", ca],
        ["--target", "vm.example:5900", "--ca", join(folder, "missing.pem")],
        ["--target", "vm.example:5900", "--ca", ca, "--port", "65536"],
        ["--target", "vm.example:5900", "--ca", ca, "--no-such-option"],
      ]) {
        expect([args, ...(await ended(...args))]).toEqual([args, "status 2", "", usage]);
      }
      const taken = ["--target", "vm.example:5900", "--ca", ca, "--port", `${qemu.port}`];
      expect(await ended(...taken)).toEqual(["status 1", "", expect.stringMatching(/EADDRINUSE/)]);
    }, 120_000);
  });
});

function connectTo({ protocol, hostname, port, href }: URL): Promise<Transport> {
  return protocol === "ws:"
    ? connectWebSocket(href, { WebSocket })
    : connectTcp({ host: hostname, port: Number(port) });
}
