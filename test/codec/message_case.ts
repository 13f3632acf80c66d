import type * as fc from "fast-check";
import type { Limits } from "../../codec/limits.ts";
import type { Session } from "../../codec/session.ts";
import { be32, hex, join } from "./bytes.ts";

/** Bytes that somebody else has written, and what they say. */
export interface Golden<Message> {
  readonly bytes: Uint8Array;
  /** A recording (`folder/file@offset`), or the section that the bytes follow by hand. */
  readonly source: string;
  readonly value: Message;
}

/** A length or count that the message claims in its head. */
export interface Claim {
  readonly limit: keyof Limits;
  /** The most that the field can hold. */
  readonly most: number;
  /** No more than the bytes that tell the claim. */
  head(claimed: number): Uint8Array;
}

export interface MessageCase<Message = unknown> {
  readonly name: string;
  /** Whose framer cuts it; absent in the handshake and for parts of messages. */
  readonly framedFrom?: "client" | "server";
  /** What has to be agreed on first. */
  readonly session?: Partial<Session>;
  readonly golden: readonly Golden<Message>[];
  readonly arbitrary: fc.Arbitrary<Message>;
  extentOf(bytes: Uint8Array, at: number, end: number, limits: Limits): number;
  decode(bytes: Uint8Array, at: number): Message;
  encode(message: Message): Uint8Array;
  /** Offsets of bytes that say nothing, and that we write as 0. */
  readonly padding?: readonly number[];
  readonly claims?: readonly Claim[];
  /** Least and most of each number, in a message that is otherwise sound. */
  readonly numbers?: Readonly<Record<string, readonly [number, number]>>;
  /** What an encoder refuses besides. */
  readonly refused?: readonly Message[];
  /** The bytes may hold more than is kept of them: what is written then is shorter. */
  readonly drops?: true;
}

export const U8 = [0, 0xff] as const;
export const U16 = [0, 0xffff] as const;
export const U32 = [0, 0xffffffff] as const;
export const S32 = [-0x80000000, 0x7fffffff] as const;

/** The words of a vector: `golden("fallback/server.bin@0", "02", { type: "bell" })`. */
export function golden<Message>(source: string, spelt: string | Uint8Array, value: Message): Golden<Message> {
  return { bytes: typeof spelt === "string" ? hex(spelt) : spelt, source, value };
}

// Widened, so that one loop can run over messages of every type.
export function messageCase<Message>(of: MessageCase<Message>): MessageCase {
  return of;
}

export function cutTextClaim(messageType: number): Claim {
  return {
    limit: "maxCutTextLength",
    most: 0xffffffff,
    head: (length) => join([Uint8Array.of(messageType, 0, 0, 0), be32(length)]),
  };
}
