/**
 * The one error that a peer can cause.
 *
 * @module
 */

/**
 * What the peer did wrong.
 *
 * - `truncated`: the bytes end inside what was being read (only where no more can come)
 * - `trailing`: bytes are left over after what should have been all of it
 * - `malformed`: a value that the format forbids
 * - `unknownType`: a message, encoding or version we have no layout for; nothing after it can be read
 * - `unexpected`: well formed, but not at this point
 * - `limit`: a length or count above what {@link Limits} allow
 * - `authentication`: refused, by either side
 * - `insecure`: TLS or other encryption failed, a key is not to be trusted, or bytes came in clear where only TLS may follow
 */
export type RfbErrorCode =
  | "truncated"
  | "trailing"
  | "malformed"
  | "unknownType"
  | "unexpected"
  | "limit"
  | "authentication"
  | "insecure";

/**
 * The peer's fault. Its message reads "Cannot read a RawRect at 132: 3 bytes of 16": for the
 * operator's log, not for the peer. Faults of the caller are `RangeError` and `TypeError`.
 */
export class RfbError extends Error {
  /** The class, as logs show it. */
  override readonly name = "RfbError";
  /** What kind of fault it is. */
  readonly code: RfbErrorCode;
  /** What was being done: "Cannot read ServerInit". */
  readonly act: string;
  /** What was wrong with it: "limit maxNameLength is 65536, got 4294967295". */
  readonly reason: string;
  /** Where, in bytes from the start of the stream or of the array that was handed in. */
  readonly offset: number | undefined;

  /** Puts the act, the offset and the reason into one message. */
  constructor(
    code: RfbErrorCode,
    act: string,
    reason: string,
    options: { readonly offset?: number | undefined; readonly cause?: unknown } = {},
  ) {
    const place = options.offset === undefined ? "" : ` at ${options.offset}`;
    super(`${act}${place}: ${reason}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.act = act;
    this.reason = reason;
    this.offset = options.offset;
  }

  /** The same error, told from the start of a stream: `at` stands in for an offset that it lacks. */
  rebased(by: number, at: number): RfbError {
    return new RfbError(this.code, this.act, this.reason, { offset: by + (this.offset ?? at), cause: this.cause });
  }

  /** The same error of what a rectangle holds, perhaps inflated: told by where the rectangle's payload begins. */
  within(payloadAt: number): RfbError {
    const place = this.offset === undefined ? "" : `, at ${this.offset} of the rectangle's data`;
    return new RfbError(this.code, this.act, this.reason + place, { offset: payloadAt, cause: this.cause });
  }
}
