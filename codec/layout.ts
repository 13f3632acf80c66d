import type { Limits } from "./limits.ts";
import type { Session } from "./session.ts";

/** How one message is read. Most need neither the limits nor the session. */
export interface Layout<Message> {
  /** Bytes that the message at `at` needs, as far as `bytes[at, end)` tells: whole once the answer fits. */
  readonly extentOf: (bytes: Uint8Array, at: number, end: number, limits: Limits, session: Session) => number;
  /**
   * Of a message that can be done without: all bytes of it, where they are more than the limits allow. A framer then
   * passes over it. Asked first.
   */
  readonly skipExtentOf?: (
    bytes: Uint8Array,
    at: number,
    end: number,
    limits: Limits,
    session: Session,
  ) => number | undefined;
  /** Reads the whole message at `at`. */
  readonly decode: (bytes: Uint8Array, at: number, session: Session) => Message;
}

/** Layouts by message type. */
export type Layouts<Message> = Readonly<Record<number, Layout<Message>>>;

/** A dialect's own: undefined where a number means something that has no known layout, and not what the standard says. */
export type OwnLayouts<Message> = Readonly<Record<number, Layout<Message> | undefined>>;

/** One encoder for each message of a union. */
export type Encoders<Message extends { readonly type: string }> = {
  readonly [Type in Message["type"]]: (message: Extract<Message, { readonly type: Type }>) => Uint8Array;
};

/**
 * What message numbers mean. `standard` has all that the rfbproto registry tells apart; the others also have what their
 * maker uses numbers for that mean something else elsewhere. It is settled before the first message, and never guessed.
 */
export type Dialect = "standard" | "ultravnc" | "tightvnc" | "apple" | "aten" | "vmware";

/** A layout, if there is one, for each of 256 types, by dialect. */
export type DialectLayouts<Message> = Readonly<Record<Dialect, readonly (Layout<Message> | undefined)[]>>;

/** In each dialect the standard's layouts, but for what its own say, undefined included. */
export function layoutsByDialect<Message>(
  standard: Layouts<Message>,
  own: Readonly<Partial<Record<Dialect, OwnLayouts<Message>>>>,
): DialectLayouts<Message> {
  const of = (dialect: Dialect): readonly (Layout<Message> | undefined)[] => {
    const layouts: OwnLayouts<Message> = { ...standard, ...own[dialect] };
    return Array.from({ length: 256 }, (_, type) => layouts[type]);
  };
  return {
    standard: of("standard"),
    ultravnc: of("ultravnc"),
    tightvnc: of("tightvnc"),
    apple: of("apple"),
    aten: of("aten"),
    vmware: of("vmware"),
  };
}
