/**
 * Our client before a server that others wrote, through the security that it has.
 *
 * @module
 */

import { type Credentials, schemesNamed } from "../../auth/mod.ts";
import type { Session } from "../../codec/mod.ts";
import { type ClientTls, createRfbClient, joinServer } from "../../endpoints/mod.ts";
import { connectTcp } from "../../transports/node.ts";
import type { Picture } from "../peers/picture.ts";
import { rgbOf } from "./pictures.ts";
import { compression } from "./tap.ts";

/** What a server that lets us in has for us. */
export interface Joined {
  readonly session: Session;
  readonly picture: Picture;
}

/**
 * The server's picture, by this scheme alone.
 *
 * @throws {RfbError} what it turns us away with
 */
export async function joinBy(
  port: number,
  scheme: string,
  credentials: Credentials = {},
  tls: ClientTls = {},
): Promise<Joined> {
  const transport = await connectTcp({ host: "127.0.0.1", port });
  const authentication = { schemes: schemesNamed([scheme]), credentials: () => credentials };
  const client = createRfbClient(await joinServer(transport, { authentication, tls }), { compression });
  try {
    const { width, height, data } = await client.screenshot();
    const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
    return { session: client.session, picture: rgbOf({ width, height, pixels }) };
  } finally {
    await client.close();
  }
}
