import { cmac } from "@noble/ciphers/aes.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openEax, sealEax } from "../../auth/eax.ts";
import { bytes } from "../codec/arbitraries.ts";
import { hex, hexOf, join } from "../codec/bytes.ts";
import { runs } from "../codec/runs.ts";
import { eaxOfOpenSsl } from "./ra2_peer.ts";

/** Bellare, Rogaway and Wagner, "The EAX Mode of Operation", appendix: message, key, nonce, header, result. */
const VECTORS = [
  [
    "",
    "233952DEE4D5ED5F9B9C6D6FF80FF478",
    "62EC67F9C3A4A407FCB2A8C49031A8B3",
    "6BFB914FD07EAE6B",
    "E037830E8389F27B025A2D6527E79D01",
  ],
  [
    "F7FB",
    "91945D3F4DCBEE0BF45EF52255F095A4",
    "BECAF043B0A23D843194BA972C66DEBD",
    "FA3BFD4806EB53FA",
    "19DD5C4C9331049D0BDAB0277408F67967E5",
  ],
  [
    "1A47CB4933",
    "01F74AD64077F2E704C0F60ADA3DD523",
    "70C3DB4F0D26368400A10ED05D2BFF5E",
    "234A3463C1264AC6",
    "D851D5BAE03A59F238A23E39199DC9266626C40F80",
  ],
  [
    "481C9E39B1",
    "D07CF6CBB7F313BDDE66B727AFD3C5E8",
    "8408DFFF3C1A2B1292DC199E46B7D617",
    "33CCE2EABFF5A79D",
    "632A9D131AD4C168A4225D8E1FF755939974A7BEDE",
  ],
  [
    "40D0C07DA5E4",
    "35B6D0580005BBC12B0587124557D2C2",
    "FDB6B06676EEDC5C61D74276E1F8E816",
    "AEB96EAEBE2970E9",
    "071DFE16C675CB0677E536F73AFE6A14B74EE49844DD",
  ],
  [
    "4DE3B35C3FC039245BD1FB7D",
    "BD8E6E11475E60B268784C38C62FEB22",
    "6EAC5C93072D8E8513F750935E46DA1B",
    "D4482D1CA78DCE0F",
    "835BB4F15D743E350E728414ABB8644FD6CCB86947C5E10590210A4F",
  ],
  [
    "8B0A79306C9CE7ED99DAE4F87F8DD61636",
    "7C77D6E813BED5AC98BAA417477A2E7D",
    "1A8C98DCD73D38393B2BF1569DEEFC19",
    "65D2017990D62528",
    "02083E3979DA014812F59F11D52630DA30137327D10649B0AA6E1C181DB617D7F2",
  ],
  [
    "1BDA122BCE8A8DBAF1877D962B8592DD2D56",
    "5FFF20CAFAB119CA2FC73549E20F5B0D",
    "DDE59B97D722156D4D9AFF2BC7559826",
    "54B9F04E6A09189A",
    "2EC47B2C4954A489AFC7BA4897EDCDAE8CC33B60450599BD02C96382902AEF7F832A",
  ],
  [
    "6CF36720872B8513F6EAB1A8A44438D5EF11",
    "A4A4782BCFFD3EC5E7EF6D8C34A56123",
    "B781FCF2F75FA5A8DE97A9CA48E522EC",
    "899A175897561D7E",
    "0DE18FD0FDD91E7AF19F1D8EE8733938B1E8E7F6D2231618102FDB7FE55FF1991700",
  ],
  [
    "CA40D7446E545FFAED3BD12A740A659FFBBB3CEAB7",
    "8395FCF1E95BEBD697BD010BC766AAC3",
    "22E7ADD93CFC6393C57EC0B3C17D6B44",
    "126735FCC320D25A",
    "CB8920F87A6C75CFF39627B56E3ED197C552D295A7CFC46AFC253B4652B1AF3795B124AB6E",
  ],
].map((vector) => vector.map(hex) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]);

describe("AES-EAX", () => {
  test.each(VECTORS)("makes its authors' vector %#", (clear, key, nonce, header, sealed) => {
    expect(hexOf(sealEax(key, nonce, header, clear))).toBe(hexOf(sealed));
    expect(openEax(key, nonce, header, sealed)).toStrictEqual(clear);
  });

  test("is what OpenSSL's AES makes of it, with keys of 128 and 256 bits", () => {
    const keys = fc.oneof(bytes(16, 16), bytes(32, 32));
    fc.assert(
      fc.property(keys, bytes(16, 16), bytes(40), bytes(100), fc.nat(3), (key, nonce, header, clear, at) => {
        // Words are read where they lie on even addresses only.
        const shifted = join([new Uint8Array(at), clear]).subarray(at);
        const sealed = sealEax(key, nonce, header, shifted);
        expect(hexOf(sealed)).toBe(hexOf(eaxOfOpenSsl(key, nonce, header, clear)));
        const moved = join([new Uint8Array(at), sealed]).subarray(at);
        expect(openEax(key, nonce, header, moved)).toStrictEqual(Uint8Array.from(clear));
        expect(shifted).toStrictEqual(Uint8Array.from(clear));
      }),
      runs(200),
    );
  });

  test("opens nothing that a bit was changed of", () => {
    const [clear, key, nonce, header, sealed] = VECTORS[7]!;
    for (const [part, all] of [
      ["key", key],
      ["nonce", nonce],
      ["header", header],
      ["sealed", sealed],
    ] as const) {
      for (let bit = 0; bit < 8 * all.length; bit++) {
        const changed = all.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const parts = { key, nonce, header, sealed, [part]: changed };
        expect(openEax(parts.key, parts.nonce, parts.header, parts.sealed), `${part}, bit ${bit}`).toBeUndefined();
      }
    }
    expect(openEax(key, nonce, header, sealed)).toStrictEqual(clear);
  });

  test("opens nothing that was cut short or added to", () => {
    const [, key, nonce, header, sealed] = VECTORS[7]!;
    for (let length = 0; length < sealed.length; length++) {
      expect(openEax(key, nonce, header, sealed.subarray(0, length))).toBeUndefined();
    }
    expect(openEax(key, nonce, header, join([sealed, hex("00")]))).toBeUndefined();
  });
});

const CMAC_MESSAGE = hex(
  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
);
const AES_128 = "2b7e151628aed2a6abf7158809cf4f3c";
const AES_256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

test.each([
  [AES_128, 0, "bb1d6929e95937287fa37d129b756746"],
  [AES_128, 16, "070a16b46b4d4144f79bdd9dd04a287c"],
  [AES_128, 40, "dfa66747de9ae63030ca32611497c827"],
  [AES_128, 64, "51f0bebf7e3b9d92fc49741779363cfe"],
  [AES_256, 0, "028962f61b7bf89efc6b551f4667d983"],
  [AES_256, 16, "28a7023f452e8f82bd4bf28d8c37c35c"],
  [AES_256, 40, "aaf3d8f1de5640c232f5b169b9c911e6"],
  [AES_256, 64, "e1992190549f6ed5696a2c056c315410"],
])("The CMAC below it makes the vectors of NIST SP 800-38B, appendix D: %s over %d bytes", (key, length, expected) => {
  expect(hexOf(cmac(CMAC_MESSAGE.subarray(0, length), hex(key)))).toBe(expected);
});
