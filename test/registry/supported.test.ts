import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SCHEMES } from "../../auth/schemes.ts";
import { CLIENT_LAYOUTS } from "../../codec/client/mod.ts";
import { DECODERS } from "../../codec/encodings/decoders.ts";
import { ENCODERS } from "../../codec/encodings/encoders.ts";
import { FRAMING } from "../../codec/encodings/framing.ts";
import { SecurityStatus } from "../../codec/handshake/mod.ts";
import { Encoding, SecurityType, VencryptSubtype } from "../../codec/names.ts";
import { SERVER_LAYOUTS } from "../../codec/server/mod.ts";
import { claimsAnything, missingFunctions, schemesBy } from "./claims.ts";
import { ELSEWHERE, LIVE, OF_EVERY_CLIENT, OF_EVERY_SERVER, PEERS, RECORDED, SECOND, VECTORS } from "./evidence.ts";
import { pageOfSupported, SERVERS } from "./page.ts";
import { has, isOnlyAskedFor, ROWS, type Row, type Section } from "./rows.ts";

const TESTS = new URL("../", import.meta.url);
const RECORDINGS = new URL("../fixtures/recordings/", import.meta.url);
const AGAIN = "npm run docs:supported makes it anew";

const texts = new Map<string, string>();

function textOf(file: string): string {
  let text = texts.get(file);
  if (text === undefined) {
    text = readFileSync(new URL(file, TESTS), "utf8");
    texts.set(file, text);
  }
  return text;
}

test(`docs/supported.md is what the code's tables say (${AGAIN})`, () => {
  const page = readFileSync(new URL("../../docs/supported.md", import.meta.url), "utf8");
  expect(page.split("\n")).toStrictEqual(pageOfSupported().split("\n"));
});

describe("the rows", () => {
  test("have each number once in a section and a dialect", () => {
    const ids = ROWS.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toStrictEqual([]);
    for (const section of ["security", "result", "client", "server", "encoding", "pseudo"] as const) {
      const rows = rowsOf(section).filter((row) => !isOfVmrc(row));
      for (const [i, one] of rows.entries()) {
        for (const other of rows.slice(i + 1)) {
          const overlaps = one.ranges.some(([first, last]) =>
            other.ranges.some(([least, most]) => first <= most && least <= last),
          );
          expect(overlaps && one.dialect === other.dialect, `${one.id} and ${other.id}`).toBe(false);
        }
      }
    }
  });

  test("name functions that are exported", () => {
    expect(ROWS.flatMap(missingFunctions)).toStrictEqual([]);
  });

  test("have all that the code's tables have", () => {
    const encodings = [...rowsOf("encoding"), ...rowsOf("pseudo")];
    for (const table of [FRAMING, DECODERS, ENCODERS]) for (const number of table.keys()) expectRow(encodings, number);
    for (const number of Object.values(Encoding)) expectRow(encodings, number);
    for (const number of Object.values(SecurityType)) expectRow(rowsOf("security"), number);
    for (const number of Object.values(VencryptSubtype)) expectRow(rowsOf("vencrypt"), number);
    for (const number of Object.values(SecurityStatus)) expectRow(rowsOf("result"), number);
    for (const { path } of SCHEMES) {
      const [type, subtype] = path;
      expectRow(rowsOf("security"), type!);
      if (type === SecurityType.VeNCrypt) expectRow(rowsOf("vencrypt").filter(isOfToday), subtype!);
    }
    for (const [section, layouts] of [
      ["client", CLIENT_LAYOUTS],
      ["server", SERVER_LAYOUTS],
    ] as const) {
      for (const [dialect, ofDialect] of Object.entries(layouts)) {
        for (const [number, layout] of ofDialect.entries()) {
          const isOwn = dialect === "standard" || layout !== layouts.standard[number];
          if (layout === undefined || !isOwn) continue;
          expectRow(
            rowsOf(section).filter((row) => row.dialect === dialect && !isOfVmrc(row)),
            number,
          );
        }
      }
    }
  });

  test("that are only asked for have no rectangle", () => {
    for (const row of ROWS.filter(isOnlyAskedFor)) {
      for (const number of FRAMING.keys()) expect(has(row, number), row.id).toBe(false);
    }
  });
});

