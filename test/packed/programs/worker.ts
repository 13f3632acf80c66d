// The installed package in a Worker: a proxy in front of a desktop.

// @ts-expect-error: a module of WebAssembly has no types of its own
import jpegModule from "@cornerstonejs/codec-libjpeg-turbo-8bit/wasm";
import { schemesNamed } from "rfb-codec/auth";
import { createSecurityProxy } from "rfb-codec/proxy";
import { acceptWebSocket, connectTcp, type Transport, type WorkersTcpOptions } from "rfb-codec/workers";
import { failsHere, NOWHERE } from "./foreign.ts";
import { useEverything, visit } from "./portable.ts";

export default {
  async fetch(request: Request, env: { readonly PORT: string }): Promise<Response> {
    const desktop: WorkersTcpOptions = { host: "127.0.0.1", port: Number(env.PORT) };
    const dial = (): Promise<Transport> => connectTcp(desktop);
    if (request.headers.get("Upgrade") === "websocket") {
      const { response, transport } = acceptWebSocket(request);
      void proxyTo(dial).serve(transport);
      return response;
    }
    try {
      await useEverything({ jpegModule });
      await visit(await dial());
      // @ts-expect-error: only Deno has its types
      await failsHere(async () => (await import("#deno")).connectTcp(NOWHERE));
      return new Response("passed");
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};

function proxyTo(dial: () => Promise<Transport>): { serve(transport: Transport): Promise<void> } {
  return createSecurityProxy({
    dial,
    authentication: { schemes: schemesNamed(["vncauth"]), credentials: () => ({ password: "secret" }) },
    log: () => {},
  });
}
