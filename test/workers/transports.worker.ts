// Runs in workerd: opens a transport as the request says, and does with it what it is told over a WebSocket of its own.

import { acceptWebSocket, connectTcp, type Transport, type WorkersNetwork } from "rfb-codec/workers";

interface Env {
  readonly [network: string]: WorkersNetwork | undefined;
}

/** What {@link answer} is told, behind a number that its answer bears: 4 bytes. */
export const COMMANDS = ["read", "write", "closeWrite", "close", "abort"] as const;

export default {
  async fetch(request: Request, env: Env, ctx: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const get = (name: string): string | undefined => searchParams.get(name) ?? undefined;
    const control = Number(get("control"));
    if (pathname === "/websocket") {
      const { response, transport } = acceptWebSocket(request, {
        maxQueuedBytes: Number(get("maxQueuedBytes") ?? 2 ** 30),
      });
      ctx.waitUntil(obey(transport, control));
      return response;
    }
    const options = {
      host: get("host") ?? "localhost",
      port: Number(get("port")),
      handshakeTimeout: Number(get("handshakeTimeout") ?? 10_000),
      network: env[get("network") ?? ""],
    };
    try {
      const clear = await connectTcp(options);
      const transport = get("tls") === undefined ? clear : await clear.startTls!(JSON.parse(get("tls")!));
      if (pathname === "/once") {
        const said = new TextDecoder().decode(await transport.read());
        await transport.close();
        return Response.json({ said, tls: transport.tls, peer: transport.peer });
      }
      await obey(transport, control);
      return new Response();
    } catch (error) {
      return Response.json(told(error), { status: 500 });
    }
  },
};

/** Until whoever commands has left. */
async function obey(transport: Transport, port: number): Promise<void> {
  const control = new WebSocket(`ws://127.0.0.1:${port}/`);
  control.binaryType = "arraybuffer";
  await new Promise<void>((resolve) => {
    control.addEventListener("close", () => resolve());
    control.addEventListener("message", async ({ data }) => {
      const command = new Uint8Array(data as ArrayBuffer);
      control.send(await answer(transport, command));
    });
  });
  transport.abort();
}

async function answer(transport: Transport, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const [status, body] = await outcome(transport, bytes).catch((error) => {
    return [2, new TextEncoder().encode(JSON.stringify(told(error)))] as const;
  });
  const reply = new Uint8Array(5 + body.length);
  reply.set(bytes.subarray(0, 4));
  reply[4] = status;
  reply.set(body, 5);
  return reply;
}

async function outcome(transport: Transport, bytes: Uint8Array): Promise<readonly [0 | 1, Uint8Array]> {
  switch (COMMANDS[bytes[4]!]) {
    case "read": {
      const chunk = await transport.read();
      return chunk === undefined ? NOTHING : [1, chunk];
    }
    case "write":
      await transport.write(bytes.subarray(5));
      return NOTHING;
    case "closeWrite":
      await transport.closeWrite!();
      return NOTHING;
    case "close":
      await transport.close();
      return NOTHING;
    default:
      transport.abort();
      return NOTHING;
  }
}

const NOTHING = [0, new Uint8Array(0)] as const;

function told(error: unknown): object {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  return { name, message, code };
}
