import { FRAMING } from "../../../codec/encodings/framing.ts";
import { createWalk, type Walk } from "../../../codec/encodings/walk.ts";
import type { RfbError } from "../../../codec/errors.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { Encoding } from "../../../codec/names.ts";
import { bytesPerPixelOf, type PixelFormat } from "../../../codec/pixel_format.ts";
import type { Rectangle } from "../../../codec/server/rectangle.ts";
import { NEW_SESSION, type Session } from "../../../codec/session.ts";
import { expectAllocations } from "../allocations.ts";
import { mutated } from "../mutations.ts";
import { formatOf } from "../pictures.ts";
import { ownRectangle, seedsOf } from "../seeds.ts";
import { expect, isEqual, outcomeOf, settled, type Target, target, untouched } from "../target.ts";

interface WalkCase {
  readonly rectangle: Rectangle;
  readonly format: PixelFormat;
  readonly encodingTypes: readonly number[];
  readonly payload: Uint8Array;
  /** Bytes that come at once. */
  readonly step: number;
}

const ENCODINGS = [...FRAMING.keys()];

/** Every encoding's `advance…`: where the payload ends, however it comes. */
export const walkTargets: readonly Target[] = [
  target<WalkCase>({
    name: "walk",
    make(random) {
      const encodingType = random.pick(ENCODINGS);
      const own = random.oneIn(2) ? ownRectangle(random, encodingType) : undefined;
      const seed = own ?? random.pick(seedsOf().rectangles.get(encodingType) ?? [undefined]);
      const side = random.oneIn(6) ? 65535 : 70;
      const rectangle: Rectangle =
        seed !== undefined && !random.oneIn(8)
          ? { ...seed.rectangle, encodingType }
          : {
              type: "rectangle",
              x: 0,
              y: 0,
              width: random.between(0, side),
              height: random.between(0, side),
              encodingType,
            };
      return {
        rectangle,
        format: seed !== undefined && !random.oneIn(6) ? seed.format : formatOf(random),
        encodingTypes: random.oneIn(2) ? [Encoding.TightWithoutZlib] : (seed?.encodingTypes ?? []),
        payload:
          seed === undefined
            ? random.bytes(random.below(60))
            : mutated(random, random.oneIn(2) ? seed.payload : (seed.plain ?? seed.payload)),
        step: random.oneIn(2) ? 1 : random.between(2, 40),
      };
    },
    check({ rectangle, format, encodingTypes, payload, step }) {
      const session: Session = {
        ...NEW_SESSION,
        phase: "normal",
        pixelFormat: format,
        encodingTypes,
        framebufferWidth: 65535,
        framebufferHeight: 65535,
      };
      const walk = () => createWalk(rectangle, session, bytesPerPixelOf(format), DEFAULT_LIMITS);
      const whole = untouched([payload], () => settled(() => walked(walk(), payload, payload.length)));
      const pieces = settled(() => walked(walk(), payload, step));
      expectAllocations(65536);
      expect(
        isEqual(whole, pieces),
        () => `In pieces of ${step} it comes to ${told(pieces)}, at once to ${told(whole)}`,
      );
      return outcomeOf(whole);
    },
  }),
];

/** Where the payload ends, as far as these bytes tell: beyond them, if they are too few. */
function walked(walk: Walk, bytes: Uint8Array, step: number): { readonly at: number; readonly done: boolean } {
  const { advance } = FRAMING.get(walk.rectangle.encodingType)!;
  let at = 0;
  let calls = 0;
  for (let end = Math.min(step, bytes.length); ; end = Math.min(end + step, bytes.length)) {
    while (!walk.done && at <= end) {
      expect(++calls <= 3 * bytes.length + 8, "It goes on without getting on");
      const passing = advance(walk, bytes, at, end);
      expect(Number.isSafeInteger(passing) && passing >= 0, `It passes ${passing} bytes`);
      if (passing === 0 && !walk.done) break;
      at += passing;
    }
    if (walk.done || end === bytes.length) return { at, done: walk.done };
  }
}

function told(result: { readonly at: number; readonly done: boolean } | RfbError): string {
  return "at" in result ? `${result.at}${result.done ? "" : ", not done"}` : String(result);
}
