import type { Target } from "../target.ts";
import { compressedTargets } from "./compressed.ts";
import { connectionTargets } from "./connections.ts";
import { pseudoTargets } from "./cursors.ts";
import { decoderTargets } from "./decoders.ts";
import { encoderTargets } from "./encoders.ts";
import { endpointTargets } from "./endpoints.ts";
import { framerTargets } from "./framers.ts";
import { handshakeTargets } from "./handshakes.ts";
import { messageTargets } from "./messages.ts";
import { pixelFormatTargets } from "./pixel_formats.ts";
import { replayTargets } from "./replays.ts";
import { walkTargets } from "./walks.ts";

/** All there is to try. */
export const TARGETS: readonly Target[] = [
  ...framerTargets,
  ...handshakeTargets,
  ...messageTargets,
  ...walkTargets,
  ...decoderTargets,
  ...pseudoTargets,
  ...encoderTargets,
  ...connectionTargets,
  ...pixelFormatTargets,
  ...compressedTargets,
  ...replayTargets,
  ...endpointTargets,
];
