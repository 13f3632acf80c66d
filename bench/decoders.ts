import { portableCompression } from "../compression/mod.ts";
import { nodeCompression } from "../compression/node.ts";
import { libvncMissing } from "./c_program.ts";
import type { Decoder, OpenDecoder } from "./decoder.ts";
import { depthOf, type Stream } from "./decoder_stream.ts";
import { type LibvncclientDecoders, libvncclientDecoders } from "./libvncclient.ts";
import type { Contest, LeftOut, Once } from "./measure.ts";
import { novncDecoder } from "./novnc.ts";
import { ownDecoder } from "./own_decoder.ts";
import { plainInflate } from "./plain_inflate.ts";
import { vncRfbClientDecoder } from "./vnc_rfb_client.ts";

/** The decoders that run in the same contests. */
export interface Cast {
  /** Ours, with the host's zlib and with one that is the same everywhere. */
  readonly ours: Decoder;
  readonly portable: Decoder;
  readonly novnc: Decoder;
  readonly vncRfbClient: Decoder;
  readonly libvncclient: LibvncclientDecoders | { readonly missing: string };
  readonly inflate: (stream: Stream) => Once | undefined;
}

/** All decoders there are. */
export async function wholeCast(): Promise<Cast> {
  const compression = await nodeCompression();
  const missing = libvncMissing();
  return {
    ours: ownDecoder("ours", compression),
    portable: ownDecoder("ours, portable", await portableCompression()),
    novnc: await novncDecoder(),
    vncRfbClient: vncRfbClientDecoder(),
    libvncclient: missing === undefined ? await libvncclientDecoders() : { missing },
    inflate: (stream) => plainInflate(stream, compression),
  };
}

/** Everybody's way through one stream, once each has shown that its picture is right. @throws {Error} it is not */
export async function* decoderContests(stream: Stream, cast: Cast): AsyncGenerator<Contest | LeftOut> {
  const { name, encoding, pixels } = stream;
  const what = `${encoding} decoder`;
  const opened: OpenDecoder[] = [];
  const contest = (
    peer: string,
    goal: number | null,
    ours: OpenDecoder["pass"],
    theirs: OpenDecoder["pass"],
  ): Contest => ({
    what,
    stream: name,
    chunk: "64 KiB",
    peer,
    goal,
    unit: "Mpx/s",
    amount: pixels,
    expected: pixels,
    ours,
    theirs,
  });
  const sound = async (decoder: Decoder): Promise<OpenDecoder["pass"]> => {
    const open = await decoder.open(stream);
    opened.push(open);
    const fault = stream.fault(await open.picture());
    if (fault !== undefined) throw new Error(`Wrong picture of ${name} by ${decoder.name}: ${fault}`);
    return open.pass;
  };
  const without = (peer: string, why: string): LeftOut => ({ what, stream: name, peer, why });

  try {
    const ours = await sound(cast.ours);
    const portable = await sound(cast.portable);
    const { novnc, vncRfbClient, libvncclient } = cast;

    const novncObjection = novnc.objection(stream);
    if (novncObjection !== undefined) yield without(novnc.name, novncObjection);
    else {
      const theirs = await sound(novnc);
      yield contest(novnc.name, NOVNC_GOALS[encoding] ?? null, ours, theirs);
      yield { ...contest(novnc.name, PORTABLE_GOAL, portable, theirs), what: `${what}, portable` };
    }

    const vncRfbClientObjection = vncRfbClient.objection(stream);
    if (vncRfbClientObjection !== undefined) yield without(vncRfbClient.name, vncRfbClientObjection);
    else yield { ...contest(vncRfbClient.name, null, ours, await sound(vncRfbClient)), chunk: "whole" };

    if ("missing" in libvncclient) yield without("libvncclient", libvncclient.missing);
    else {
      const { finishing, plain } = libvncclient;
      const objection = finishing.objection(stream);
      if (objection !== undefined) yield without(finishing.name, objection);
      else {
        const goal = encoding === "Tight JPEG" ? JPEG_GOAL : 1;
        yield contest(finishing.name, depthOf(stream.format) === undefined ? null : goal, ours, await sound(finishing));
        if (plain.objection(stream) === undefined) yield contest(plain.name, null, ours, await sound(plain));
      }
    }

    const inflate = cast.inflate(stream);
    if (inflate !== undefined) {
      yield contest("plain inflate", null, ours, inflate);
      yield contest("memory copy", null, ours, copyOf(pixels));
    }
  } finally {
    for (const { close } of opened) await close?.();
  }
}

/** Copies as many pixels as that, a screen of them at a time. */
function copyOf(pixels: number): Once {
  const from = new Uint32Array(Math.min(pixels, SCREEN)).fill(0x7f7f7f7f);
  const to = new Uint32Array(from.length);
  return () => {
    for (let left = pixels; left > 0; left -= from.length) to.set(left < from.length ? from.subarray(0, left) : from);
    return pixels;
  };
}

const SCREEN = 1920 * 1080;

const NOVNC_GOALS: Readonly<Record<string, number>> = {
  ...{ ZRLE: 3, Hextile: 3, Tight: 3, Zlib: 3 },
  ...{ RRE: 1.5, Raw: 1.5, CopyRect: 1.5 },
};
const PORTABLE_GOAL = 1.5;
/** libjpeg-turbo has vector code for its processor there, and has to do without in WebAssembly. */
const JPEG_GOAL = 0.5;
