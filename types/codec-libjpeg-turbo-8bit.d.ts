// @cornerstonejs/codec-libjpeg-turbo-8bit ships no types: these are the parts used here.
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs" {
  export interface FrameInfo {
    /** At most 65535. */
    readonly width: number;
    readonly height: number;
    /** At most 255, of both. */
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned: boolean;
  }
  export interface Decoder {
    /** A view of the module's memory, to be filled at once. */
    getEncodedBuffer(size: number): Uint8Array;
    /** Throws a number: the address of a C++ exception. */
    decode(): void;
    getFrameInfo(): FrameInfo;
    /** A view of the module's memory, to be read at once. */
    getDecodedBuffer(): Uint8Array;
  }
  export interface Encoder {
    /** A view of the module's memory, to be filled at once. */
    getDecodedBuffer(frame: FrameInfo): Uint8Array;
    setQuality(quality: number): void;
    setProgressive(isProgressive: 0 | 1): void;
    /** 0: 4:4:4, 1: 4:2:2, 2: 4:2:0. */
    setSubSampling(subsampling: number): void;
    encode(): void;
    /** A copy. */
    getEncodedBuffer(): Uint8ClampedArray<ArrayBuffer>;
  }
  /** What Emscripten makes of the object that the factory is handed. */
  export interface Library {
    readonly JPEGDecoder: new () => Decoder;
    readonly JPEGEncoder: new () => Encoder;
    readonly HEAPU8: Uint8Array;
  }
  interface Options {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
    print(text: string): void;
    printErr(text: string): void;
  }
  const create: (options: Options & Partial<Library>) => Promise<Library>;
  export default create;
}
