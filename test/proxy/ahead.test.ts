import { describe, expect, test } from "vitest";
import { hex, hexOf, join } from "../codec/bytes.ts";
import { bed, only, soon } from "./bed.ts";
import { OK, SERVERS, subtypes, turnedAway, types, V38 } from "./bytes.ts";
import { hears, play, says } from "./peer.ts";

/** All that a server says in clear on the way to TLS, which it can say without being asked. */
const CLEAR = [hex("0002"), hex("00"), subtypes(260), hex("01")];

describe("A server that speaks ahead of its turn", () => {
  test.each([
    ["with its list", [V38, types(19), ...CLEAR]],
    ["with its list, and says a byte of what should come through TLS", [V38, types(19), ...CLEAR, hex("00")]],
    ["with its list, and says all that should come through TLS", [V38, types(19), ...CLEAR, OK, hex("02800200")]],
  ])("%s, is not taken to be secure", async (_what, bytes) => {
    for (const chunk of [undefined, 1]) {
      const scene = bed({ schemes: ["x509none"], server: { chunk } });
      await scene.server.send(...bytes);
      await scene.client.send(V38);
      await soon("offer", scene.client.hear(V38, hex("0101")));
      await scene.client.send(hex("01"));
      // With bytes one by one nothing may be left to refuse, and then it is TLS that it has to get through.
      void scene.server.take(100).then(() => {});
      setTimeout(() => void scene.server.close(), 50);
      const heard = await soon("client", scene.client.rest());
      expect(hexOf(heard)).toBe(hexOf(turnedAway("3.8", "after its choice")));
      await soon("serve", scene.served);
      expect(only(scene.log)).toMatchObject({
        event: "failed",
        stage: "server security",
        reason: expect.stringMatching(/^Cannot start TLS/),
      });
      expect(scene.open()).toStrictEqual([]);
    }
  });

  test("between the list and the choice is refused before it gets to TLS", async () => {
    const scene = bed({ schemes: ["x509none"] });
    await scene.client.send(V38);
    await soon("server", play(scene.server, [says(V38), hears(V38), says(types(19))]));
    await soon("offer", scene.client.hear(V38, hex("0101")));
    await scene.server.send(join([...CLEAR, OK]));
    await scene.client.send(hex("01"));
    expect(hexOf(await soon("client", scene.client.rest()))).toBe(hexOf(turnedAway("3.8", "after its choice")));
    await soon("serve", scene.served);
    expect(only(scene.log).reason).toMatch(/in clear/);
  });
});

test("What a client sent in advance is not sent on before the server has let the proxy in", async () => {
  for (const server of SERVERS) {
    const scene = bed({ schemes: [server.scheme] });
    const marked = hex("a1a2a3a4a5a6a7a8");
    await scene.client.send(V38, hex("01"), marked, marked);
    const script = [...server.before, ...server.after];
    // Each hears() is exact: a byte of the client's among the proxy's would fail it.
    const lastSay = script.findLastIndex(({ type }) => type === "send");
    await soon("server", play(scene.server, script.slice(0, lastSay)));
    await soon("server", play(scene.server, script.slice(lastSay)));
    await soon("relay", scene.server.hear(marked, marked));
    scene.client.abort();
    await soon("serve", scene.served);
  }
});
