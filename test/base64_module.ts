/** A TypeScript module with a WebAssembly one in Base64, under a name. @param comment what it is, a line of text each */
export function base64Module(name: string, wasm: Uint8Array, comment: readonly string[]): string {
  const lines =
    Buffer.from(wasm)
      .toString("base64")
      .match(/.{1,100}/g) ?? [];
  return `/**
${comment.map((line) => ` * ${line}`.trimEnd()).join("\n")}
 *
 * @module
 */

export const ${name}: string = [
${lines.map((line) => `  "${line}",\n`).join("")}].join("");
`;
}
