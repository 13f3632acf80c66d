// Runs the proxy in workerd on this machine, with a key made for the occasion, and prints what a viewer needs.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { buildProxy, WORKERD } from "./build.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    ca: { type: "string" },
    port: { type: "string", default: "8787" },
    "view-only": { type: "boolean", default: false },
  },
});
const { target, ca, port } = values;
if (target === undefined || ca === undefined) {
  console.error("Usage: local.ts --target HOST:PORT --ca FILE [--port 8787] [--view-only]");
  process.exit(2);
}

const audience = `http://127.0.0.1:${port}`;
const keys = await generateKeyPair("ES256");
const token = await new SignJWT({ target, viewOnly: values["view-only"] })
  .setProtectedHeader({ alg: "ES256" })
  .setJti(crypto.randomUUID())
  .setAudience(audience)
  .setExpirationTime("10 minutes")
  .sign(keys.privateKey);

const folder = mkdtempSync(join(tmpdir(), "rfb-worker-"));
const config = await buildProxy(folder, readFileSync(ca, "utf8"));
const workerd = spawn(WORKERD, ["serve", config, "--socket-addr", `http=127.0.0.1:${port}`, "--control-fd", "3"], {
  stdio: ["inherit", "inherit", "inherit", "pipe"],
  env: { ...process.env, TOKEN_KEY: await exportSPKI(keys.publicKey), TOKEN_AUDIENCE: audience, TARGETS: target },
});
workerd.once("exit", (code) => {
  rmSync(folder, { recursive: true });
  process.exit(code ?? 0);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => workerd.kill(signal));
// It says when it listens.
workerd.stdio[3]?.once("data", () => {
  console.log(`For one use, within ten minutes: ws://127.0.0.1:${port}/websockify?token=${token}`);
});
