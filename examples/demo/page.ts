import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { serveFolder } from "../../transports/node.ts";

/** Answers the viewer's page, and noVNC from its package under `/novnc/`. */
export function servePage(): (request: IncomingMessage, response: ServerResponse) => void {
  const page = serveFolder(fileURLToPath(new URL("page", import.meta.url)));
  // The package exports core/rfb.js and nothing else.
  const novnc = serveFolder(dirname(dirname(fileURLToPath(import.meta.resolve("@novnc/novnc")))));
  return (request, response) => {
    const { url = "" } = request;
    if (!url.startsWith(PREFIX)) return page(request, response);
    request.url = url.slice(PREFIX.length - 1);
    novnc(request, response);
  };
}

const PREFIX = "/novnc/";
