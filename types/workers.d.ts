// What Cloudflare Workers bring, as far as it is used here: @cloudflare/workers-types has all of it, and its globals
// clash with Node's and the DOM's.

declare module "cloudflare:sockets" {
  import type { WorkersNetwork } from "../transports/workers.ts";
  export const connect: WorkersNetwork["connect"];
}

declare module "cloudflare:workers" {
  export abstract class DurableObject<Env = unknown> {
    constructor(ctx: DurableObjectState, env: Env);
    protected readonly ctx: DurableObjectState;
    protected readonly env: Env;
  }

  export abstract class RpcTarget {}

  export interface DurableObjectState {
    readonly storage: {
      list<Value>(): Promise<Map<string, Value>>;
      put(key: string, value: unknown): Promise<void>;
      delete(key: string): Promise<boolean>;
    };
  }
}
