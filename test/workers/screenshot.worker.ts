// Runs in workerd: joins a server as the request says, and answers with its picture.

import { schemesNamed } from "rfb-codec/auth";
import { portableCompression } from "rfb-codec/compression";
import { createRfbClient, joinServer } from "rfb-codec/endpoints";
import { connectTcp } from "rfb-codec/workers";

export default {
  async fetch(request: Request): Promise<Response> {
    const get = Object.fromEntries(new URL(request.url).searchParams);
    try {
      const connection = await joinServer(await connectTcp({ host: "localhost", port: Number(get.port) }), {
        authentication: { schemes: schemesNamed([get.scheme!]), credentials: () => JSON.parse(get.credentials!) },
        tls: {},
      });
      const client = createRfbClient(connection, { compression: await portableCompression({ jpegModule: false }) });
      const { width, height, data } = await client.screenshot();
      await client.close();
      const { securityPath } = client.session;
      const headers = { "X-Picture": JSON.stringify({ width, height, securityPath }) };
      return new Response(new Uint8Array(data), { headers });
    } catch (error) {
      const { name, message, code } = error as { name: string; message: string; code?: string };
      return Response.json({ name, message, code }, { status: 500 });
    }
  },
};
