// Run by Deno: takes a server's picture with the transports of this host, and tells of it, or of why it could not.

import { RfbError } from "../../codec/mod.ts";
import { takePicture } from "./picture.ts";

const [host, options] = Deno.args;
// Not both: what one host's needs is not to be loaded for the other's.
const { connectTcp } = await (host === "deno"
  ? import("../../transports/deno.ts")
  : import("../../transports/node.ts"));
try {
  const { width, height, rgb } = await takePicture(connectTcp, JSON.parse(options!));
  console.log(JSON.stringify({ width, height, rgb: rgb.toBase64() }));
} catch (error) {
  const code = error instanceof RfbError ? error.code : undefined;
  const { name, message } = error as Error;
  console.log(JSON.stringify({ name, code, message }));
}
