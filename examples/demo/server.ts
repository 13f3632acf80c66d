import { schemesNamed } from "../../auth/mod.ts";
import { characterOf, createSurface } from "../../codec/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { createRfbServer, type RfbServer } from "../../endpoints/mod.ts";
import type { Transport } from "../../transports/transport.ts";
import type { CertificateAndKey } from "./certificate.ts";
import { changesSince, HEIGHT, LINE, type Moment, nothingReceived, paint, type Received, WIDTH } from "./picture.ts";

/** Milliseconds between two pictures. */
const INTERVAL = 50;

/** The demo's desktop. */
export interface Desktop {
  /** Serves one client, over VeNCrypt X509None and nothing else, until it leaves. */
  serve(transport: Transport): Promise<void>;
  close(): void;
}

/**
 * Starts a desktop that all its clients share.
 *
 * @param isStill nothing moves: a picture that is taken of it is of one moment
 */
export async function createDesktop(certificate: CertificateAndKey, isStill = false): Promise<Desktop> {
  const picture = createSurface(WIDTH, HEIGHT);
  const server = createRfbServer({ picture, name: "rfb-codec demo", compression: await nodeCompression() });
  const received = nothingReceived();
  let shown: Moment = { milliseconds: Date.now(), received: { ...received } };
  paint(picture, shown.milliseconds, received);
  const timer = setInterval(() => {
    if (isStill || server.clients.length === 0) return;
    const now: Moment = { milliseconds: Date.now(), received: { ...received } };
    paint(picture, now.milliseconds, received);
    for (const area of changesSince(shown, now)) server.damage(area);
    shown = now;
  }, INTERVAL);
  void take(server, received);
  return {
    serve: (transport) =>
      server.serve(transport, {
        authentication: { schemes: schemesNamed(["x509none"]), verifier: {} },
        tls: certificate,
      }),
    close() {
      clearInterval(timer);
      server.close();
    },
  };
}

async function take(server: RfbServer, received: Received): Promise<void> {
  for await (const event of server) {
    switch (event.type) {
      case "key": {
        const character = characterOf(event.keysym);
        received.key = `${character ?? `0x${event.keysym.toString(16)}`} ${event.isDown ? "down" : "up"}`;
        if (event.isDown && character !== undefined) received.typed = (received.typed + character).slice(-LINE);
        break;
      }
      case "pointer":
        received.pointerX = event.x;
        received.pointerY = event.y;
        received.buttonMask = event.buttonMask;
        break;
      case "clipboard":
        received.clipboard = event.text.replaceAll("\n", " ");
        server.setClipboard(event.text);
        break;
    }
  }
}
