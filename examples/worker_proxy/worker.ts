// A Worker in front of VNC servers that demand VeNCrypt: it lets in who brings a token for one of them.

import { usableSchemes } from "rfb-codec/auth";
import { createSecurityProxy, parseTarget, viewOnly } from "rfb-codec/proxy";
import { acceptWebSocket, connectTcp } from "rfb-codec/workers";
import { type AccessSettings, checkToken, Refusal } from "./access.ts";
import type { Sessions } from "./sessions.ts";

export { Sessions } from "./sessions.ts";

export interface Env extends AccessSettings {
  /** How many sessions a server may have at a time: 10 when absent. */
  readonly MAX_SESSIONS?: string;
  /** What the servers ask for, the same of all of them. */
  readonly VNC_USERNAME?: string;
  readonly VNC_PASSWORD?: string;
  readonly SESSIONS: {
    getByName(name: string): Pick<Sessions, "begin">;
  };
}

export default {
  async fetch(request: Request, env: Env, ctx: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
    try {
      return await admit(request, env, ctx);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      console.log(JSON.stringify({ event: "refused", status: error.status, reason: error.message }));
      return new Response(null, { status: error.status });
    }
  },
};

async function admit(request: Request, env: Env, ctx: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname !== "/websockify") throw new Refusal(404, "no such path");
  if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket")
    throw new Refusal(426, "no WebSocket is asked for");
  const grant = await checkToken(searchParams.get("token") ?? "", env);
  const target = parseTarget(grant.target);
  if (target.type !== "tcp") throw new Refusal(403, "a Worker reaches no Unix sockets");

  const session = await env.SESSIONS.getByName(grant.target).begin(grant, Number(env.MAX_SESSIONS ?? 10));
  if (typeof session === "string") throw new Refusal(session === "spent" ? 401 : 429, session);
  const { VNC_USERNAME: username, VNC_PASSWORD: password } = env;
  // workerd has null for what is not set.
  const credentials = { ...(username != null && { username }), ...(password != null && { password }) };
  const proxy = createSecurityProxy({
    dial: (signal) => connectTcp({ ...target, signal }),
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
