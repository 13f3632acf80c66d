/**
 * Files that flags name.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { misuse, reasonOf } from "./fault.ts";

/** The text of the file that a flag names. @throws {Fault} it cannot be read, or is no text */
export function readText(flag: string, file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw misuse(`${flag} ${file}`, reasonOf(error));
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw misuse(`${flag} ${file}`, "it is not text in UTF-8");
  }
}

/** The secret in a file: all of it but one line end, which editors put there. */
export function readSecret(flag: string, file: string): string {
  return readText(flag, file).replace(/\r?\n$/, "");
}
