// A VNC server's screen as a PNG, and a line of text typed there, by Deno with no more permissions than that takes:
//
//     RFB_PASSWORD=secret deno run --allow-net=vm.example:5900 --allow-read=ca.pem --allow-write=screen.png \
//       --allow-env=RFB_PASSWORD examples/deno_screenshot.ts vm.example:5900 --ca ca.pem --output screen.png --type hello
//
// Without --allow-env a password is not looked for. Nothing that --auth does not name is used: what is named here by
// itself has TLS, and a server's certificate made out to the host.

import { parseArgs } from "node:util";
import { schemesNamed } from "rfb-codec/auth";
import { createPngEncoder, portableCompression } from "rfb-codec/compression";
import { connectTcp } from "rfb-codec/deno";
import { createRfbClient, joinServer } from "rfb-codec/endpoints";
import { parseTarget } from "rfb-codec/proxy";

const { positionals, values } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    output: { type: "string", default: "screen.png" },
    ca: { type: "string" },
    auth: { type: "string", default: "x509plain,x509vnc,x509none" },
    username: { type: "string" },
    type: { type: "string" },
  },
});
const target = parseTarget(positionals[0] ?? "");
if (target.type !== "tcp") throw new TypeError("The certificate is compared with a host: HOST:PORT");

const mayAsk = (await Deno.permissions.query({ name: "env", variable: "RFB_PASSWORD" })).state === "granted";
const password = mayAsk ? Deno.env.get("RFB_PASSWORD") : undefined;
const { username } = values;

// A server that says nothing is not waited for.
const signal = AbortSignal.timeout(10_000);
const transport = await connectTcp({ host: target.host, port: target.port, signal });
const connection = await joinServer(transport, {
  signal,
  authentication: {
    schemes: schemesNamed(values.auth.split(",")),
    credentials: () => ({ ...(username !== undefined && { username }), ...(password !== undefined && { password }) }),
  },
  tls: values.ca === undefined ? {} : { ca: await Deno.readTextFile(values.ca) },
});
const client = createRfbClient(connection, { compression: await portableCompression({ jpegModule: false }) });

const picture = await client.screenshot();
await Deno.writeFile(values.output, createPngEncoder(6)(picture));
console.log(`${client.name}: ${picture.width}x${picture.height}, in ${values.output}`);

if (values.type !== undefined) await client.type(`${values.type}\n`);
await client.close();
