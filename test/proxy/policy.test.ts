// What a client may send, once it is in.

import { expect, test } from "vitest";
import { type ClientPolicy, viewOnly } from "../../proxy/mod.ts";
import { be32, hex, join } from "../codec/bytes.ts";
import { bed, only, soon } from "./bed.ts";
import { CLIENTS, SERVERS, u32s } from "./bytes.ts";
import { play } from "./peer.ts";

// RFC 6143 §7.5 and rfbproto, by hand.
const NONE = SERVERS.find(({ name }) => name === "None in 3.8")!;
const ALONE = hex("00");
const SHARED = hex("01");
const SET_PIXEL_FORMAT = hex("00000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000".replaceAll(" ", ""));
const SET_ENCODINGS = join([hex("02000002"), u32s(0, 0xffffff21)]);
const UPDATE_REQUEST = hex("03010000000000100010");
const KEY = hex("0401000000000061");
const POINTER = hex("058100010002");
const CUT_TEXT = join([hex("06000000"), be32(3), hex("616263")]);
const EXTENDED_CUT_TEXT = join([hex("06000000"), be32(-4 >>> 0), hex("02000001")]);
const SET_DESKTOP_SIZE = hex("fb00000a000a0000");
const QEMU_KEY = hex("ff000001000000610000001e");
const CONTINUOUS_UPDATES = hex("96010000000000100010");
const FENCE = hex("f80000000000000003010203");
const XVP = hex("fa000102");

async function forwarded(
  policy: ClientPolicy,
  said: readonly Uint8Array[],
  heard: readonly Uint8Array[],
  client: { readonly chunk?: number } = {},
): Promise<void> {
  const { client: near, server: far, served } = bed({ policy, client });
  const playing = play(near, CLIENTS["3.8"]);
  await soon("security", Promise.all([play(far, [...NONE.before, ...NONE.after]), playing]));
  for (const bytes of said) await near.send(bytes);
  await near.close();
  await soon("what passes", far.hear(...heard));
  expect((await soon("the end", far.rest())).length).toBe(0);
  await soon("the proxy", served);
}

test.each([{}, { chunk: 1 }])("who may only look sends what makes a picture, and nothing else: %o", async (client) => {
  const passes = [SET_PIXEL_FORMAT, SET_ENCODINGS, UPDATE_REQUEST, CONTINUOUS_UPDATES, FENCE];
  const drops = [KEY, POINTER, CUT_TEXT, SET_DESKTOP_SIZE, QEMU_KEY, XVP];
  const mixed = passes.flatMap((bytes) => [...drops, bytes]);
  await forwarded(viewOnly, [ALONE, ...mixed, ...drops], [SHARED, ...passes], client);
});

test("who may only look sends no clipboard of the extended kind either", async () => {
  const asks = join([hex("02000001"), u32s(0xc0a1e5ce)]);
  await forwarded(viewOnly, [SHARED, asks, EXTENDED_CUT_TEXT, UPDATE_REQUEST], [SHARED, asks, UPDATE_REQUEST]);
});

test("nobody agrees on longer pointer events past a policy, which could not tell them from what comes next", async () => {
  const asks = join([hex("02000003"), u32s(0, -316 >>> 0, 16)]);
  const everything: ClientPolicy = (message) => message;
  await forwarded(everything, [SHARED, asks, POINTER, KEY], [SHARED, hex("02000002"), u32s(0, 16), POINTER, KEY]);
});

test("a policy puts one message in another's place", async () => {
  const noKeys: ClientPolicy = (message) => (message.type === "keyEvent" ? { ...message, key: 0x62 } : message);
  await forwarded(noKeys, [SHARED, KEY, CUT_TEXT], [SHARED, hex("0401000000000062"), CUT_TEXT]);
});

test("a cut text above the limit passes by, and what follows is told apart", async () => {
  const long = join([hex("06000000"), be32(3_000_000), new Uint8Array(3_000_000).fill(4)]);
  const everything: ClientPolicy = (message) => message;
  await forwarded(everything, [SHARED, long, KEY], [SHARED, KEY]);
});

test("a client whose messages cannot be told apart is cut off", async () => {
  const { client, server, served, log } = bed({ policy: viewOnly });
  await soon("security", Promise.all([play(server, [...NONE.before, ...NONE.after]), play(client, CLIENTS["3.8"])]));
  log.length = 0;
  await client.send(join([SHARED, UPDATE_REQUEST]));
  await soon("what passes", server.hear(SHARED, UPDATE_REQUEST));
  await client.send(hex("6f00"));
  await soon("the proxy", served);
  expect(only(log)).toMatchObject({ event: "closed", reason: expect.stringMatching(/client broke off.*type 111/) });
});
