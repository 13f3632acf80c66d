/**
 * Where libjpeg-turbo's WebAssembly is.
 *
 * @module
 */

/**
 * What JPEG's WebAssembly may be handed in as: a `WebAssembly.Module`, or the bytes of the file. Not every host's types know of
 * WebAssembly, and to those that do any object is a module.
 */
export type JpegModule = object;

/**
 * The compiled module: of what is handed in, or else of the package's file. Node, Deno and Bun read that from
 * node_modules; in a browser it is fetched from where the bundler has put it.
 */
export async function loadJpegModule(given?: JpegModule): Promise<WebAssembly.Module> {
  if (given instanceof WebAssembly.Module) return given;
  return WebAssembly.compile((given as BufferSource | undefined) ?? (await packaged()));
}

async function packaged(): Promise<BufferSource> {
  try {
    // Modules of Node without an import of them, which bundlers for browsers would stumble over.
    const builtin = (globalThis as { process?: Host }).process?.getBuiltinModule;
    if (builtin !== undefined) {
      const path = builtin("node:module")
        .createRequire(import.meta.url)
        .resolve(FILE);
      return builtin("node:fs").readFileSync(path);
    }
    // Bundlers know this expression, spelt out.
    const response = await fetch(new URL("@cornerstonejs/codec-libjpeg-turbo-8bit/wasm", import.meta.url));
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.arrayBuffer();
  } catch (cause) {
    throw new Error(`Cannot load JPEG: ${FILE} is not within reach, hand its WebAssembly.Module in as \`jpegModule\``, {
      cause,
    });
  }
}

interface Host {
  /** Node 20.16, Deno 2.1, Bun 1.1. */
  readonly getBuiltinModule?: {
    (id: "node:fs"): { readFileSync(path: string): Uint8Array<ArrayBuffer> };
    (id: "node:module"): { createRequire(url: string): { resolve(specifier: string): string } };
  };
}

const FILE = "@cornerstonejs/codec-libjpeg-turbo-8bit/wasm";
