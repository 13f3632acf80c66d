import { type Area, createDamage, differenceOf, intersectionOf } from "../codec/areas.ts";

/** Pixels that were copied from one place of the picture to another. */
export interface Move {
  /** Where they are now. */
  readonly to: Area;
  readonly srcX: number;
  readonly srcY: number;
}

/** What a client's picture lacks: moves that it can make itself, and then areas to be sent. */
export interface Changes {
  /** Something was drawn there. */
  damage(area: Area): void;
  /** As the picture is now but for the damage, so the client's will be once it has made the move. */
  move(move: Move): void;
  hasAny(within: Area): boolean;
  /**
   * Takes what is to be sent of an area; the rest stays.
   *
   * @param screen all that the client has: what is outside of it is forgotten
   */
  take(within: Area, screen: Area): Taken;
}

/** To be sent in this order. */
export interface Taken {
  readonly moves: readonly Move[];
  readonly areas: readonly Area[];
}

/** The client has it all, until it is told otherwise. */
export function createChanges(): Changes {
  const damage = createDamage();
  let moves: Move[] = [];

  return {
    damage: (area) => damage.add(area),
    move(move) {
      const { to, srcX, srcY } = move;
      // What the client lacks at the one place, it will lack at the other too.
      for (const area of damaged()) {
        const stale = intersectionOf(area, { ...to, x: srcX, y: srcY });
        if (stale !== undefined) damage.add({ ...stale, x: stale.x - srcX + to.x, y: stale.y - srcY + to.y });
      }
      moves.push(move);
      if (moves.length > MOST) drawMoves();
    },
    hasAny: (within) => moves.some(({ to }) => overlap(to, within)) || damaged().some((area) => overlap(area, within)),
    take(within, screen) {
      // A move is not for half of it: then its pixels are sent.
      if (!moves.every(({ to, srcX, srcY }) => holds(within, to) && holds(within, { ...to, x: srcX, y: srcY }))) {
        drawMoves();
      }
      const areas: Area[] = [];
      for (const area of damage.take()) {
        const shown = intersectionOf(area, screen);
        if (shown === undefined) continue;
        const wanted = intersectionOf(shown, within);
        if (wanted !== undefined) areas.push(wanted);
        for (const rest of differenceOf(shown, within)) damage.add(rest);
      }
      const taken = { moves, areas };
      moves = [];
      return taken;
    },
  };

  function damaged(): readonly Area[] {
    const areas = damage.take();
    for (const area of areas) damage.add(area);
    return areas;
  }

  function drawMoves(): void {
    for (const { to } of moves) damage.add(to);
    moves = [];
  }
}

/** More moves than this are drawn: a list has to end somewhere. */
const MOST = 32;

function overlap(one: Area, other: Area): boolean {
  return intersectionOf(one, other) !== undefined;
}

function holds(outer: Area, inner: Area): boolean {
  return differenceOf(inner, outer).length === 0;
}
