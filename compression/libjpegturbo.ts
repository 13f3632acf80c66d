import create from "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs";

/** How a picture is laid out. */
export interface FrameInfo {
  /** At most 65535. */
  readonly width: number;
  readonly height: number;
  /** At most 255, of both. */
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

/** Decodes one picture after the other. */
export interface Decoder {
  /** A view of the module's memory, to be filled at once. */
  getEncodedBuffer(size: number): Uint8Array;
  /** Throws a number: the address of a C++ exception. */
  decode(): void;
  /** R, G, B, or grey, where the picture has no more. A view of the module's memory, to be read at once. */
  getDecodedBuffer(): Uint8Array;
}

/** Encodes one picture after the other. */
export interface Encoder {
  /** A view of the module's memory, to be filled at once. */
  getDecodedBuffer(frame: FrameInfo): Uint8Array;
  setQuality(quality: number): void;
  setProgressive(isProgressive: 0 | 1): void;
  /** 0: 4:4:4, 1: 4:2:2, 2: 4:2:0. */
  setSubSampling(subsampling: number): void;
  encode(): void;
  /** A view of the module's memory, to be read at once. */
  getEncodedBuffer(): Uint8Array;
}

/** What Emscripten makes of the object that the factory is handed. */
export interface Library {
  readonly JPEGDecoder: new () => Decoder;
  readonly JPEGEncoder: new () => Encoder;
  readonly HEAPU8: Uint8Array;
}

/** What the factory asks of its host. */
export interface LibraryOptions {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
  print(text: string): void;
  printErr(text: string): void;
}

/** libjpeg-turbo, whose package ships no types. */
export const createLibrary = create as unknown as (options: LibraryOptions & Partial<Library>) => Promise<Library>;
