/**
 * libvncserver, by way of a small program in C.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { encodeClientMessage } from "../codec/client/mod.ts";
import type { Surface } from "../codec/pixels.ts";
import type { Session } from "../codec/session.ts";
import { type CProgram, compile } from "./c_program.ts";
import type { Elsewhere } from "./measure.ts";

/** libvncserver before a picture and a client. */
export interface LibvncserverEncoder {
  /** Sends the whole picture, to a connection of its own, and answers with the number of bytes that all of that took. */
  readonly pass: Elsewhere;
  /** Sends it once more: the update's bytes. */
  update(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Compiles the program. */
export async function libvncserverEncoders(): Promise<(picture: Surface, session: Session) => LibvncserverEncoder> {
  const program = await compile("libvncserver", "vncserver");
  return (picture, session) => open(program, picture, session);
}

/** Bytes that it says before: its version, the types of security, their result, and ServerInit with no name. */
export const HANDSHAKE = 12 + 2 + 4 + 24;

function open(program: CProgram, { width, height, pixels }: Surface, session: Session): LibvncserverEncoder {
  const [pictureFile, clientFile] = [program.file(), program.file()];
  writeFileSync(pictureFile, new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
  const { pixelFormat, encodingTypes } = session;
  writeFileSync(
    clientFile,
    Buffer.concat([
      Buffer.from("RFB 003.008\n\x01\x01", "latin1"),
      encodeClientMessage({ type: "setPixelFormat", pixelFormat: pixelFormat! }),
      encodeClientMessage({ type: "setEncodings", encodingTypes }),
      encodeClientMessage({ type: "framebufferUpdateRequest", incremental: 0, x: 0, y: 0, width, height }),
    ]),
  );
  const { ask, stop } = program.start([pictureFile, width, height, clientFile]);
  return {
    pass: {
      async run(calls) {
        const [nanoseconds, answer] = await ask(`pass ${calls}`);
        return { milliseconds: nanoseconds / 1e6, answer };
      },
    },
    async update() {
      const file = program.file();
      await ask("pass 1");
      await ask(`stream ${file}`);
      return new Uint8Array(readFileSync(file)).subarray(HANDSHAKE);
    },
    close: stop,
  };
}
