import type { Screen } from "../codec/screens.ts";
import type { Session } from "../codec/session.ts";

/** A client that has been let in. */
export interface ServedClient {
  /** What it has asked for, and what was agreed on. */
  readonly session: Session;
  /** Its address for a log, where the transport tells it. */
  readonly peer?: string;
  /** Sends it away. */
  close(): void;
}

/** What clients do, told apart by `type`. */
export type RfbServerEvent =
  | { readonly type: "joined"; readonly client: ServedClient }
  | {
      readonly type: "left";
      readonly client: ServedClient /** Why, where it was not its own will. */;
      readonly error?: unknown;
    }
  | PointerMoved
  | KeyPressed
  | { readonly type: "clipboard"; readonly client: ServedClient; readonly text: string }
  /** The client's clipboard is longer than the limits allow, and was skipped. `length`: bytes of its message, compressed or not. */
  | { readonly type: "clipboardSkipped"; readonly client: ServedClient; readonly length: number }
  | ResizeAsked;

/** The pointer was moved, or a button pressed or released. */
export interface PointerMoved {
  /** Tells it from other events. */
  readonly type: "pointer";
  /** Who did it. */
  readonly client: ServedClient;
  /** Pixels of the client's picture, and inside of it. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Those that are down: bits as in PointerEvent, bit 7 back and bit 8 forward. */
  readonly buttonMask: number;
}

/** A key went down or up. */
export interface KeyPressed {
  /** Tells it from other events. */
  readonly type: "key";
  /** Who did it. */
  readonly client: ServedClient;
  /** The key's meaning, an X11 keysym. */
  readonly keysym: number;
  /** Down, or else up. */
  readonly isDown: boolean;
  /** Of the XT set; 0 where the client does not tell. */
  readonly keycode: number;
}

/** The client wants another size. It is refused if the event has been dealt with and neither was done. */
export interface ResizeAsked {
  /** Tells it from other events. */
  readonly type: "resizeAsked";
  /** For {@link RfbServer.resize}, so that it hears that its wish was granted. */
  readonly client: ServedClient;
  /** Pixels: up to 65535, and not checked against anything. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** All that the desktop consists of. */
  readonly screens: readonly Screen[];
  /** Says no. @param status 1 prohibited (when absent), 2 out of resources, 3 invalid layout */
  refuse(status?: number): void;
}
