/**
 * A server's picture, taken over any transport.
 *
 * @module
 */

import { type Credentials, schemesNamed } from "../../auth/mod.ts";
import { type Image, portableCompression } from "../../compression/mod.ts";
import { type ClientTls, createRfbClient, joinServer } from "../../endpoints/mod.ts";
import type { TcpOptions } from "../../transports/sockets.ts";
import type { Transport } from "../../transports/transport.ts";
import type { Picture } from "../peers/picture.ts";

/** Which server, and how to get in. */
export interface PictureOptions {
  readonly port: number;
  readonly scheme: string;
  readonly credentials?: Credentials;
  readonly tls?: ClientTls;
}

export async function takePicture(
  connectTcp: (options: TcpOptions) => Promise<Transport>,
  { port, scheme, credentials = {}, tls = {} }: PictureOptions,
): Promise<Picture> {
  const transport = await connectTcp({ host: "127.0.0.1", port });
  const authentication = { schemes: schemesNamed([scheme]), credentials: () => credentials };
  const connection = await joinServer(transport, { authentication, tls });
  const client = createRfbClient(connection, { compression: await portableCompression({ jpegModule: false }) });
  const image = await client.screenshot();
  await client.close();
  return pictureOf(image);
}

/** Without its alpha. */
export function pictureOf({ width, height, data }: Image): Picture {
  return { width, height, rgb: new Uint8Array(data.filter((_, i) => i % 4 !== 3)) };
}
