// des.js ships no types: these are the parts used here.
declare module "des.js" {
  interface Cipher {
    update(bytes: ArrayLike<number>): number[];
    final(): number[];
  }
  interface CipherOptions {
    readonly type: "encrypt" | "decrypt";
    readonly key: ArrayLike<number>;
    readonly padding?: boolean;
  }
  interface Algorithm<Options> {
    create(options: Options): Cipher;
  }
  const des: {
    readonly DES: Algorithm<CipherOptions>;
    readonly CBC: {
      instantiate(algorithm: Algorithm<CipherOptions>): Algorithm<CipherOptions & { readonly iv: ArrayLike<number> }>;
    };
  };
  export default des;
}
