import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { type ReplayReport, readRecording, reportOf } from "../../cli/replay.ts";
import { textOf } from "../../codec/text.ts";
import type { Replay } from "../../endpoints/mod.ts";

/** What a recording's meta.json says of it, as far as it is checked. */
export interface Meta {
  readonly kind: "pixels" | "messages" | "handshake" | "malformed";
  readonly width?: number;
  readonly height?: number;
  readonly name?: string;
  readonly rgb_sha256?: string | null;
  readonly lossy?: boolean;
  readonly frame?: boolean;
  readonly failed?: string | null;
  readonly secresult?: number | null;
  readonly updates?: number;
  readonly messages?: Readonly<Record<string, number>>;
  readonly rects?: Readonly<Record<string, number>>;
}

/** What a recording has come to. */
export interface Check {
  readonly name: string;
  readonly meta: Meta;
  readonly report: ReplayReport;
  /** What is not as it should be; empty where all is well. */
  readonly faults: readonly string[];
  /** Of a lossy picture: how far the furthest channel is off. */
  readonly furthest: number | undefined;
}

/** How far a channel of a lossy picture may be off: decoders of JPEG round differently. */
const MOST_OFF = 3;

/** The recordings in a folder, by name. */
export function recordingsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "meta.json")))
    .sort();
}

/** Plays a recording in pieces of each length, and compares with what its meta.json says. */
export async function checkRecording(
  folder: string,
  name: string,
  chunkLengths: readonly (number | undefined)[],
): Promise<Check> {
  const path = join(folder, name);
  const meta = JSON.parse(readFileSync(join(path, "meta.json"), "utf8")) as Meta;
  const recording = readRecording(path);
  const faults: string[] = [];
  let first: ReplayReport | undefined;
  let furthest: number | undefined;
  for (const chunkLength of chunkLengths) {
    const { report, replayed } = await reportOf(recording, chunkLength);
    if (first === undefined) {
      first = report;
      furthest = meta.lossy === true ? furthestOff(path, replayed) : undefined;
      faults.push(...faultsOf(meta, report, replayed, recording.client.length, furthest));
    } else if (JSON.stringify(report) !== JSON.stringify(first)) {
      faults.push(`in pieces of ${chunkLength} it comes out otherwise: ${JSON.stringify(report)}`);
    }
  }
  return { name, meta, report: first!, faults, furthest };
}

function faultsOf(
  meta: Meta,
  report: ReplayReport,
  { outcome }: Replay,
  clientBytes: number,
  furthest: number | undefined,
): string[] {
  const faults: string[] = [];
  const expect = (what: string, got: unknown, wanted: unknown): void => {
    if (got !== wanted) faults.push(`${what} is ${String(got)}, not ${String(wanted)}`);
  };
  switch (meta.kind) {
    case "handshake":
      if (meta.failed === "TLS starts here") {
        expect("the outcome", outcome, "tls");
        expect("the error", report.error?.message, undefined);
        expect("serverBytesConsumed", report.serverBytesConsumed, report.serverBytes);
      } else if (report.error === null) {
        faults.push("it ended well");
      } else if (typeof meta.failed === "string" && meta.failed !== "closed" && meta.failed !== "sub type refused") {
        expect("the code", report.error.code, "authentication");
        const reason = textOf(new TextEncoder().encode(meta.failed)); // QEMU's has a NUL
        if (!report.error.message.includes(`"${reason}"`)) faults.push(`"${reason}" is not in ${report.error.message}`);
      } else if (typeof meta.secresult === "number") {
        expect("the code", report.error.code, "authentication");
      }
      return faults;
    case "malformed":
      if (report.error === null) faults.push("no fault was found");
      return faults;
    default:
      expect("the error", report.error?.message, undefined);
      expect("serverBytesConsumed", report.serverBytesConsumed, report.serverBytes);
      expect("clientBytesConsumed", report.clientBytesConsumed, clientBytes);
      expect("the size", `${report.width}x${report.height}`, `${meta.width}x${meta.height}`);
  }
  if (meta.updates !== undefined) expect("updates", report.messages.FramebufferUpdate ?? 0, meta.updates);
  if (meta.rects !== undefined) expect("rectangles", sumOf(report.rects), sumOf(meta.rects));
  if (meta.messages !== undefined) expect("messages", sumOf(report.messages), sumOf(meta.messages));
  if (meta.name !== undefined) expect("the name", report.name, meta.name);
  if (meta.rgb_sha256 === undefined || meta.rgb_sha256 === null || report.rgbSha256 === meta.rgb_sha256) return faults;
  if (furthest === undefined) expect("rgbSha256", report.rgbSha256, meta.rgb_sha256);
  else if (furthest > MOST_OFF) faults.push(`a channel is ${furthest} off`);
  return faults;
}

function furthestOff(path: string, { framebuffer }: Replay): number | undefined {
  const file = join(path, "frame.png");
  if (!existsSync(file)) return undefined;
  const { data, channels, width, height } = decode(readFileSync(file));
  if (width !== framebuffer.width || height !== framebuffer.height) return 255;
  const rgba = framebuffer.toRgba();
  let furthest = 0;
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) {
      furthest = Math.max(furthest, Math.abs(rgba[4 * i + channel]! - data[channels * i + channel]!));
    }
  }
  return furthest;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
