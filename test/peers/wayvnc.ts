/**
 * wayvnc, a server by way of neatvnc, for a Wayland desktop of one colour that Sway has and nobody sees.
 *
 * @module
 */

import { chmodSync, chownSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, requireProgram, start, temporaryFolder, waitForListener } from "./process.ts";
import type { Need } from "./programs.ts";

/** What tests with `startWayvnc` need. */
export const WAYVNC: readonly Need[] = ["wayvnc", "sway", "swaybg", "setpriv"];

export interface Wayvnc {
  readonly port: number;
  stop(): Promise<void>;
}

export interface WayvncOptions {
  readonly width: number;
  readonly height: number;
  /** Of the desktop, as CSS has it: `#204060`. */
  readonly colour: string;
  /** For X509Plain, which is all that it has. */
  readonly plain: { readonly user: string; readonly password: string };
  /** The folder that `makeCertificateFolder` wrote. */
  readonly certificates: string;
}

/** Sway does not run for root. */
const NOBODY = 65534;

/** Starts a desktop and its server, and returns once that listens. */
export async function startWayvnc({ width, height, colour, plain, certificates }: WayvncOptions): Promise<Wayvnc> {
  const folder = temporaryFolder();
  const isRoot = process.getuid?.() === 0;
  const port = await freePort();
  const own = (name: string): string => {
    const path = join(folder, name);
    chmodSync(path, 0o600);
    if (isRoot) chownSync(path, NOBODY, NOBODY);
    return path;
  };
  for (const name of ["server-cert.pem", "server-key.pem"]) copyFileSync(join(certificates, name), join(folder, name));
  const settings = [
    ...["enable_auth=true", `username=${plain.user}`, `password=${plain.password}`],
    ...[`private_key_file=${own("server-key.pem")}`, `certificate_file=${own("server-cert.pem")}`],
  ];
  writeFileSync(join(folder, "wayvnc"), `${settings.join("\n")}\n`);
  const desktop = [
    `output HEADLESS-1 resolution ${width}x${height}`,
    "xwayland disable",
    `output * bg ${colour} solid_color`,
    `exec exec wayvnc -C ${own("wayvnc")} 127.0.0.1 ${port}`,
  ];
  writeFileSync(join(folder, "sway"), `${desktop.join("\n")}\n`);
  const command = [requireProgram("sway"), "-c", own("sway")];
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const drop = isRoot ? ["--reuid", `${NOBODY}`, "--regid", `${NOBODY}`, "--clear-groups"] : [];
  const server = start("setpriv", [...drop, "--pdeathsig", "KILL", ...command], {
    env: {
      ...{ HOME: folder, XDG_RUNTIME_DIR: folder, LC_ALL: "C" },
      // No screen, no keyboard, no graphics card.
      ...{ WLR_BACKENDS: "headless", WLR_LIBINPUT_NO_DEVICES: "1", WLR_RENDERER: "pixman" },
    },
  });
  await waitForListener(port).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${server.ended()}: ${server.stderr()}`);
  });
  return { port, stop: () => server.stop() };
}
