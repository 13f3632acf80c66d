// @cornerstonejs/codec-libjpeg-turbo-8bit ships no types: compression/libjpegturbo.ts has those of the parts used here.
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs" {
  const create: unknown;
  export default create;
}
