/**
 * Areas of a picture, and lists of them: what has changed.
 *
 * @module
 */

/** An area of a picture, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What has changed since somebody looked. */
export interface Damage {
  add(area: Area): void;
  /** All that was added since the last call, in few areas that may overlap; some of it may not have changed. */
  take(): readonly Area[];
  readonly isEmpty: boolean;
}

/** No more areas than this are kept apart: joining two costs some pixels, a long list costs every addition. */
const MOST = 32;

/** Nothing has changed yet. */
export function createDamage(): Damage {
  let areas: Area[] = [];
  return {
    add(area) {
      if (area.width === 0 || area.height === 0) return;
      if (areas.some((known) => holds(known, area))) return;
      areas = areas.filter((known) => !holds(area, known));
      areas.push(area);
      while (areas.length > MOST) joinCheapest(areas);
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

function holds(outer: Area, inner: Area): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}

/** The last area joins the one that it makes least larger. */
function joinCheapest(areas: Area[]): void {
  const last = areas.pop()!;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < areas.length; i++) {
    const union = unionOf(areas[i]!, last);
    const cost = union.width * union.height - areas[i]!.width * areas[i]!.height;
    if (cost < least) {
      least = cost;
      best = i;
    }
  }
  areas[best] = unionOf(areas[best]!, last);
}