describe("the evidence", () => {
  const covered = new Set([...Object.values(VECTORS), ...LIVE.map(({ rows = [] }) => rows)].flat());
  for (const id of Object.keys(RECORDED)) covered.add(id);

  test("is there for all that the table claims", () => {
    expect(ROWS.filter((row) => claimsAnything(row) && !covered.has(row.id)).map(({ id }) => id)).toStrictEqual([]);
  });

  test("is of rows that there are, and that claim something", () => {
    const claiming = new Set(ROWS.filter(claimsAnything).map(({ id }) => id));
    expect([...covered].filter((id) => !claiming.has(id))).toStrictEqual([]);
  });

  const vectors = Object.entries(VECTORS).flatMap(([file, ids]) => ids.map((id) => [id, file] as const));
  test.each(vectors)("%s is in %s", (id, file) => {
    expect(wordsOf(rowOf(id)).filter((word) => mentions(textOf(file), word))).not.toStrictEqual([]);
  });

  test("has vectors of each number that a scheme begins with", () => {
    const vectors = Object.values(VECTORS).flat();
    expect(ROWS.filter((row) => schemesBy(row).length > 0 && !vectors.includes(row.id))).toStrictEqual([]);
  });

  const met = LIVE.flatMap(({ peer, word, file, rows = [] }) => rows.map((id) => [peer, id, file, word] as const));
  test.each(met)("%s and %s meet in %s", (_peer, id, file, word) => {
    const text = groupsOf(file, word);
    expect(text).not.toBe("");
    if (OF_EVERY_CLIENT.includes(id) || OF_EVERY_SERVER.includes(id)) return;
    expect(wordsOf(rowOf(id)).filter((each) => mentions(text, each))).not.toStrictEqual([]);
  });

  const passed = LIVE.flatMap(({ peer, word, file, schemes }) =>
    schemes.map((name) => [name, peer, file, word] as const),
  );
  test.each(passed)("%s is a scheme that %s and we have met over, in %s", (name, _peer, file, word) => {
    expect(SCHEMES.map((scheme) => scheme.name)).toContain(name);
    const groups = groupsOf(file, word);
    expect(groups).not.toBe("");
    // As a case of the peer's own tests, or as what all of the file's are met by.
    expect(isQuoted(groups, name) || withHelper(file).includes(`schemesNamed(["${name}"])`)).toBe(true);
  });

  const stoodIn = SECOND.flatMap(({ name, word, file, schemes }) =>
    schemes.map((scheme) => [scheme, name, file, word] as const),
  );
  test.each(stoodIn)("%s was met by %s, in %s", (scheme, _name, file, word) => {
    const text = textOf(file);
    expect(SCHEMES.map(({ name }) => name)).toContain(scheme);
    expect(text).toContain(word);
    expect(isQuoted(text, scheme) || new RegExp(`^ +${scheme}: \\{`, "m").test(text)).toBe(true);
  });

  const recorded = Object.entries(RECORDED).flatMap(([id, names]) => names.map((name) => [id, name] as const));
  test.each(recorded)("%s is in the recording %s", (id, name) => {
    expect(SERVERS).toHaveProperty(name.slice(0, name.indexOf("-")));
    const isHere = existsSync(new URL(`${name}/meta.json`, RECORDINGS));
    expect(isHere).toBe(!ELSEWHERE.has(name));
    if (isHere) expect(isRecorded(rowOf(id), name)).toBe(true);
  });
});

describe("The table of schemes", () => {
  const page = pageOfSupported();

  test.each(SCHEMES.map(({ name }) => name))("says of %s what each side was met by, and by nothing else", (name) => {
    const lines = page.split("\n").filter((line) => line.startsWith(`| ${name} | `));
    expect(lines).toHaveLength(1);
    const [, , , asClient, asServer] = lines[0]!.slice(2, -2).split(" | ");
    for (const [cell, side] of [
      [asClient, "server"],
      [asServer, "client"],
    ] as const) {
      const peers = LIVE.filter(({ peer, schemes }) => PEERS[peer] === side && schemes.includes(name));
      const [claim, how, ...named] = cell!.split(/, |: /);
      expect([claim, how]).toStrictEqual(["yes", peers.length === 0 ? "vectors" : "live"]);
      expect(new Set<string>(named)).toStrictEqual(new Set(peers.map(({ peer }) => peer)));
    }
  });
});

interface Meta {
  readonly rfb: string;
  readonly security: string;
  readonly failed?: string;
  readonly secresult?: number;
  readonly subtypes?: readonly number[];
  readonly rects?: Readonly<Record<string, number>>;
  readonly messages?: Readonly<Record<string, number>>;
}

