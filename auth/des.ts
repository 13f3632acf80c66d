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

function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) result |= 0x80 >> bit;
  return result;
}
