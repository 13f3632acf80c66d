// What every WebSocket server owes its callers, by Bun's own.

import { describeWebSocketServer } from "../transports/listening.ts";
import { underBun } from "./run.ts";

await underBun(import.meta.url, async () => {
  describeWebSocketServer("Bun's WebSocket server", await import("../../transports/bun.ts"), ["maxMessage"]);
});
