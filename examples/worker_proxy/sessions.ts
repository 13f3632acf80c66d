import { DurableObject, RpcTarget } from "cloudflare:workers";
import type { Grant } from "./access.ts";

/** One for each server: which tokens have been used, and how many sessions are on. */
export class Sessions extends DurableObject {
  #open = 0;

  /**
   * Spends a token. Answers with the session, which is over once that is disposed of, as it is when the Worker that holds
   * it is gone; or with why there is none.
   */
  async begin({ id, expires }: Pick<Grant, "id" | "expires">, most: number): Promise<Session | "spent" | "full"> {
    // No other call comes in between while the storage is at work.
    const { storage } = this.ctx;
    const spent = await storage.list<number>();
    if (spent.has(id)) return "spent";
    if (this.#open >= most) return "full";
    for (const [past, until] of spent) if (until < Date.now() - LEEWAY) await storage.delete(past);
    await storage.put(id, expires);
    this.#open++;
    return new Session(() => this.#open--);
  }
}

/** Milliseconds between the moments at which one token is checked and spent, or more. */
const LEEWAY = 60_000;

/** A session that counts. */
export class Session extends RpcTarget {
  #end: (() => void) | undefined;

  constructor(end: () => void) {
    super();
    this.#end = end;
  }

  [Symbol.dispose](): void {
    this.#end?.();
    this.#end = undefined;
  }
}
