import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { base64Module } from "../base64_module.ts";

// `npm run simd` compiles simd/kernels.as into simd/kernels.ts.

const SOURCE = new URL("../../simd/kernels.as", import.meta.url);

/** Where the compiled kernels are. */
export const TARGET: URL = new URL("../../simd/kernels.ts", import.meta.url);

/** The file that has the compiled kernels. @throws {Error} what the compiler says */
export async function compiledKernels(): Promise<string> {
  let module: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["kernels.ts", "--outFile", "kernels.wasm", ...OPTIONS], {
    readFile: (name) => (name === "kernels.ts" ? readFileSync(SOURCE, "utf8") : null),
    writeFile(_name, contents) {
      module = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (module === undefined) throw new Error(`Cannot compile the kernels: ${stderr.toString()}`, { cause: error });
  return base64Module("KERNELS", module, ["The WebAssembly of kernels.as, in Base64. Made by `npm run simd`."]);
}

const OPTIONS = [
  ...["-O3", "--converge", "--noAssert"],
  ...["--enable", "simd", "--runtime", "stub", "--importMemory"],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await compiledKernels());
