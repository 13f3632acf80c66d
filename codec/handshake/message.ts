import type { ProtocolVersion } from "./protocol_version.ts";
import type { SecurityRefusal, SecurityTypeChoice, SecurityTypes } from "./security.ts";
import type { SecurityResult } from "./security_result.ts";
import type { VencryptSubtypeChoice, VencryptSubtypes } from "./vencrypt.ts";

/** The messages of a handshake that a {@link Session} observes: those that carry no secret. */
export type HandshakeMessage =
  | ProtocolVersion
  | SecurityTypes
  | SecurityRefusal
  | SecurityTypeChoice
  | SecurityResult
  | VencryptSubtypes
  | VencryptSubtypeChoice;
