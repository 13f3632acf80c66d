import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { argumentsOf } from "../arguments.ts";
import { recordingsIn } from "./check.ts";
import { ratioOf, rowOf, type Size, sizesOf } from "./sizes.ts";

// `npm run sizes [-- FOLDER] [--only TEXT] [--write]`: a line for each encoding of each recording of the folder.

const { values, positionals } = argumentsOf("npm run sizes -- [FOLDER] [--only TEXT] [--write]", {
  allowPositionals: true,
  options: { only: { type: "string", default: "" }, write: { type: "boolean", default: false } },
});
const folder = positionals[0] ?? fileURLToPath(new URL("../fixtures/recordings", import.meta.url));
const names = recordingsIn(folder).filter((name) => name.includes(values.only));
if (names.length === 0) {
  console.error(`No recordings in ${folder}: name a folder of them`);
  process.exit(2);
}

const HEAD = `| recording | server | encoding | format | level | rectangles | bytes | our bytes | ratio | off |
|---|---|---|---|---|---|---|---|---|---|`;

console.log(HEAD);
const sizes: Size[] = [];
for (const name of names) {
  for (const size of await sizesOf(folder, name)) {
    sizes.push(size);
    console.log(rowOf(size));
  }
}
if (values.write) writeFileSync(new URL("../../docs/encoders.md", import.meta.url), pageOf(sizes));

function pageOf(all: readonly Size[]): string {
  const above = all.filter((size) => ratioOf(size) > 1.15);
  const exceptions = above.map((size) => `${size.recording} (${ratioOf(size).toFixed(3)})`).join(", ");
  return `# How long our encoders' bytes are

Real servers' connections were recorded. Each rectangle in an encoding that we have an encoder for is decoded, and its pixels are
encoded again: in the same encoding and pixel format, at the client's compression and quality levels, with one set of zlib streams over
the whole connection. The table adds up both sides' payloads. Below 1 our bytes are fewer.

| server | encodings of recordings | bytes | our bytes | ratio | highest ratio |
|---|---|---|---|---|---|
${[...new Set(all.map(({ server }) => server))].map((server) => ofServer(all.filter((size) => size.server === server))).join("\n")}

Above 1.15: ${above.length === 0 ? "none" : exceptions}.

- \`level\`: \`c\` is the compression level, \`q\` the quality level. With a star the client has named none, and it is what the server then
  takes: zlib's own 6 for ZRLE and ZYWRLE everywhere, for Tight 9 in QEMU, 2 in TigerVNC and 6 in others, for Zlib 9 in QEMU and 5 in x11vnc.
- What is encoded again is what a client sees: where the server sent JPEG pictures or wavelets, pixels that have lost already. Theirs and
  ours need not mean the same quality by one level: Tight's levels are TigerVNC's and TurboVNC's here (5 is a JPEG of 77), and QEMU has
  others (5 is 50): there our JPEG pictures are the better and the longer ones.
- Decoded again, our bytes give the same pixels to the last bit. Where a quality was asked for, \`off\` is how far a channel is from
  theirs on average, of 255.
- Colour maps: the indices are those of the server. Formats of 10 bits a channel have come down to 8 bits before they are encoded again.
- A rectangle that is more than one with us (Tight's are at most 2048 × 256) brings a head of 12 bytes for each further one.
- Raw and CopyRect are left out: there is only one way to write them.

The numbers are of bytes, not of time: with pako and the JPEG of \`rfb-codec/compression\`, which they are measured with, they are the
same on every machine. The recordings in test/fixtures/recordings are measured again by a test; the others are of a larger set.

    npm run sizes                        # those in test/fixtures/recordings, to look at
    npm run sizes -- FOLDER --write      # those in a folder, and this page anew

${HEAD}
${all.map(rowOf).join("\n")}
`;
}

function ofServer(sizes: readonly Size[]): string {
  const sum = (of: (size: Size) => number): number => sizes.reduce((total, size) => total + of(size), 0);
  const [theirs, ours] = [sum((size) => size.theirs), sum((size) => size.ours)];
  const highest = sizes.reduce((one, other) => (ratioOf(one) > ratioOf(other) ? one : other));
  const cells = [
    highest.server,
    sizes.length,
    theirs,
    ours,
    (ours / theirs).toFixed(3),
    `${ratioOf(highest).toFixed(3)} (${highest.recording})`,
  ];
  return `| ${cells.join(" | ")} |`;
}
