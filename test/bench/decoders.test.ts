import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { libvncMissing } from "../../bench/c_program.ts";
import { candidates } from "../../bench/candidates.ts";
import type { Decoder } from "../../bench/decoder.ts";
import type { Stream } from "../../bench/decoder_stream.ts";
import { type Cast, decoderContests, wholeCast } from "../../bench/decoders.ts";
import type { Contest, LeftOut } from "../../bench/measure.ts";
import { recordedIn } from "../../bench/recordings.ts";
import { peer } from "../peers/programs.ts";

const RECORDINGS = fileURLToPath(new URL("../fixtures/recordings", import.meta.url));

function streamNamed(name: string): Stream {
  return recordedIn(RECORDINGS)
    .find((recorded) => recorded.name === name)!
    .stream();
}

async function contestsOf(stream: Stream, cast: Cast): Promise<readonly (Contest | LeftOut)[]> {
  const all: (Contest | LeftOut)[] = [];
  for await (const contest of decoderContests(stream, cast)) all.push(contest);
  return all;
}

/** One that gets one bit of one pixel wrong. */
function broken(decoder: Decoder): Decoder {
  return {
    ...decoder,
    async open(stream) {
      const open = await decoder.open(stream);
      return {
        ...open,
        async picture() {
          const picture = await open.picture();
          picture.rgb[12_345]! ^= 1;
          return picture;
        },
      };
    },
  };
}

describe("a decoder that draws a wrong picture is never measured", () => {
  const stream = streamNamed("xtigervnc-smallrects-hextile");
  let cast: Cast;
  beforeAll(async () => {
    cast = { ...(await wholeCast()), libvncclient: { missing: "it is left out" } };
  });

  test("all sound, each peer in its turn", async () => {
    const contests = await contestsOf(stream, cast);
    expect(contests.map(({ what, peer }) => `${what} against ${peer}`)).toEqual([
      "Hextile decoder against noVNC",
      "Hextile decoder, portable against noVNC",
      "Hextile decoder against vnc-rfb-client",
      "Hextile decoder against libvncclient",
    ]);
  });

  test.each([
    ["ours", "ours"],
    ["portable", "ours, portable"],
    ["novnc", "noVNC"],
    ["vncRfbClient", "vnc-rfb-client"],
  ] as const)("%s", async (role, name) => {
    const contests = contestsOf(stream, { ...cast, [role]: broken(cast[role]) });
    await expect(contests).rejects.toThrow(`Wrong picture of ${stream.name} by ${name}: its sha256 is `);
  });

  test("noVNC leaves no globals of a browser's behind", () => {
    expect(globalThis).not.toHaveProperty("window");
  });
});

peer("libvncclient as a decoder", [libvncMissing], () => {
  test.each(["finishing", "plain"] as const)("a wrong picture of it (%s) is never measured", async (role) => {
    const cast = await wholeCast();
    if ("missing" in cast.libvncclient) throw new Error(cast.libvncclient.missing);
    const stream = streamNamed("xtigervnc-none-v33");
    const libvncclient = { ...cast.libvncclient, [role]: broken(cast.libvncclient[role]) };
    const contests = contestsOf(stream, { ...cast, libvncclient });
    await expect(contests).rejects.toThrow(`Wrong picture of ${stream.name} by ${cast.libvncclient[role].name}: `);
  });
});

test("a lossy picture may be 3 of 255 off, as decoders of JPEG are, and no more", () => {
  const stream = streamNamed("x11vnc-tight-q2-bgr888le");
  const { width, height, data, channels } = decode(
    readFileSync(join(RECORDINGS, "x11vnc-tight-q2-bgr888le", "frame.png")),
  );
  const shifted = (by: number): Uint8Array =>
    Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const sample = data[channels * Math.floor(i / 3) + (i % 3)]!;
      return i === 5000 ? (sample < 128 ? sample + by : sample - by) : sample;
    });
  expect(stream.fault({ width, height, rgb: shifted(3) })).toBeUndefined();
  expect(stream.fault({ width, height, rgb: shifted(4) })).toBe("a channel is 4 off, at most 3 are allowed");
});

test("the streams are grouped by encoding, and the large ones of a whole run come first", () => {
  for (const quick of [true, false]) {
    const encodings = candidates(quick, RECORDINGS).map(({ encoding }) => encoding);
    const groups = encodings.filter((encoding, i) => encoding !== encodings[i - 1]);
    expect(groups).toEqual([...new Set(encodings)]);
    expect(groups).toEqual(expect.arrayContaining(["ZRLE", "Tight", "Tight JPEG", "Hextile", "Zlib", "RRE", "Raw"]));
  }
  expect(candidates(false, RECORDINGS)[0]!.name).toBe("xtigervnc-big-zrle-rgb888le");
});
