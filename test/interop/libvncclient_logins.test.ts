// Our server's side of what libvncclient logs in by: DH, MSLogonII, and MSLogon by its old number.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { schemesNamed, securityTypesOf, serverExchange } from "../../auth/mod.ts";
import { createServerHandshake, encodeServerInit, type Version } from "../../codec/handshake/mod.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { driveTo } from "../../endpoints/link.ts";
import type { Transport } from "../../endpoints/mod.ts";
import { listenTcp } from "../../transports/node.ts";
import { run, start, temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { LIBVNCCLIENT } from "./libvncclient.ts";

const KNOWN = ["jürgen", "pa ss €"] as const;

peer("libvncclient logs in", LIBVNCCLIENT, () => {
  let program: string;
  beforeAll(async () => {
    program = join(temporaryFolder(), "libvncclient_login");
    const source = fileURLToPath(new URL("libvncclient_login.c", import.meta.url));
    await run("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lvncclient"], {
      milliseconds: 30_000,
    });
  });

  describe.each([
    ["dh", "3.8", 2048],
    ["dh", "3.8", 1024],
    ["dh", "3.3", 2048],
    ["mslogon2", "3.8", undefined],
    ["mslogon2", "3.7", undefined],
    ["mslogon", "3.3", undefined],
  ] as const)("by %s in %s (%s)", (name, version, dhKeyLength) => {
    test.each([
      ["the right password", KNOWN[0], KNOWN[1], "status 0", undefined],
      ["a wrong password", KNOWN[0], "pa ss", "status 1", "wrong user or password"],
      ["a wrong user", "jurgen", KNOWN[1], "status 1", "wrong user or password"],
    ])("with %s", async (_what, username, password, expected, reason) => {
      // Each time with another key.
      for (let i = 0; i < (expected === "status 0" ? 20 : 1); i++) {
        let fault: unknown;
        const onConnection = (transport: Transport): void => {
          letIn(transport, name, version, dhKeyLength).catch((error: unknown) => {
            fault = error;
          });
        };
        const listener = await listenTcp({ onConnection });
        try {
          const child = start(program, [`${listener.port}`, username, password]);
          expect(await child.exited, child.stderr()).toBe(expected);
          if (reason === undefined) expect(fault).toBeUndefined();
          else expect(fault).toMatchObject({ code: "authentication", reason });
        } finally {
          await listener.close();
        }
      }
    });
  });
});

/** Lets one client in, or turns it away. */
async function letIn(transport: Transport, name: string, version: Version, dhKeyLength: 1024 | 2048 | undefined) {
  const schemes = schemesNamed([name]);
  const verify = (username: string, password: string) => username === KNOWN[0] && password === KNOWN[1];
  const verifier = { verify, ...(dhKeyLength !== undefined && { dhKeyLength }) };
  const handshake = createServerHandshake(DEFAULT_LIMITS, version);
  const link = { handshake, transport };
  try {
    await driveTo(link, "offer");
    handshake.offer(securityTypesOf(schemes, version));
    const { securityType } = await driveTo(link, "authenticate");
    handshake.respond(serverExchange(securityType, { schemes, verifier }));
    await driveTo(link, "authorise");
    handshake.accept();
    await driveTo(link, "done");
    const size = { framebufferWidth: 8, framebufferHeight: 8 };
    await transport.write(
      encodeServerInit({
        type: "serverInit",
        ...size,
        serverPixelFormat: RGBX8888,
        name: new Uint8Array(1).fill(0x78),
      }),
    );
  } catch (error) {
    await transport.write(handshake.refuse("Authentication failed"));
    await transport.close();
    throw error;
  }
}
