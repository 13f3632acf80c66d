// Run by Deno from the sources as they are: a server and a client of ours, joined in memory.

import { schemesNamed } from "../../auth/mod.ts";
import { Encoding, encodeRectangle, RGBX8888 } from "../../codec/mod.ts";
import { admitClient, createRfbClient, joinServer } from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";

const [near, far] = createMemoryPair({ chunk: 1 });
const serving = serve(far);
const client = await joinServer(near, {
  authentication: { schemes: schemesNamed(["vncauth"]), credentials: () => ({ password: "secret" }) },
});
const picture = await createRfbClient(client, { encodingTypes: [Encoding.Raw] }).screenshot();
console.log(`${picture.width}x${picture.height} ${picture.data.join(" ")}`);
await client.close();
await serving;

async function serve(transport: Transport): Promise<void> {
  const server = await admitClient(transport, {
    authentication: { schemes: schemesNamed(["vncauth"]), verifier: { password: () => "secret" } },
    serverInit: {
      framebufferWidth: 2,
      framebufferHeight: 1,
      serverPixelFormat: RGBX8888,
      name: new Uint8Array(0),
    },
  });
  for (let message = await server.next(); message !== undefined; message = await server.next()) {
    if (message.type !== "framebufferUpdateRequest") continue;
    await server.send({ type: "framebufferUpdate", numberOfRectangles: 1 });
    await server.sendBytes(
      encodeRectangle({ type: "rectangle", x: 0, y: 0, width: 2, height: 1, encodingType: Encoding.Raw }),
    );
    await server.sendBytes(Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 0));
  }
}
