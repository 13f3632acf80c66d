// Run by Deno and by Bun: takes a server's picture with the transports of a host, and tells of it, or of why it could not.

import { argv } from "node:process";
import { RfbError } from "../../codec/mod.ts";
import { takePicture } from "./picture.ts";

/** Whose transports; Deno and Bun run Node's too. */
export type Host = "node" | "deno" | "bun";

const [host, options] = argv.slice(2);
try {
  const { connectTcp } = await transportsOf(host as Host);
  const { width, height, rgb } = await takePicture(connectTcp, JSON.parse(options!));
  console.log(JSON.stringify({ width, height, rgb: rgb.toBase64() }));
} catch (error) {
  const code = error instanceof RfbError ? error.code : undefined;
  const { name, message } = error as Error;
  console.log(JSON.stringify({ name, code, message }));
}

/** Not all of them: what one host's needs is not to be loaded for another's. */
function transportsOf(host: Host) {
  switch (host) {
    case "node":
      return import("../../transports/node.ts");
    case "deno":
      return import("../../transports/deno.ts");
    case "bun":
      return import("../../transports/bun.ts");
  }
}
