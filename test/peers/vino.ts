/**
 * Vino, GNOME's old server, on an X display with a still picture.
 *
 * @module
 */

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examplePicture, type Picture, parseXwd } from "./picture.ts";
import { freePort, run, start, temporaryFolder } from "./process.ts";
import type { Need } from "./programs.ts";
import { connectX, startScreen } from "./x11.ts";

const PROGRAM = "/usr/lib/vino/vino-server";

/** What tests with `startVino` need. */
export const VINO: readonly Need[] = [
  "Xvfb",
  "xwd",
  "dbus-daemon",
  () => (existsSync(PROGRAM) ? undefined : "Vino is not installed"),
];

export interface Vino {
  readonly port: number;
  /** What is on the display, by way of X. */
  dump(): Promise<Picture>;
  stop(): Promise<void>;
}

/**
 * Starts a server, with TLS (18) and nothing else, and returns once it listens as told. Until it has read its settings, for
 * some milliseconds, it listens at a port of its own choice and on all interfaces.
 *
 * @param password None inside TLS when absent
 */
export async function startVino(width: number, height: number, password?: string): Promise<Vino> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "glib-2.0", "settings"), { recursive: true });
  const port = await freePort();
  const lines = [
    "[org/gnome/desktop/remote-access]",
    ...["prompt-enabled=false", "require-encryption=true", "notify-on-connect=false", "use-upnp=false"],
    ...["icon-visibility='never'", "network-interface='lo'"],
    ...["use-alternative-port=true", `alternative-port=uint16 ${port}`],
    `authentication-methods=['${password === undefined ? "none" : "vnc"}']`,
    `vnc-password='${Buffer.from(password ?? "").toString("base64")}'`,
  ];
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  file("glib-2.0/settings/keyfile", `${lines.join("\n")}\n`);
  const { display, screen } = await startScreen(width, height);
  const x = await connectX(display);
  await x.paint(examplePicture(width, height));
  // A bus that starts no services: those would outlive it.
  const bus = start("dbus-daemon", ["--nofork", "--nopidfile", "--print-address", "--config-file", file("bus", BUS)]);
  const [address] = await bus.waitForLog(/^unix:\S+/);
  const server = start(PROGRAM, [], {
    env: {
      ...{ HOME: folder, XDG_CONFIG_HOME: folder, XDG_RUNTIME_DIR: folder, GSETTINGS_BACKEND: "keyfile" },
      ...{ DBUS_SESSION_BUS_ADDRESS: address, DISPLAY: `:${display}`, LC_ALL: "C", NO_AT_BRIDGE: "1" },
    },
  });
  const type = password === undefined ? "No Authentication" : "VNC Authentication";
  for (const said of [`on TCP port ${port} .*`, `Advertising authentication type: '${type}'.*`]) {
    await server.waitForLog(new RegExp(`${said}\n`));
  }
  return {
    port,
    dump: async () => parseXwd(await run("xwd", ["-root", "-silent", "-display", `:${display}`])),
    async stop() {
      await server.stop();
      await bus.stop();
      x.close();
      await screen.stop();
    },
  };
}

const BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
