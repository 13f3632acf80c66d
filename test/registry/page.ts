/**
 * docs/supported.md, made of the code's tables, the rows and the evidence.
 *
 * @module
 */

import { SCHEMES } from "../../auth/schemes.ts";
import { protocolVersionOf, versionToAnswer } from "../../codec/handshake/protocol_version.ts";
import { namesOfSecurityPath } from "../../codec/names.ts";
import { claimsOf, schemesBy } from "./claims.ts";
import { LIVE, type Live, PEERS, RECORDED, SECOND, type Side } from "./evidence.ts";
import { ROWS, type Row, type Section } from "./rows.ts";

/** Who made a recording, by its name. */
export const SERVERS: Readonly<Record<string, string>> = {
  qemu: "QEMU",
  x11vnc: "x11vnc",
  xtigervnc: "TigerVNC",
  xtightvnc: "TightVNC",
};

/** The page. */
export function pageOfSupported(): string {
  return `# What is supported

Every number of the protocol that has a meaning, and what becomes of it here. \`npm run docs:supported\` makes this page of the code's own
tables; a test fails where it claims something that no test covers.

- **decode**: it is read; an encoding with pixels is drawn. **encode**: it is written. **framing**: its end is found, so that what
  follows can be read. Where framing alone is there, it can be passed on or over, and no client should ask for it. The proxy needs none of the three.
- **tested against**: *live* is a program of others' that the tests start and meet, over a connection. *Recorded* are connections of real
  servers, played again: what they sent is read to the last byte, and gives the picture that it was. *Vectors* are bytes written
  by hand from the specification, or from others' headers and captures, with no peer to prove them. What is encoded is decoded again here, always.
- A number without a layout ends a connection, with an error that names it: there is no way to find the end of what follows.
- *No layout is known*: not to us. Numbers that are not here have no known meaning.

## Versions

Each is read and written as it was said. A client of ours answers with 3.3, 3.7 or 3.8, the one in the column.

${table("version")}

## Security types

Decode and encode are the client's side and the server's: what is there is there for both.

${table("security")}

### Schemes

What an operator names in \`--auth\` and \`--client-auth\`: the numbers that are chosen, one inside the other or one round after the
other. What is inside is the same code as on its own.

*Live* as a client are the servers that have let our client in by it, as a server the clients that our server has let in. Where a side says
*vectors*, no program of others' was there to prove it: our two ends have let each other in, and the part of each number has read and
written bytes made by hand. For some a second implementation has stood in for the other end, in memory:

${seconds()}

${schemes()}

${LIVE.flatMap(({ remark }) => (remark === undefined ? [] : [`- ${remark}`])).join("\n")}

### SecurityResult

${table("result")}

## VeNCrypt's subtypes

Recordings end where TLS begins.

${table("vencrypt")}

## Capabilities of Tight security

That a capability is read and written says nothing of what it announces, which has a row of its own.

${table("capability")}

## Messages from clients

A dialect is a maker's own meaning of numbers: it is told by the caller, the version (Apple's 3.889, ATEN's 55.8, UltraVNC's) or the security
type (Tight, Ultra), and never guessed. Messages without one are read in every dialect that does not use the number otherwise.

${table("client")}

## Messages from servers

${table("server")}

## Encodings

Zlib, JPEG, PNG and H.264 are libraries that the caller hands over; \`rfb-codec/compression\` has all but the last. [How long our
encoders' bytes are](encoders.md) compares them with those of real servers.

${table("encoding")}

## Pseudo-encodings

${table("pseudo")}
`;
}

/** What the table says of who has tried it. */
export function testedAgainst(row: Row): string {
  const schemes = schemesBy(row).map(({ name }) => name);
  const live = peersOf((each) => each.rows?.includes(row.id) || each.schemes.some((name) => schemes.includes(name)));
  const recorded = (RECORDED[row.id] ?? []).map((name) => SERVERS[name.slice(0, name.indexOf("-"))]!);
  const parts = [
    ...(live.length === 0 ? [] : [`live: ${live.join(", ")}`]),
    ...(recorded.length === 0 ? [] : [`recorded: ${[...new Set(recorded)].join(", ")}`]),
  ];
  return parts.length === 0 ? "vectors" : parts.join("; ");
}

