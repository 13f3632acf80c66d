import type { ClientMessage } from "../codec/client/mod.ts";

/** The server, as far as updates are asked of it. */
export interface UpdateServer {
  tell(message: ClientMessage): void;
  /** The server's framebuffer, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** The server has fences: only then it can be told where updates that nobody asked for end. */
  readonly hasFence: boolean;
  /** A screenshot waits for updates. */
  readonly isShooting: boolean;
  /** The session has ended. */
  readonly isOver: boolean;
}

/** Asks a server for updates, one at a time or for as long as somebody watches, whichever it can. */
export interface UpdateRequests {
  /** One more watches. */
  watch(): void;
  /** One less does. */
  unwatch(): void;
  /** Asks for the whole picture. */
  askForAll(): void;
  /** An update is over, and there were pixels in it or not. */
  updateEnds(hasDrawn: boolean): void;
  /** The server can send updates that nobody asks for, or has stopped to. */
  continuousEnds(): void;
  /** There is another size. */
  resized(): void;
  /** Somebody watches. */
  readonly isWatched: boolean;
}

export function createUpdateRequests(server: UpdateServer): UpdateRequests {
  let watchers = 0;
  let hasAskedForAll = false; // of the present size: a server has nothing new for those who never did
  let continuous: "unknown" | "off" | "on" = "unknown";
  let isPausing = false; // before the next request, after an empty update

  return {
    watch() {
      watchers += 1;
      if (watchers === 1) begin();
    },
    unwatch() {
      watchers -= 1;
      if (watchers > 0 || continuous !== "on") return;
      enable(0);
      continuous = "off";
    },
    askForAll: () => request(0),
    // At once after an update that has drawn; a server whose updates are empty is not to keep us busy.
    updateEnds(hasDrawn) {
      if (!wantsMore()) return;
      if (hasDrawn) request(1);
      else if (!isPausing) {
        isPausing = true;
        setTimeout(() => {
          isPausing = false;
          if (wantsMore() && !server.isOver) request(1);
        });
      }
    },
    continuousEnds() {
      if (continuous === "unknown") continuous = "off";
      if (watchers > 0) begin();
    },
    resized() {
      hasAskedForAll = false;
      if (continuous === "on") enable(1);
    },
    get isWatched() {
      return watchers > 0;
    },
  };

  function begin(): void {
    if (continuous === "off" && server.hasFence) {
      enable(1);
      continuous = "on";
    }
    request(hasAskedForAll ? 1 : 0);
  }

  function wantsMore(): boolean {
    return server.isShooting || (watchers > 0 && continuous !== "on");
  }

  function enable(enableFlag: number): void {
    server.tell({ type: "enableContinuousUpdates", enableFlag, x: 0, y: 0, ...server.size });
  }

  function request(incremental: number): void {
    if (incremental === 0) hasAskedForAll = true;
    server.tell({ type: "framebufferUpdateRequest", incremental, x: 0, y: 0, ...server.size });
  }
}
