/**
 * What a security type that only holds another one has offered inside. Tight and TLS (18) each have a layout of their own
 * for it; this is what it comes down to for a session.
 */
export interface InnerSecurityTypes {
  /** Tells it from other messages. */
  readonly type: "innerSecurityTypes";
  /** Security types; inside Tight its own numbers for them. */
  readonly securityTypes: readonly number[];
}

/** What was chosen inside, or, where Tight offers nothing, what that stands for. */
export interface InnerSecurityType {
  /** Tells it from other messages. */
  readonly type: "innerSecurityType";
  /** The number that was chosen. */
  readonly securityType: number;
}
