/**
 * The page of figures.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { isShort, type Standing, shareOf, standings } from "./goals.ts";
import type { Growth } from "./growth.ts";
import type { Leader, Row } from "./measure.ts";
import { NATIVE } from "./profile.ts";
import { leftOutLines, QUICK } from "./report.ts";
import type { Header, Result } from "./result.ts";
import { costText, goalText, groupOf, rateText, ratioText } from "./text.ts";

/** Between them stands what people wrote, and a new page keeps it. */
const [NOTES, END_OF_NOTES] = ["<!-- notes -->", "<!-- end of notes -->"];

/** The notes of a page, as they stand between their marks: empty where there is no page yet, or none in it. */
export function notesIn(file: string): string {
  if (!existsSync(file)) return "";
  const page = readFileSync(file, "utf8");
  const [from, to] = [page.indexOf(NOTES), page.indexOf(END_OF_NOTES)];
  return from < 0 || to < from ? "" : page.slice(from + NOTES.length, to).trim();
}

/** The page, with these notes. */
export function pageOf({ header, rows, leftOut, growth }: Result, notes: string): string {
  const groups = [...new Set(rows.map(({ what }) => groupOf(what)))];
  return `${[
    "# How fast it is",
    ABOUT,
    ...headerParts(header),
    "## Goals",
    "The least ratio wanted, and the row that is furthest from it: of its goal, how much it reaches.",
    table(["what", "against", "at least", "worst row", "its ratio", "", "rows short"], standings(rows).map(goalCells)),
    NOTES,
    ...(notes === "" ? [] : [notes]),
    END_OF_NOTES,
    ...(header.quick ? [] : profileParts(rows.filter(isShort))),
    "## All rows",
    ...groups.flatMap((group) => [
      `### ${group}`,
      table(ROW_HEAD, rows.filter(({ what }) => groupOf(what) === group).map(rowCells)),
    ]),
    "## How costs grow",
    "A flat line is what we want: the cost of one is the same however many there are.",
    ...growth.flatMap(growthParts),
    ...(leftOut.length === 0
      ? []
      : [
          "## What was left out",
          leftOutLines(leftOut)
            .map((line) => `- ${escaped(line)}`)
            .join("\n"),
        ]),
  ].join("\n\n")}\n`;
}

const ABOUT = `\`npm run bench -- --write docs/performance.md\` writes this page, and keeps what stands between its marks for notes;
\`npm run bench -- --help\` tells of one group alone, of other runtimes, and of comparing with an earlier run. Each row sets us
beside somebody else on the same machine, in turns: most rows in eleven rounds of a tenth of a second each, after a check that what comes out
is right, and with every answer checked. All figures are medians. The ratio is the median of the rounds' ratios, above 1 where we are
ahead, and the spread lies between their quartiles. Most are rates; of memory, the ratio is what is allowed over what is taken,
each round a process of its own.

- Decoders draw the same stream, each pass as a new connection. Its framebuffer is there before the clock starts, and its memory
  has been written to, for all: what an operating system takes to hand out pages is no decoder's, and would be most of a pass
  through a short stream. Ours and noVNC's draw on one framebuffer in all passes. The collector is asked to take what the making of
  connections leaves before, too. Tables that a pixel format takes are made once, before the clock, on both sides.
- Ours draw on \`createSimdSurface\`, portable ones too, which inflate by zlib in WebAssembly.
- vnc-rfb-client has all of a stream in one piece, while ours comes in 64 KiB: for bytes that have not come it sleeps. rfb2 draws
  nothing, so it takes part where Raw is framed, the one encoding with pixels that it hands out whole; its server cannot be loaded
  without listening at a port.
- libvncclient and libvncserver are the distribution's, under small programs of ours, compiled with \`gcc -O2\`, that keep their own
  time. They know no other way than a socket: a thread of theirs fills or empties its other end, and what that costs is theirs,
  while ours go from memory to memory. It weighs most where little is done for a byte (Raw). As much of a
  stream as a socket holds lies there before libvncclient's clock starts.
- The proxy's viewer and server are in a process of their own, over loopback. Where a row says "to ws", the viewer comes to our
  proxy over a WebSocket, with \`bufferutil\` installed beside it; to a plain pipe it comes over TCP all the same.
- To websockify and Nova's proxy it comes over a WebSocket, as to ours. Servers speak TLS 1.2 in these rows: with 1.3 neither of
  the two gets as far as ServerInit. websockify speaks neither RFB nor VeNCrypt: it gets a server inside of TLS from the first
  byte (\`--ssl-target\`), and does not check its certificate. Nova's passes VeNCrypt X509None as ours does; its look-up of
  tokens is left away.
- Connecting takes from the viewer's connection to ServerInit, with the proxy's own connection, VeNCrypt and TLS in it. It is set
  beside a connection and a TLS handshake alone, to a server of the same make: 1.3 times the time is a ratio of 0.769.`;