/** The registry, with whom each side of a scheme was tried on. */
function schemes(): string {
  const rows = SCHEMES.map(({ name, path, protects, legacy }) => {
    const protection = legacy && protects !== "nothing" ? `${protects}, poorly` : protects;
    const sides = [provedBy("server", name), provedBy("client", name)];
    return `| ${[name, namesOfSecurityPath(path).join(", "), protection, ...sides].join(" | ")} |`;
  });
  const head = "| name | numbers | protects | as a client | as a server |";
  return [head, head.replace(/[^|]+/g, "---"), ...rows].join("\n");
}

/** What peers of this side say of ours. */
function provedBy(side: Side, scheme: string): string {
  const peers = peersOf(({ peer, schemes }) => PEERS[peer] === side && schemes.includes(scheme));
  return peers.length === 0 ? "yes, vectors" : `yes, live: ${peers.join(", ")}`;
}

/** Peers that have met something, in the order of {@link PEERS}. */
function peersOf(hasMet: (live: Live) => boolean | undefined): readonly string[] {
  return Object.keys(PEERS).filter((peer) => LIVE.some((live) => live.peer === peer && hasMet(live)));
}

function seconds(): string {
  return SECOND.map(({ name, plays, schemes }) => {
    const sides = plays.map((side) => (side === "server" ? "as a client" : "as a server"));
    return `- ${schemes.map((scheme) => `\`${scheme}\``).join(", ")} ${sides.join(" and ")}: ${name}.`;
  }).join("\n");
}

function table(section: Section): string {
  const rows = ROWS.filter((row) => row.section === section);
  const more =
    { version: " answer |", capability: " of |", client: " dialect |", server: " dialect |" }[section as string] ?? "";
  const head = `| number | name |${more} decode | encode | framing | tested against |`;
  return [head, head.replace(/[^|]+/g, "---"), ...rows.map((row) => line(row, more !== ""))].join("\n");
}

function line(row: Row, hasMore: boolean): string {
  const { numbers, name, ranges, dialect } = row;
  const { decode, encode, framing } = claimsOf(row);
  const isThere = decode || encode || framing;
  const cells = [numbers.replaceAll(" to ", " … "), name];
  if (hasMore) cells.push(moreOf(row, ranges[0]![0], dialect));
  for (const claim of [decode, encode, framing]) cells.push(claimed(claim, isThere, row));
  const remark = remarkOf(row);
  const tested = isThere ? testedAgainst(row) : "";
  cells.push([tested, remark === "" && !isThere ? missing(row) : remark].filter((text) => text !== "").join("; "));
  return `| ${cells.join(" | ")} |`;
}

function moreOf({ section, note }: Row, first: number, dialect: string): string {
  if (section === "capability") return note;
  if (section !== "version") return dialect === "standard" ? "" : dialect;
  try {
    const version = { ...protocolVersionOf("3.8"), major: Math.floor(first / 1000), minor: first % 1000 };
    return versionToAnswer(version);
  } catch {
    return "none";
  }
}

function claimed(claim: boolean, isThere: boolean, row: Row): string {
  if (claim) return "yes";
  if (isThere) return canCome(row) ? "not yet" : "no";
  return remarkOf(row) === "" && canCome(row) ? "not yet" : "–";
}

function missing(row: Row): string {
  return canCome(row) ? "" : "no layout is known";
}

/** A capability's note is the kind of it, which has a column. */
function remarkOf({ section, note }: Row): string {
  return section === "capability" ? "" : note;
}

/** Authentication that others have written down. */
function canCome({ section }: Row): boolean {
  return section === "security" || section === "vencrypt" || section === "capability";
}
