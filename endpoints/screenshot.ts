import type { Image } from "../codec/compression.ts";
import { decodeCopyRect } from "../codec/encodings/copy_rect.ts";
import { framingOf } from "../codec/encodings/framing.ts";
import { RfbError } from "../codec/errors.ts";
import { type Fence, FenceFlag } from "../codec/fence.ts";
import type { Framebuffer } from "../codec/framebuffer.ts";
import { Encoding } from "../codec/names.ts";
import type { Rectangle } from "../codec/server/rectangle.ts";
import type { Size } from "../codec/session.ts";
import { type Coverage, createCoverage } from "./coverage.ts";

/** Whole pictures of a server, one after the other: what they wait for, and when they are whole. */
export interface Screenshots {
  take(): Promise<Image>;
  /** Somebody waits for one. */
  readonly isPending: boolean;
  updateBegins(): void;
  /** All of a rectangle was drawn. */
  drawn(rectangle: Rectangle, payload: Uint8Array): void;
  updateEnds(): void;
  /** The server has answered a fence, of ours or of anybody's. */
  fenceAnswered(fence: Fence): void;
  /** The framebuffer has another size, of which nothing has come. */
  resized(): void;
  /** Nothing more will come. */
  end(error: unknown): void;
}

/** The server, as far as a picture of it goes. */
export interface ScreenshotServer {
  /** Of its framebuffer. */
  readonly size: Size;
  /** The server knows fences. */
  readonly hasFence: boolean;
  fence(fence: Fence): void;
  /** Asks for all of the picture, not in increments. */
  askForAll(): void;
}

/** Nothing has come yet. @param framebuffer where all is drawn that is told here */
export function createScreenshots(framebuffer: Framebuffer, server: ScreenshotServer): Screenshots {
  let shot: Shot | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isKnown = false; // every pixel of the picture has come at least once
  let isOver = false;
  let fences = 0;

  return {
    take() {
      const taken = last.then(begin);
      last = taken.catch(() => {});
      return taken;
    },
    get isPending() {
      return shot !== undefined;
    },
    updateBegins() {
      if (shot?.fence === undefined) count();
      else shot.hasPassedOver = true;
    },
    drawn(rectangle, payload) {
      if (shot?.isCounting === true) cover(shot.coverage, rectangle, payload);
    },
    updateEnds() {
      if (shot === undefined || !shot.isCounting || shot.coverage.missing > 0) return;
      isKnown = true;
      const { width, height } = framebuffer;
      shot.resolve({ width, height, data: framebuffer.toRgba() });
      shot = undefined;
    },
    fenceAnswered({ flags, payload }) {
      if (shot?.fence === undefined || payload.length !== 1 || payload[0] !== shot.fence) return;
      shot.fence = undefined;
      count();
      // What was passed over may have been the answer, where the server did not know that the request was to wait.
      if (shot.hasPassedOver && (flags & FenceFlag.BlockAfter) === 0) server.askForAll();
    },
    resized() {
      isKnown = false;
      if (shot !== undefined) askAnew(shot);
    },
    end(error) {
      isOver = true;
      const missing = `the server closed with ${shot?.coverage.missing} pixels to come`;
      shot?.reject(error ?? new RfbError("truncated", ACT, missing));
      shot = undefined;
    },
  };

  function begin(): Promise<Image> {
    return new Promise((resolve, reject) => {
      if (isOver) {
        reject(new RfbError("truncated", ACT, "the connection has ended"));
        return;
      }
      const coverage = blank();
      shot = { coverage, sizes: 0, fence: undefined, isCounting: false, hasPassedOver: false, resolve, reject };
      if (server.hasFence) {
        fences = (fences + 1) & 0xff;
        shot.fence = fences;
        const flags = (FenceFlag.Request | FenceFlag.BlockBefore | FenceFlag.BlockAfter) >>> 0;
        server.fence({ flags, payload: Uint8Array.of(fences) });
      }
      server.askForAll();
    });
  }

  function askAnew(of: Shot): void {
    // A size costs the server 12 bytes, and us a framebuffer: one that comes often is no picture to wait for.
    of.sizes += 1;
    if (of.sizes > MAXIMUM_SIZES) {
      shot = undefined;
      of.reject(new RfbError("unexpected", ACT, `${of.sizes} changes of the size`));
      return;
    }
    of.coverage = blank();
    server.askForAll();
  }

  function blank(): Coverage {
    return createCoverage(server.size.width, server.size.height);
  }

  /** What is drawn from now on is new enough. */
  function count(): void {
    if (shot !== undefined) shot.isCounting = true;
  }

  function cover(coverage: Coverage, drawn: Rectangle, payload: Uint8Array): void {
    if (framingOf(drawn.encodingType)?.drawsPixels !== true) {
      coverage.add({ x: 0, y: 0, ...server.size }); // its head does not say where it draws
    } else if (drawn.encodingType !== Encoding.CopyRect || isKnown) {
      coverage.add(drawn);
    } else {
      const { srcX, srcY } = decodeCopyRect(payload);
      coverage.copy(drawn, srcX, srcY);
    }
  }
}

interface Shot {
  coverage: Coverage;
  sizes: number;
  /** The payload of the fence whose answer it waits for: what comes before that can be older than the call. */
  fence: number | undefined;
  /** What is drawn counts: an update that was under way at the time of the call does not. */
  isCounting: boolean;
  /** An update has begun before the fence was answered. */
  hasPassedOver: boolean;
  readonly resolve: (image: Image) => void;
  readonly reject: (error: unknown) => void;
}

const ACT = "Cannot take a screenshot";
const MAXIMUM_SIZES = 8;
