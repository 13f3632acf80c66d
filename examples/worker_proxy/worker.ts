// A Worker in front of VNC servers that demand VeNCrypt: it lets in who brings a token for one of them.

import { usableSchemes } from "rfb-codec/auth";
import { createSecurityProxy, viewOnly } from "rfb-codec/proxy";
import { acceptWebSocket, connectTcp } from "rfb-codec/workers";
import { checkToken, Refusal } from "./access.ts";
import { type Env, readSettings } from "./settings.ts";

export { Sessions } from "./sessions.ts";

export default {
  async fetch(request: Request, env: Env, ctx: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
    try {
      return await admit(request, env, ctx);
    } catch (error) {
      // What is wrong here is nothing to tell a peer.
      const [event, status] = error instanceof Refusal ? ["refused", error.status] : ["failed", 500];
      console.log(JSON.stringify({ event, status, reason: error instanceof Error ? error.message : String(error) }));
      return new Response(null, { status });
    }
  },
};

async function admit(request: Request, env: Env, ctx: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname !== "/websockify") throw new Refusal(404, "no such path");
  if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket")
    throw new Refusal(426, "no WebSocket is asked for");
  const settings = await readSettings(env);
  const grant = await checkToken(searchParams.get("token") ?? "", settings);
  const { credentials, maxSessions, sessions } = settings;

  const session = await sessions.getByName(grant.target).begin(grant, maxSessions);
  if (typeof session === "string") throw new Refusal(session === "spent" ? 401 : 429, session);
  const proxy = createSecurityProxy({
    dial: (signal) => connectTcp({ ...grant.address, signal }),
    authentication: {
      schemes: usableSchemes(["vencrypt"], {
        tlsKinds: ["x509"],
        credentials: Object.keys(credentials) as (keyof typeof credentials)[],
      }).schemes,
      credentials: () => credentials,
    },
    ...(grant.viewOnly && { policy: viewOnly }),
    log: (entry) => console.log(JSON.stringify({ ...entry, target: grant.target, token: grant.id })),
  });
  const peer = request.headers.get("CF-Connecting-IP") ?? undefined;
  const { response, transport } = acceptWebSocket(request, { peer });
  ctx.waitUntil(proxy.serve(transport).finally(() => session[Symbol.dispose]()));
  return response;
}