function headerParts({ versions, cpu, machine, date, quick }: Header): readonly string[] {
  const facts = [
    ["machine", [cpu, machine].filter((one) => one !== "").join(", ")],
    ["date", date.slice(0, 10)],
  ];
  const named = table(["", ""], [...facts, ...Object.entries(versions)] as string[][]);
  return [named, ...(quick ? [`**${QUICK}**`] : [])];
}

function goalCells({ goal, worst, rows, short }: Standing): readonly string[] {
  const { what, against } = goal;
  if (worst === undefined) return [what, against, "", "not measured", "", "", ""];
  const row = `${worst.what}, ${worst.stream}${worst.chunk === "whole" ? "" : `, ${worst.chunk}`}`;
  const share = shareOf(worst);
  const reached =
    share < 1 ? `**short by ${Number((100 * (1 - share)).toPrecision(3))} %**` : `met, ${ratioText(share)} times`;
  return [what, against, goalText(worst.goal), row, ratioText(worst.ratio), reached, `${short} of ${rows}`];
}

function profileParts(short: readonly Row[]): readonly string[] {
  if (short.length === 0) return [];
  const lines = short.map(({ what, stream, chunk, peer, ratio, goal, profile }) => [
    ...[what, stream, chunk, peer, ratioText(ratio), goalText(goal)],
    profile?.map(leaderText).join(", ") ?? "no profile",
  ]);
  return [
    "## What explains the rows that fall short",
    ABOUT_PROFILES + (short.some(({ profile }) => profile === undefined) ? WITHOUT_PROFILE : ""),
    table(["what", "stream", "chunk", "against", "ratio", "at least", "what takes our time"], lines),
  ];
}

const ABOUT_PROFILES = `From three tenths of a second of our side's work alone under V8's sampling profiler, in a process of its own: the
functions that lead, at most six, none below 3 %, and each without what it calls. What V8 builds into a caller, or enters in the
middle of a loop, may count as the caller's. Native is what is no JavaScript of anybody's, such as zlib; WebAssembly stands under its
caller. Of the proxy's rows it is what the proxy does, and not how long it waits for viewer and server, which are in another process.`;
const WITHOUT_PROFILE = ` A row without a profile was measured in processes of its
own, on another runtime than Node, or before profiles were taken.`;

/** Our functions by their names; whose others are is said, and so is where one without a name stands. */
function leaderText({ name, file, share }: Leader): string {
  const percent = `${(100 * share).toFixed(0)} %`;
  if (file === NATIVE && name in V8_ITSELF) return `${V8_ITSELF[name]} ${percent}`;
  const isOurs = !name.startsWith("(") && !/^(native$|node_modules\/|node:)/.test(file);
  return `\`${name}\`${isOurs ? "" : ` (${file.replace("node_modules/", "")})`} ${percent}`;
}

const V8_ITSELF: Readonly<Record<string, string>> = {
  "(program)": "native",
  "(garbage collector)": "garbage collector",
};

const ROW_HEAD = ["what", "stream", "chunk", "ours", "against", "theirs", "ratio", "spread", "at least", ""];

function rowCells(row: Row): readonly string[] {
  const { what, stream, chunk, ours, peer, theirs, unit, ratio, spread, goal } = row;
  return [
    ...[what, stream, chunk, rateText(ours, unit), peer, rateText(theirs, unit), ratioText(ratio)],
    ...[`${(100 * spread).toFixed(0)} %`, goalText(goal), isShort(row) ? "**short**" : goal === null ? "" : "met"],
  ];
}

function growthParts({ what, along, unit, points }: Growth): readonly string[] {
  const head = [`${what}: ${along}`, ...points.map(({ at }) => at)];
  return [table(head, [[unit, ...points.map(({ cost }) => costText(cost))]])];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...lines.map(line)].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
