import type { InnerSecurityType, InnerSecurityTypes } from "./inner_security.ts";
import type { ProtocolVersion } from "./protocol_version.ts";
import type { SaslMechanismChoice } from "./sasl.ts";
import type { SecurityResult } from "./security_result.ts";
import type { SecurityTypeChoice } from "./security_type.ts";
import type { SecurityRefusal, SecurityTypes } from "./security_types.ts";
import type { VencryptSubtypeChoice, VencryptSubtypes } from "./vencrypt/mod.ts";

/** The messages of a handshake that a {@link Session} observes: those that carry no secret. */
export type HandshakeMessage =
  | ProtocolVersion
  | SecurityTypes
  | SecurityRefusal
  | SecurityTypeChoice
  | SecurityResult
  | VencryptSubtypes
  | VencryptSubtypeChoice
  | InnerSecurityTypes
  | InnerSecurityType
  | SaslMechanismChoice;
