/**
 * `rfb replay`: a recorded connection, played through framers and decoders.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { encode } from "fast-png";
import type { ClientEvent, ServerEvent } from "../codec/framer.ts";
import { Encoding } from "../codec/names.ts";
import { printable, textOf } from "../codec/text.ts";
import { nodeCompression } from "../compression/node.ts";
import { type RecordedChunk, type Recording, type Replay, replay } from "../endpoints/mod.ts";
import { createSimdSurface } from "../simd/mod.ts";
import { Fault, misuse, reasonOf } from "./fault.ts";
import { createLog } from "./log.ts";
import { printableJson } from "./printable_json.ts";
import { reportFaults } from "./report.ts";
import { numberOf } from "./security_options.ts";

/** What `--json` prints. */
export interface ReplayReport {
  /** Both streams were sound, to the last byte. */
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string; readonly offset: number | null } | null;
  readonly serverBytes: number;
  readonly serverBytesConsumed: number;
  readonly clientBytesConsumed: number;
  readonly width: number;
  readonly height: number;
  /** Of the picture as R, G, B bytes, row by row. */
  readonly rgbSha256: string;
  /** How many the server sent, by name. */
  readonly messages: Readonly<Record<string, number>>;
  /** How many, by encoding. */
  readonly rects: Readonly<Record<string, number>>;
  /** The desktop's, as ServerInit has it. */
  readonly name: string;
}

interface ReplayCommandOptions {
  readonly json?: boolean;
  readonly png?: string;
  readonly chunk?: number;
}

/** The subcommand. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("Play a recorded VNC connection, and tell what was in it.")
    .argument(
      "<recording>",
      "a folder with server.bin and client.bin, and chunks.json if there is one; or the server's bytes",
    )
    .argument("[client]", "the client's bytes, where the first argument is a file")
    .option("--json", "print one JSON object")
    .option("--png <file>", "write the final picture")
    .option("--chunk <bytes>", "hand the streams over in pieces of at most so many bytes", numberOf)
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, client: string | undefined, options: ReplayCommandOptions) => {
      await reportFaults(createLog("text"), String, () => replayFiles(path, client, options));
    });
}

/** Plays a recording, and says what came of it. */
export async function reportOf(
  recording: Recording,
  chunkLength?: number,
): Promise<{ readonly report: ReplayReport; readonly replayed: Replay }> {
  const messages: Record<string, number> = {};
  const rects: Record<string, number> = {};
  let name = "";
  const saw = (from: "client" | "server", event: ClientEvent | ServerEvent): void => {
    if (from === "client") return;
    switch (event.type) {
      case "rectangle":
        count(rects, ENCODING_NAMES.get(event.encodingType) ?? String(event.encodingType));
        return;
      case "rectanglePayload":
      case "framebufferUpdateEnd":
        return;
      case "serverInit":
        name = textOf(event.name);
        return;
      default:
        count(messages, event.type.charAt(0).toUpperCase() + event.type.slice(1));
    }
  };
  const replayed = replay(recording, {
    compression: await nodeCompression(),
    createSurface: createSimdSurface,
    saw,
    ...(chunkLength !== undefined && { chunkLength }),
  });
  const { error, framebuffer } = replayed;
  const report: ReplayReport = {
    ok: error === undefined,
    error: error === undefined ? null : { code: error.code, message: error.message, offset: error.offset ?? null },
    serverBytes: recording.server.length,
    serverBytesConsumed: replayed.serverBytesConsumed,
    clientBytesConsumed: replayed.clientBytesConsumed,
    width: framebuffer.width,
    height: framebuffer.height,
    rgbSha256: createHash("sha256").update(rgbOf(framebuffer.toRgba())).digest("hex"),
    messages,
    rects,
    name,
  };
  return { report, replayed };
}

/** Reads a recording from its folder. @throws {Fault} a file that is missing, or is not what it should be */
export function readRecording(path: string, client?: string): Recording {
  if (!isThere(path)) throw misuse(path, "there is no such file or folder");
  if (!isFolder(path)) {
    if (client === undefined) throw misuse(path, "it is no folder: name the client's bytes too, as a second file");
    return { server: read(path), client: read(client) };
  }
  if (client !== undefined) throw misuse(client, "the recording is a folder, which has the client's bytes");
  const chunksFile = join(path, "chunks.json");
  const streams = { server: read(join(path, "server.bin")), client: read(join(path, "client.bin")) };
  return isThere(chunksFile) ? { ...streams, chunks: chunksOf(chunksFile) } : streams;
}

async function replayFiles(path: string, client: string | undefined, options: ReplayCommandOptions): Promise<void> {
  const { chunk, png } = options;
  if (chunk !== undefined && (!Number.isInteger(chunk) || chunk < 1)) {
    throw misuse("--chunk", `${chunk} is no number of bytes: give 1 or more`);
  }
  const recording = readRecording(path, client);
  const { report, replayed } = await reportOf(recording, chunk);
  if (png !== undefined) writePng(png, replayed);
  process.stdout.write(options.json === true ? `${printableJson(report)}\n` : textReport(report, recording, replayed));
  if (!report.ok) process.exitCode = 1;
}

function textReport(report: ReplayReport, { client }: Recording, { outcome, session }: Replay): string {
  const lines = [
    `server    ${report.serverBytesConsumed} of ${report.serverBytes} bytes`,
    `client    ${report.clientBytesConsumed} of ${client.length} bytes`,
    `protocol  ${session.version ?? "none agreed on"}${outcome === "tls" ? ", goes on in TLS" : ""}`,
    `picture   ${report.width}x${report.height}${report.name === "" ? "" : `, "${printable(report.name)}"`}`,
    `rgb       ${report.rgbSha256}`,
    `messages  ${countsOf(report.messages)}`,
    `rects     ${countsOf(report.rects)}`,
    report.error === null ? "ok" : `${report.error.code}: ${report.error.message}`,
  ];
  return `${lines.join("\n")}\n`;
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return entries.length === 0 ? "none" : entries.map(([name, number]) => `${name} ${number}`).join(", ");
}

function writePng(file: string, { framebuffer }: Replay): void {
  const { width, height } = framebuffer;
  if (width * height === 0) throw new Fault(1, "Cannot write a PNG: the picture has no pixels");
  try {
    writeFileSync(file, encode({ width, height, data: framebuffer.toRgba(), channels: 4, depth: 8 }));
  } catch (error) {
    throw new Fault(1, `Cannot write ${file}: ${reasonOf(error)}`);
  }
}

function chunksOf(file: string): readonly RecordedChunk[] {
  try {
    const chunks = JSON.parse(new TextDecoder().decode(read(file))) as unknown;
    return (chunks as readonly (readonly [unknown, unknown])[]).map(([from, length]) => {
      if ((from !== "s" && from !== "c") || !Number.isInteger(length))
        throw new TypeError(`an entry of ${from}, ${length}`);
      return { from: from === "s" ? "server" : "client", length: length as number };
    });
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw misuse(file, `it is no list of ["s" or "c", length, ms]: ${reasonOf(error)}`);
  }
}

function rgbOf(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw misuse(file, reasonOf(error));
  }
}

function isFolder(path: string): boolean {
  return isThere(path) && statSync(path).isDirectory();
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

const ENCODING_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Encoding).map(([name, number]) => [number, name]),
);

const EXAMPLES = `
Examples:
  $ rfb replay recordings/desktop --png desktop.png
  $ rfb replay recordings/desktop --json --chunk 1460
  $ rfb replay server.bin client.bin`;
