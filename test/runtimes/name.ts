export type Runtime = "node" | "deno" | "bun";

/** What this process is. */
export const RUNTIME: Runtime = "bun" in process.versions ? "bun" : "deno" in process.versions ? "deno" : "node";
