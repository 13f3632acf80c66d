import des from "des.js";

/**
 * DES-ECB as VNC Authentication has it, RFC 6143 §7.2.2: the key is the password cut or padded with
 * zeros to 8 bytes, with the bits of every byte in reverse (a slip of the first implementation, kept ever since).
 */
export function encryptWithPassword(blocks: Uint8Array, password: Uint8Array): Uint8Array {
  const key = new Uint8Array(8);
  for (let i = 0; i < 8; i++) key[i] = reversed(password[i] ?? 0);
  return Uint8Array.from(des.DES.create({ type: "encrypt", key }).update(blocks));
}

/**
 * DES-CBC as UltraVNC's MSLogon has it: a secret of 8 bytes is the first block to add, and the key, with the same slip.
 *
 * @param blocks a multiple of 8 bytes
 */
export function encryptWithSecret(blocks: Uint8Array, secret: Uint8Array): Uint8Array {
  return Uint8Array.from(cbc("encrypt", secret).update(blocks));
}

/** The other way round. */
export function decryptWithSecret(blocks: Uint8Array, secret: Uint8Array): Uint8Array {
  const cipher = cbc("decrypt", secret);
  // The last block is kept until the end, in case it were padding.
  return Uint8Array.from([...cipher.update(blocks), ...cipher.final()]);
}

const DES_CBC = des.CBC.instantiate(des.DES);

/** What des.js makes. */
interface Cipher {
  update(bytes: ArrayLike<number>): number[];
  final(): number[];
}

function cbc(type: "encrypt" | "decrypt", secret: Uint8Array): Cipher {
  return DES_CBC.create({ type, key: secret.map(reversed), iv: secret, padding: false });
}

function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) result |= 0x80 >> bit;
  return result;
}
