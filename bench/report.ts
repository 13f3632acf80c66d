import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, totalmem, type } from "node:os";
import { RUNTIME } from "../test/runtimes/name.ts";
import { compilerVersion, libvncVersion } from "./c_program.ts";
import { isShort } from "./goals.ts";
import type { Growth } from "./growth.ts";
import type { LeftOut } from "./measure.ts";
import { NOVNC_VERSION } from "./novnc.ts";
import { pythonVersions } from "./proxy_peers.ts";
import type { Header, Result } from "./result.ts";
import { RFB2_VERSION } from "./rfb2.ts";
import { columns, costText, goalText, groupOf, rateText, ratioText, rowsInGroups } from "./text.ts";
import { VNC_RFB_CLIENT_VERSION } from "./vnc_rfb_client.ts";

export function headerOf(quick: boolean): Header {
  const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Own;
  const { deno, bun, node, v8 = "", openssl = "", zlib = "" } = process.versions;
  const [libvncserver, gcc] = [libvncVersion(), compilerVersion()];
  const cores = cpus();
  return {
    runtime: RUNTIME,
    versions: {
      ...{ "rfb-codec": own.version, [RUNTIME]: deno ?? bun ?? node, v8, openssl, zlib },
      ...{ bufferutil: own.devDependencies.bufferutil, noVNC: NOVNC_VERSION },
      ...{ "vnc-rfb-client": VNC_RFB_CLIENT_VERSION, rfb2: RFB2_VERSION },
      ...(libvncserver !== undefined && { libvncserver }),
      ...(gcc !== undefined && { gcc }),
      ...pythonVersions(),
    },
    cpu: `${cores[0]?.model.trim() ?? "unknown"}, ${cores.length} cores`,
    machine: `${systemName()}, ${arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    date: new Date().toISOString(),
    quick,
  };
}

/** Of our package.json. */
interface Own {
  readonly version: string;
  readonly devDependencies: { readonly bufferutil: string };
}

function systemName(): string {
  const file = "/etc/os-release";
  const name = existsSync(file) ? /^PRETTY_NAME="(.+)"$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return name ?? type();
}

/** What ran, where and when: a line each. */
export function headerText({ versions, cpu, machine, date, quick }: Header): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const place = [cpu, machine, date].filter((one) => one !== "").join(", ");
  return `${named.join(", ")}\n${place}${quick ? `\n${QUICK}` : ""}`;
}

export const QUICK = "A quick run: it checks results, its times mean little.";

/** The figures for people to read: a block for each group of rows, and one for each curve. */
export function tableOf({ header, rows, leftOut, growth }: Result): string {
  const cells = [
    ["what", "stream", "chunk", "ours", "peer", "theirs", "ratio", "spread", "goal", ""],
    ...rows.map((row) => [
      row.what,
      row.stream,
      row.chunk,
      rateText(row.ours, row.unit),
      row.peer,
      rateText(row.theirs, row.unit),
      ratioText(row.ratio),
      `${(100 * row.spread).toFixed(0)} %`,
      goalText(row.goal),
      isShort(row) ? "short" : "",
    ]),
  ];
  const parts = [headerText(header)];
  if (rows.length > 0) parts.push(rowsInGroups(columns(cells), ["", ...rows.map(({ what }) => what)]));
  if (growth.length > 0) parts.push(`\nHow costs grow:\n\n${growth.map(growthText).join("\n\n")}`);
  if (leftOut.length > 0)
    parts.push(
      `\nLeft out:\n${leftOutLines(leftOut)
        .map((line) => `  ${line}`)
        .join("\n")}`,
    );
  return parts.join("\n");
}

function growthText({ what, along, unit, points }: Growth): string {
  const lines = columns([
    [along, ...points.map(({ at }) => at)],
    [unit, ...points.map(({ cost }) => costText(cost))],
  ]);
  return [what, ...lines.map((line) => `  ${line}`)].join("\n");
}

/** A line for each reason. */
export function leftOutLines(leftOut: readonly LeftOut[]): readonly string[] {
  const streams = new Map<string, string[]>();
  for (const { what, stream, peer, why } of leftOut) {
    const reason = `${peer} (${why})`;
    streams.set(reason, [...(streams.get(reason) ?? []), `${stream} (${groupOf(what)})`]);
  }
  return [...streams].map(([reason, of]) => `${reason}: ${of.join(", ")}`);
}
