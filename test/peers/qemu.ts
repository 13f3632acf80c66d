/**
 * QEMU as a VNC server: a machine without an operating system, whose boot sector draws a still
 * picture of 256 colours and echoes what is typed.
 *
 * @module
 */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { type Arrivals, arrivalsFrom, type KeyArrival, type PointerArrival } from "./input.ts";
import { comparePictures, type Picture, parsePpm } from "./picture.ts";
import { type Child, start, temporaryFolder, until } from "./process.ts";
import type { Need } from "./programs.ts";

/** What tests with `startQemu` need. */
export const QEMU: readonly Need[] = ["qemu-system-x86_64"];

export interface QemuOptions {
  /** VeNCrypt with certificates, with anonymous Diffie-Hellman, or not at all. `none` when absent. */
  readonly tls?: "none" | "x509" | "anon";
  /** The folder that `makeCertificateFolder` wrote: needed for `x509`. */
  readonly certificates?: string;
  /** Ask the client for a certificate of the same authority. */
  readonly verifyPeer?: boolean;
  /** Refuse to start with certificates that cannot be good: true when absent. An expired one needs false. */
  readonly sanityCheck?: boolean;
  /** A GnuTLS priority string, such as `NORMAL:-VERS-TLS1.3`. */
  readonly tlsPriority?: string;
  /** VncAuth with this password, at most 8 bytes of which count; None when absent. */
  readonly password?: string;
  /** More of -vnc's own options, such as `lossy=on`. */
  readonly vnc?: readonly string[];
  /** More arguments. */
  readonly args?: readonly string[];
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running machine. The keys of its arrivals are QEMU's qcodes: `a`, `ret`, `shift`. */
export interface Qemu extends Arrivals {
  readonly port: number;
  /** QEMU's own WebSocket: no proxy in between, `binary` subprotocol. */
  readonly webSocketPort: number;
  stop(): Promise<void>;
  /** What the machine shows, by way of its monitor and so without VNC. */
  screendump(): Promise<Picture>;
  /** What the guest has read from its keyboard, in ASCII. A tab also makes it change to 640x480. */
  typed(): string;
  /** Presses keys of the machine by way of its monitor. */
  sendKey(...qcodes: string[]): Promise<void>;
  /** One command of the machine protocol. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** What it wrote on stderr: trace events `vnc_auth_*`, `vnc_client_*` and `input_event_*`. */
  log(): string;
}

/** Starts a machine and returns once its picture stands still. */
export async function startQemu(options: QemuOptions = {}): Promise<Qemu> {
  const folder = temporaryFolder();
  const disk = join(folder, "disk");
  const monitor = join(folder, "monitor");
  writeFileSync(disk, bootSector());
  const args = [
    ...["-machine", "pc", "-m", "16", "-vga", "std", "-display", "none", "-nodefaults", "-no-user-config"],
    ...["-drive", `file=${disk},format=raw,if=ide`],
    // The only absolute pointer that needs no USB controller, whose start the firmware would wait for.
    ...["-device", "virtio-tablet-pci"],
    // What the guest writes to port E9 comes out on stdout.
    ...["-chardev", "stdio,id=guest,signal=off", "-device", "isa-debugcon,iobase=0xe9,chardev=guest"],
    ...["-qmp", `unix:${monitor},server=on,wait=off`],
    ...["-trace", "input_event_*", "-trace", "vnc_auth_*", "-trace", "vnc_client_connect"],
    ...["-trace", "vnc_client_disconnect_*", "-trace", "vnc_client_eof", "-trace", "vnc_client_io_error"],
    ...securityArguments(options, folder),
    ...(options.args ?? []),
  ];
  const child = start("qemu-system-x86_64", args, { env: options.env ?? {} });
  try {
    await until("the guest to draw", () => {
      if (child.ended() !== undefined) throw new Error(`QEMU ended with ${child.ended()}: ${child.stderr()}`);
      return child.stdoutText().startsWith("!") || undefined;
    });
    return await control(child, folder, await connectMonitor(monitor));
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function control(child: Child, folder: string, monitor: Monitor): Promise<Qemu> {
  const { execute } = monitor;
  let dumps = 0;
  const screendump = async (): Promise<Picture> => {
    const file = join(folder, `dump${dumps++}`);
    await execute("screendump", { filename: file });
    const picture = parsePpm(readFileSync(file));
    rmSync(file);
    return picture;
  };
  // The PS/2 mouse is there first and would win: pointer positions would become mere differences.
  const mice = (await execute("query-mice")) as { index: number; absolute: boolean }[];
  const tablet = mice.find((mouse) => mouse.absolute);
  if (tablet === undefined) throw new Error("Cannot find the tablet among the machine's mice");
  await execute("human-monitor-command", { "command-line": `mouse_set ${tablet.index}` });
  const [info] = (await execute("query-vnc-servers")) as { server: { service: string; websocket: boolean }[] }[];
  const portOf = (webSocket: boolean): number =>
    Number(info?.server.find((server) => server.websocket === webSocket)?.service);
  let last = await screendump();
  await until("the picture to stand still", async () => {
    const next = await screendump();
    const still = comparePictures(last, next).pixels === 0;
    last = next;
    return still || undefined;
  });
  return {
    ...arrivalsFrom(() => readTrace(child.stderr(), last)),
    port: portOf(false),
    webSocketPort: portOf(true),
    async stop() {
      monitor.close();
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    async screendump() {
      last = await screendump();
      return last;
    },
    typed: () => child.stdoutText().slice(1),
    async sendKey(...qcodes) {
      for (const data of qcodes) {
        await execute("send-key", { keys: [{ type: "qcode", data }], "hold-time": 10 });
        // The next one would otherwise be pressed while this one is held.
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
    execute,
    log: () => child.stderr(),
  };
}

/**
 * -vnc and the objects it refers to. With `to` QEMU itself looks for a free display and takes it in
 * one step, so that machines which start together do not meet.
 */
function securityArguments(options: QemuOptions, folder: string): string[] {
  const display = 14_100 + Math.floor(Math.random() * 8000); // port 20000 and up
  const vnc = [`127.0.0.1:${display},to=${display + 1000},websocket=on`];
  const args: string[] = [];
  const tls = options.tls ?? "none";
  if (tls !== "none") {
    const priority = options.tlsPriority === undefined ? "" : `,priority=${options.tlsPriority}`;
    const verify = `verify-peer=${options.verifyPeer === true ? "on" : "off"}`;
    if (tls === "anon") {
      args.push("-object", `tls-creds-anon,id=tls0,endpoint=server,${verify}${priority}`);
    } else {
      if (options.certificates === undefined) throw new TypeError("tls x509 needs a folder of certificates");
      const check = `sanity-check=${options.sanityCheck === false ? "off" : "on"}`;
      args.push(
        "-object",
        `tls-creds-x509,id=tls0,endpoint=server,dir=${options.certificates},${verify},${check}${priority}`,
      );
    }
    vnc.push("tls-creds=tls0");
  }
  if (options.password !== undefined) {
    // In a file, as the list of processes shows arguments to everyone.
    const file = join(folder, "password");
    writeFileSync(file, options.password, { mode: 0o600 });
    args.push("-object", `secret,id=password0,file=${file}`);
    vnc.push("password-secret=password0");
  }
  return [...args, "-vnc", [...vnc, ...(options.vnc ?? [])].join(",")];
}

const BUTTONS: Readonly<Record<string, number>> = { left: 1, middle: 2, right: 4, "wheel-up": 8, "wheel-down": 16 };

/** Input as QEMU traces it, positions turned back into pixels of the picture last seen. */
function readTrace(log: string, { width, height }: Picture): { keys: KeyArrival[]; pointers: PointerArrival[] } {
  const keys: KeyArrival[] = [];
  const pointers: PointerArrival[] = [];
  let [x, y, buttonMask, moved] = [0, 0, 0, false];
  for (const line of log.split("\n")) {
    const key = /input_event_key_qcode con -?\d+, key qcode (\S+), down (\d)/.exec(line);
    if (key !== null) keys.push({ key: key[1]!, down: key[2] === "1" });
    const button = /input_event_btn con -?\d+, button (\S+), down (\d)/.exec(line);
    const axis = /input_event_abs con -?\d+, axis (\S+), value 0x([0-9a-f]+)/.exec(line);
    if (button !== null) {
      const bit = BUTTONS[button[1]!] ?? 0;
      buttonMask = button[2] === "1" ? buttonMask | bit : buttonMask & ~bit;
      moved = true;
    } else if (axis !== null) {
      // QEMU scales to 0…0x7fff and rounds down.
      const of = axis[1] === "x" ? width : height;
      const pixel = Math.ceil((Number.parseInt(axis[2]!, 16) * of) / 0x7fff);
      if (axis[1] === "x") x = pixel;
      else y = pixel;
      moved = true;
    } else if (moved && line.includes("input_event_sync")) {
      pointers.push({ x, y, buttonMask });
      moved = false;
    }
  }
  return { keys, pointers };
}

interface Monitor {
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): void;
}

/** QEMU's machine protocol: a JSON object a line, answers in order, events in between. */
async function connectMonitor(path: string): Promise<Monitor> {
  const socket: Socket = createConnection(path);
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  let held = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (held + text).split("\n");
    held = lines.pop() ?? "";
    for (const line of lines) {
      const answer = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
      if ("return" in answer) waiting.shift()?.resolve(answer.return);
      else if (answer.error !== undefined) waiting.shift()?.reject(new Error(`QEMU: ${answer.error.desc}`));
    }
  });
  const fail = (): void => {
    for (const { reject } of waiting.splice(0)) reject(new Error("QEMU closed its monitor"));
  };
  socket.on("error", fail);
  socket.on("close", fail);
  const execute = (command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error("QEMU closed its monitor"));
      waiting.push({ resolve, reject });
      socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  await execute("qmp_capabilities");
  return { execute, close: () => socket.destroy() };
}

/**
 * 16-bit code, loaded at 7C00:
 *
 *     fc b8 13 00 cd 10            320x200 in 256 colours, a mode without a blinking cursor
 *     b8 00 a0 8e c0 31 ff 31 db   es:di the first pixel, bx the row
 *     31 c9                        row: cx the column
 *     88 c8 30 d8 aa               column: colour = column ^ row
 *     41 81 f9 40 01 72 f4         next column
 *     43 81 fb c8 00 72 eb         next row
 *     b0 21 e6 e9                  "!" to port E9: drawn
 *     31 c0 cd 16 e6 e9            key: wait for one, its character to port E9
 *     3c 09 74 09                  a tab?
 *     b4 0e bb 0f 00 cd 10 eb ed   no: show it in white, next key
 *     b8 12 00 cd 10 eb e6         yes: 640x480 in 16 colours, next key
 */
const BOOT_CODE =
  "fcb81300cd10 b800a08ec031ff31db 31c9 88c830d8aa 4181f9400172f4 4381fbc80072eb" +
  "b021e6e9 31c0cd16e6e9 3c097409 b40ebb0f00cd10ebed b81200cd10ebe6";

function bootSector(): Uint8Array {
  const sector = Buffer.alloc(512);
  sector.write(BOOT_CODE.replaceAll(" ", ""), "hex");
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
