/**
 * What we want to reach, and how far the rows are from it. The least ratios stand in the rows; here is which belong together.
 *
 * @module
 */

import type { Row } from "./measure.ts";

/** Rows that have one goal. */
export interface Goal {
  readonly what: string;
  readonly against: string;
  covers(row: Row): boolean;
}

/** Each row that has a goal is one's of these. */
export const GOALS: readonly Goal[] = [
  {
    what: "ZRLE, Hextile, Tight without JPEG, and Zlib, decoded to RGBA",
    against: "noVNC's decoders",
    covers: ({ what, peer }) => /^(ZRLE|Hextile|Tight|Zlib) decoder$/.test(what) && peer === "noVNC",
  },
  {
    what: "RRE, Raw and CopyRect, decoded to RGBA",
    against: "noVNC's decoders",
    covers: ({ what, peer }) => /^(RRE|Raw|CopyRect) decoder$/.test(what) && peer === "noVNC",
  },
  {
    what: "the same with the portable inflater",
    against: "noVNC's decoders",
    covers: ({ what }) => what.endsWith(" decoder, portable"),
  },
  {
    what: "every encoding that libvncclient has, 888 and 565",
    against: "libvncclient, C",
    covers: ({ what, peer }) => what.endsWith(" decoder") && what !== TIGHT_JPEG && peer === "libvncclient",
  },
  {
    what: "JPEG in Tight",
    against: "libvncclient with libjpeg-turbo",
    covers: ({ what, peer }) => what === TIGHT_JPEG && peer === "libvncclient",
  },
  {
    what: "ZRLE, Tight and Hextile encoders, at no more than 1.15 times the bytes",
    against: "libvncserver's encoders, C",
    covers: ({ what }) => what.endsWith(" encoder"),
  },
  {
    what: "framing of client messages",
    against: "a bare loop that only reads types and adds lengths",
    covers: ({ what }) => what === "client messages",
  },
  {
    what: "framing without decoding, Raw, ZRLE and Zlib",
    against: "a memory copy of the same bytes",
    covers: ({ what }) => /^(Raw|ZRLE|Zlib) framing$/.test(what),
  },
  {
    what: "framing without decoding, the walks of Hextile and Tight",
    against: "a memory copy of the same bytes",
    covers: ({ what }) => /^(Hextile|Tight) framing$/.test(what),
  },
  {
    what: "one byte at a time: no worse than 40 times",
    against: "the same in 64 KiB chunks",
    covers: ({ what, peer }) => what === "single bytes" && peer === "64 KiB chunks",
  },
  {
    what: "one byte at a time: linear",
    against: "the same number of bytes in messages of 1/64 of the length",
    covers: ({ what, peer }) => what === "single bytes" && peer !== "64 KiB chunks",
  },
  {
    what: "proxy relay over TCP, None and TLS",
    against: "a plain net or tls pipe",
    covers: ({ what, stream, peer }) => what === "proxy" && PIPES.test(peer) && !OVER_WS.test(stream),
  },
  {
    what: "proxy relay with a WebSocket to the viewer, None and TLS",
    against: "a plain net or tls pipe, with TCP to the viewer",
    covers: ({ what, stream, peer }) => what === "proxy" && PIPES.test(peer) && OVER_WS.test(stream),
  },
  {
    what: "proxy, VeNCrypt X509None to the server and a WebSocket to the viewer",
    against: "websockify --ssl-target: TLS from the first byte, no certificate checked, no RFB",
    covers: ({ what, peer }) => what === "proxy" && peer === "websockify",
  },
  {
    what: "proxy, VeNCrypt X509None to the server and a WebSocket to the viewer",
    against: "Nova's proxy, which does the same",
    covers: ({ what, peer }) => what === "proxy" && peer === "Nova's proxy",
  },
  {
    what: "proxy, connections up to ServerInit a second: 1/1.3 of them is 1.3 times the time",
    against: "connections with a TLS handshake alone a second",
    covers: ({ what }) => what === "proxy, connecting",
  },
  {
    what: "proxy, memory of an idle connection with 200 open: what is allowed over what it takes",
    against: "150 kB",
    covers: ({ what }) => what === "proxy, memory",
  },
];

const TIGHT_JPEG = "Tight JPEG decoder";
const PIPES = / pipe$/;
const OVER_WS = / to ws,/;

/** A goal and its worst row; without one nobody has measured it. */
export interface Standing {
  readonly goal: Goal;
  readonly worst?: Row & { readonly goal: number };
  /** Rows of it, and those of them that fall short. */
  readonly rows: number;
  readonly short: number;
}

/** All goals: first those that nothing was measured of, then the furthest from being met. */
export function standings(rows: readonly Row[]): readonly Standing[] {
  const all = GOALS.map((goal): Standing => {
    const own = rows.filter(hasGoal).filter(goal.covers);
    const [worst] = own.toSorted((one, other) => shareOf(one) - shareOf(other));
    const short = own.filter(isShort).length;
    return { goal, rows: own.length, short, ...(worst !== undefined && { worst }) };
  });
  const share = ({ worst }: Standing): number => (worst === undefined ? 0 : shareOf(worst));
  return all.sort((one, other) => share(one) - share(other));
}

/** Whether a row has a goal, and does not reach it. */
export function isShort({ ratio, goal }: Row): boolean {
  return goal !== null && ratio < goal;
}

/** Of its goal, how much a row reaches. */
export function shareOf({ ratio, goal }: Row & { readonly goal: number }): number {
  return ratio / goal;
}

function hasGoal(row: Row): row is Row & { goal: number } {
  return row.goal !== null;
}
