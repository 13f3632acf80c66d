import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { libvncVersion } from "./c_program.ts";
import type { LeftOut, Row } from "./measure.ts";
import { NOVNC_VERSION } from "./novnc.ts";

/** Where and when a bench ran. */
export interface Header {
  readonly runtime: string;
  /** Ours, the runtime's, and those of the peers that are there. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cpu: string;
  /** ISO 8601. */
  readonly date: string;
  /** Too short a run to quote. */
  readonly quick: boolean;
}

export function headerOf(quick: boolean): Header {
  const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  const { deno, bun, node, v8 = "", openssl = "" } = process.versions;
  const runtime = deno !== undefined ? "deno" : bun !== undefined ? "bun" : "node";
  const libvncserver = libvncVersion();
  const cores = cpus();
  return {
    runtime,
    versions: {
      ...{ "rfb-codec": own.version, [runtime]: deno ?? bun ?? node, v8, openssl, noVNC: NOVNC_VERSION },
      ...(libvncserver !== undefined && { libvncserver }),
    },
    cpu: `${cores[0]?.model.trim() ?? "unknown"}, ${cores.length} cores`,
    date: new Date().toISOString(),
    quick,
  };
}

/** The rows for people to read, a block for each group. */
export function tableOf(header: Header, rows: readonly Row[], leftOut: readonly LeftOut[]): string {
  const cells = [
    ["what", "stream", "chunk", "ours", "peer", "theirs", "ratio", "spread", "goal", ""],
    ...rows.map((row) => [
      row.what,
      row.stream,
      row.chunk,
      rateText(row.ours, row.unit),
      row.peer,
      rateText(row.theirs, row.unit),
      row.ratio.toPrecision(3),
      `${(100 * row.spread).toFixed(0)} %`,
      row.goal === null ? "" : String(Number(row.goal.toPrecision(3))),
      row.goal !== null && row.ratio < row.goal ? "short" : "",
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line, i) => {
    const text = line.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");
    const isNewGroup = i < 2 || groupOf(line[0]!) !== groupOf(cells[i - 1]![0]!);
    return `${isNewGroup ? "\n" : ""}${text.trimEnd()}`;
  });
  const versions = Object.entries(header.versions).map(([name, version]) => `${name} ${version}`);
  const quick = header.quick ? "\nA quick run: it checks results, its times mean little." : "";
  const tail = leftOut.length === 0 ? "" : `\n\nLeft out:\n${leftOutText(leftOut)}`;
  return `${versions.join(", ")}\n${header.cpu}, ${header.date}${quick}\n${lines.join("\n")}${tail}`;
}

function groupOf(what: string): string {
  return what.split(",")[0]!;
}

/** A line for each reason. */
function leftOutText(leftOut: readonly LeftOut[]): string {
  const streams = new Map<string, string[]>();
  for (const { what, stream, peer, why } of leftOut) {
    const reason = `${peer} (${why})`;
    streams.set(reason, [...(streams.get(reason) ?? []), `${stream} (${groupOf(what)})`]);
  }
  return [...streams].map(([reason, of]) => `  ${reason}: ${of.join(", ")}`).join("\n");
}

function rateText(rate: number, unit: Row["unit"]): string {
  if (unit === "events/s") return `${(rate / 1e6).toPrecision(3)} M events/s`;
  return `${rate >= 100 ? Math.round(rate) : rate.toPrecision(2)} ${unit}`;
}