/** Whether the recording has it, by what its meta.json says, or by its bytes. */
function isRecorded(row: Row, name: string): boolean {
  const meta = JSON.parse(readFileSync(new URL(`${name}/meta.json`, RECORDINGS), "utf8")) as Meta;
  const bytes = (side: "client" | "server"): string =>
    readFileSync(new URL(`${name}/${side}.bin`, RECORDINGS)).toString("latin1");
  const number = row.ranges[0]![0];
  switch (row.section) {
    case "version": {
      const [, major, minor] = /^RFB (\d{3})\.(\d{3})/.exec(bytes("client"))!;
      return has(row, Number(major) * 1000 + Number(minor));
    }
    case "security":
      if (number === SecurityType.Invalid) return (meta.failed ?? "") !== "";
      if (number === SecurityType.VeNCrypt) return meta.subtypes !== undefined || meta.security === "VeNCrypt";
      // The client's choice is the byte behind its version; 3.3 has none.
      if (number === SecurityType.Tight) return bytes("client").charCodeAt(12) === number;
      return meta.security === row.name;
    case "result":
      return number === SecurityStatus.Ok ? meta.rects !== undefined : meta.secresult === number;
    case "vencrypt":
      return meta.subtypes?.includes(number) === true;
    case "capability":
      return bytes("server").includes(row.name.replace(" ", ""));
    case "server":
      if (Object.keys(meta.messages ?? {}).some((key) => row.name.includes(key.split("/")[0]!))) return true;
      return textOf("codec/extension_messages.ts").includes(`"${name}/server.bin@`);
    case "client":
      // A vector that is cut out of it; test/codec/messages.test.ts compares the two.
      return Object.keys(VECTORS).some(
        (file) => VECTORS[file]!.includes(row.id) && textOf(file).includes(`"${name}/client.bin@`),
      );
    case "encoding":
    case "pseudo": {
      const key = RECTANGLES.get(number) ?? Object.keys(Encoding).find((each) => Encoding[each as "Raw"] === number)!;
      return Object.keys(meta.rects ?? {}).some((each) => each.toLowerCase() === key.toLowerCase());
    }
  }
}

/** What a meta.json calls rectangles, where it is not the encoding's name. */
const RECTANGLES: ReadonlyMap<number, string> = new Map<number, string>([
  [Encoding.QEMUPointerMotionChange, "qemuPointerMotion"],
  [Encoding.QEMUExtendedKeyEvent, "qemuExtendedKey"],
  [Encoding.QEMULEDState, "ledState"],
  [Encoding.VMwareDisplayModeChange, "wmvi"],
]);

/** What a test that is about the row cannot do without one of. */
function wordsOf(row: Row): readonly string[] {
  const { section, functions, ranges, name, numbers } = row;
  const [first] = ranges[0]!;
  switch (section) {
    case "version":
      return ranges.flatMap((range) => range.map((number) => `[${Math.floor(number / 1000)}, ${number % 1000},`));
    case "result":
      return [`SecurityStatus.${Object.keys(SecurityStatus).find((each) => SecurityStatus[each as "Ok"] === first)}`];
    case "security":
    case "vencrypt":
      return [...functions, name, `${name.toLowerCase()}`, ...schemesOf(row)];
    case "capability":
      return [name.replace(" ", ""), ...functions];
    case "client":
    case "server":
      return functions;
    default: {
      const key = Object.keys(Encoding).find((each) => Encoding[each as "Raw"] === first);
      // A number of its own is one that nothing else is.
      const hex = `0x${(first >>> 0).toString(16)}`;
      return [...functions, ...(key === undefined ? [] : [key, `decode${key}`]), name.split(/[ ,]/)[0]!, hex, numbers];
    }
  }
}

/** The groups of tests with a peer of this name in their title, and what constants of the file they use. */
function groupsOf(file: string, word: string): string {
  const text = textOf(file);
  const groups = [...text.matchAll(/^( *)peer\("([^"]+)"/gm)]
    .filter(([, , title]) => mentions(title!, word))
    .map(({ index, 1: indent }) => text.slice(index, text.indexOf(`\n${indent}});`, index)))
    .join("\n");
  const constants = [...text.matchAll(/^const (\w+).*?;$/gms)]
    .filter(([, name]) => mentions(groups, name!))
    .map(([constant]) => constant);
  return [groups, ...constants].join("\n");
}

/** The file, and the server of ours that its peers meet where that is in a file of its own. */
function withHelper(file: string): string {
  const text = textOf(file);
  return text.includes('from "./served.ts"') ? text + textOf("interop/served.ts") : text;
}

/** Whether the scheme is a whole string in the text; TigerVNC writes its capitals otherwise. */
function isQuoted(text: string, scheme: string): boolean {
  return text.toLowerCase().includes(`"${scheme}"`);
}

function mentions(text: string, word: string): boolean {
  if (word.startsWith("[")) return text.includes(word);
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w])${escaped}(?![\\w])`).test(text);
}

/** The names of the schemes that a number stands for by itself. */
function schemesOf(row: Row): readonly string[] {
  const length = row.section === "security" ? 1 : 2;
  return schemesBy(row)
    .filter(({ path }) => path.length === length)
    .map(({ name }) => name);
}

/** A dialect that we do not have. */
function isOfVmrc({ id }: Row): boolean {
  return id.endsWith(" vmrc");
}

/** VeNCrypt 0.1 has numbers of its own. */
function isOfToday({ id }: Row): boolean {
  return id !== "vencrypt 0.1";
}

function rowsOf(section: Section): readonly Row[] {
  return ROWS.filter((row) => row.section === section);
}

function rowOf(id: string): Row {
  const row = ROWS.find((each) => each.id === id);
  if (row === undefined) throw new Error(`No row ${id}`);
  return row;
}

function expectRow(rows: readonly Row[], number: number): void {
  expect(rows.filter((row) => has(row, number)).length, `${number} in ${rows[0]?.section} of ${rows[0]?.dialect}`).toBe(
    1,
  );
}
