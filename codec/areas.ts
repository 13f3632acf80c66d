/**
 * Areas of a picture, and lists of them: what has changed.
 *
 * @module
 */

/** An area of a picture, in pixels. */
export interface Area {
  /** Pixels from the left. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** What has changed since somebody looked. */
export interface Damage {
  /** Something has changed there. */
  add(area: Area): void;
  /** All that was added since the last call, in few areas that may overlap; some of it may not have changed. */
  take(): readonly Area[];
  /** Nothing was added since the last `take`. */
  readonly isEmpty: boolean;
}

/** No more areas than this are kept apart: joining two costs some pixels, a long list costs every addition. */
const MOST = 32;

/** Nothing has changed yet. */
export function createDamage(): Damage {
  let areas: MutableArea[] = [];
  return {
    add({ x, y, width, height }) {
      if (width === 0 || height === 0) return;
      let best: MutableArea | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (let i = areas.length - 1; i >= 0; i--) {
        const known = areas[i]!;
        const united = areaOfUnion(known, x, y, width, height);
        const cost = united - known.width * known.height;
        if (cost === 0) return; // it holds the new one
        if (united === width * height) {
          areas[i] = areas.at(-1)!;
          areas.pop();
        } else if (cost < least) {
          least = cost;
          best = known;
        }
      }
      if (best === undefined || areas.length < MOST) areas.push({ x, y, width, height });
      else extend(best, x, y, width, height);
    },
    take() {
      const taken = areas;
      areas = [];
      return taken;
    },
    get isEmpty() {
      return areas.length === 0;
    },
  };
}

/** What two areas have in common, or undefined. */
export function intersectionOf(one: Area, other: Area): Area | undefined {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  const width = Math.min(one.x + one.width, other.x + other.width) - x;
  const height = Math.min(one.y + one.height, other.y + other.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** What of an area is outside of another: up to four areas that do not overlap. */
export function differenceOf(area: Area, hole: Area): Area[] {
  const common = intersectionOf(area, hole);
  if (common === undefined) return area.width > 0 && area.height > 0 ? [area] : [];
  const { x, y, width, height } = area;
  const right = common.x + common.width;
  const bottom = common.y + common.height;
  return [
    { x, y, width, height: common.y - y },
    { x, y: common.y, width: common.x - x, height: common.height },
    { x: right, y: common.y, width: x + width - right, height: common.height },
    { x, y: bottom, width, height: y + height - bottom },
  ].filter((part) => part.width > 0 && part.height > 0);
}

/** The least area that holds both. */
export function unionOf(one: Area, other: Area): Area {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
}

type MutableArea = { -readonly [Field in keyof Area]: Area[Field] };

/** Pixels of the least area that holds both. */
function areaOfUnion(one: Area, x: number, y: number, width: number, height: number): number {
  const across = Math.max(one.x + one.width, x + width) - Math.min(one.x, x);
  return across * (Math.max(one.y + one.height, y + height) - Math.min(one.y, y));
}

/** Makes an area the least one that holds both. */
function extend(one: MutableArea, x: number, y: number, width: number, height: number): void {
  const right = Math.max(one.x + one.width, x + width);
  const bottom = Math.max(one.y + one.height, y + height);
  one.x = Math.min(one.x, x);
  one.y = Math.min(one.y, y);
  one.width = right - one.x;
  one.height = bottom - one.y;
}
