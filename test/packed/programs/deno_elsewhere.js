// In JavaScript: nobody but Deno has the types.
export { connectTcp } from "rfb-codec/deno";
