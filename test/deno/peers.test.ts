// Real servers' pictures, taken by Deno's own sockets and TLS, and by what stands in there for Node's.

import { beforeAll, expect, test } from "vitest";
import { type Certificates, makeCertificateFolder } from "../peers/certificates.ts";
import { temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, startQemu } from "../peers/qemu.ts";
import type { PictureOptions } from "./picture.ts";
import { runDeno } from "./run.ts";
import { describeX509, type Take, takenFrom } from "./x509.ts";

/** In a Deno that may connect to this port and nothing else. */
function inDeno(host: "deno" | "node"): Take {
  // What the ws package asks of the environment as it loads.
  const env = host === "node" ? ["--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE"] : [];
  return async (options) => {
    const permissions = ["--no-prompt", `--allow-net=127.0.0.1:${options.port}`, ...env];
    const program = ["test/deno/client.ts", host, JSON.stringify(options)];
    const { end, stdout, stderr } = await runDeno(["run", ...permissions, ...program]);
    expect({ end, stderr }).toEqual({ end: "status 0", stderr: "" });
    return takenFrom(stdout);
  };
}

describeX509("Deno", inDeno("deno"), inDeno("node"));

peer("Deno's own TLS and QEMU", QEMU, () => {
  let certificates: Certificates;
  let folder: string;
  beforeAll(async () => {
    folder = temporaryFolder();
    certificates = await makeCertificateFolder(folder);
  });

  test.each<[string, string, (made: Certificates) => PictureOptions["tls"]]>([
    ["version 1.3 alone", "demand version 1.3", () => ({ minVersion: "1.3" })],
    ["a client certificate", "show a client certificate", ({ client }) => client],
  ])("refuses %s, and says what can do it", async (_, act, tls) => {
    const qemu = await startQemu({ tls: "x509", certificates: folder });
    const options = { port: qemu.port, scheme: "x509none", tls: { ca: certificates.ca, ...tls(certificates) } };
    expect(await inDeno("deno")(options)).toEqual({
      name: "TypeError",
      message: `Cannot start TLS: Deno's own cannot ${act}; rfb-codec/node can, on Deno too`,
    });
    await qemu.stop();
  });
});
