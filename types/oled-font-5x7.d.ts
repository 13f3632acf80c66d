// oled-font-5x7 ships no types: these are the parts used here.
declare module "oled-font-5x7" {
  const font: {
    readonly width: number;
    readonly height: number;
    /** `width` bytes a character, one a column; bit 0 is the top. */
    readonly fontData: readonly number[];
    /** The characters, in the order of `fontData`. */
    readonly lookup: readonly string[];
  };
  export default font;
}
