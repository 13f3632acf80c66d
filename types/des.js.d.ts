// des.js ships no types: these are the parts used here.
declare module "des.js" {
  interface Cipher {
    update(bytes: ArrayLike<number>): number[];
  }
  interface CipherOptions {
    readonly type: "encrypt" | "decrypt";
    readonly key: ArrayLike<number>;
  }
  const des: {
    readonly DES: { create(options: CipherOptions): Cipher };
  };
  export default des;
}
