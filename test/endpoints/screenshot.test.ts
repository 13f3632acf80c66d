import { describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { createRfbClient, joinServer } from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import { be16, hex, join } from "../codec/bytes.ts";
import { soon } from "../proxy/bed.ts";
import { OK, types, u32s, V38 } from "../proxy/bytes.ts";
import { hears, type Peer, peerOver, play, says } from "../proxy/peer.ts";

/** ServerInit of so many pixels, RFC 6143 §7.3.2, in a native format that nobody asked for: 16 bits, big-endian. */
function serverInit(width: number, height: number): Uint8Array {
  return join([be16(width), be16(height), hex("10 10 01 01 001f 003f 001f 0b 05 00 000000 00000000")]);
}

/** FramebufferUpdateRequest, RFC 6143 §7.5.3, of the whole. */
function request(incremental: number, width: number, height: number): Uint8Array {
  return join([Uint8Array.of(3, incremental), be16(0), be16(0), be16(width), be16(height)]);
}

/** FramebufferUpdate, RFC 6143 §7.6.1. */
function update(...rectangles: readonly Uint8Array[]): Uint8Array {
  return join([hex("0000"), be16(rectangles.length), ...rectangles]);
}

/** One rectangle, RFC 6143 §7.6.1; Raw unless told otherwise. */
function rectangle(x: number, y: number, width: number, height: number, payload: Uint8Array, encoding = 0): Uint8Array {
  return join([be16(x), be16(y), be16(width), be16(height), u32s(encoding >>> 0), payload]);
}

/** Pixels of 4 bytes, R first: the format that is asked for. */
function pixels(...colours: readonly string[]): Uint8Array {
  return hex(colours.map((colour) => `${colour}00`).join(""));
}

// SetPixelFormat: 32 bits, depth 24, little-endian, true colour, R at bit 0. SetEncodings: Raw, Cursor, PointerPos,
// DesktopSize, ExtendedDesktopSize, DesktopName, LastRect, Fence, ContinuousUpdates, QEMU keys and lamps, mouse buttons.
const WISHES = [
  hears(hex("00 000000 20 18 00 01 00ff 00ff 00ff 00 08 10 000000")),
  hears(
    hex(
      "02 00 000c 00000000 ffffff11 ffffff18 ffffff21 fffffecc fffffecd ffffff20 fffffec8 fffffec7 fffffefe fffffefb fffffec4",
    ),
  ),
];
const DESKTOP_SIZE = -223;
const LAST_RECT = -224;

async function shoot(width: number, height: number, chunk: number | undefined, act: (peer: Peer) => Promise<void>) {
  const [near, far] = createMemoryPair({ chunk });
  const peer = peerOver(far);
  const authentication = { schemes: schemesNamed(["none"]), credentials: () => ({}) };
  const joining = joinServer(near, { authentication });
  await play(peer, [says(V38), hears(V38), says(types(1)), hears(hex("01")), says(OK), hears(hex("01"))]);
  await peer.send(serverInit(width, height));
  const shooting = joining.then((connection) => createRfbClient(connection, { encodingTypes: [0] }).screenshot());
  shooting.catch(() => {});
  await soon("wishes", play(peer, WISHES));
  await act(peer);
  return await soon("picture", shooting);
}

const A = "112233";
const B = "445566";
const C = "778899";
const D = "aabbcc";

function rgba(...colours: readonly string[]): Uint8Array {
  return hex(colours.map((colour) => `${colour}ff`).join(""));
}

describe.each([undefined, 1, 7])("A screenshot, %s bytes at a time", (chunk) => {
  test("is there with one update that has it all", async () => {
    const picture = await shoot(2, 2, chunk, async (peer) => {
      await peer.hear(request(0, 2, 2));
      await peer.send(update(rectangle(0, 0, 2, 2, pixels(A, B, C, D))));
    });
    expect([picture.width, picture.height]).toStrictEqual([2, 2]);
    expect(picture.data).toStrictEqual(rgba(A, B, C, D));
  });

  test("is asked for again, in increments, until all of it is there", async () => {
    const picture = await shoot(2, 2, chunk, async (peer) => {
      await peer.hear(request(0, 2, 2));
      await peer.send(update());
      await peer.hear(request(1, 2, 2));
      await peer.send(update(rectangle(0, 1, 2, 1, pixels(C, D))));
      await peer.hear(request(1, 2, 2));
      await peer.send(update(rectangle(0, 0, 1, 1, pixels(A)), rectangle(1, 0, 1, 1, pixels(B))));
    });
    expect(picture.data).toStrictEqual(rgba(A, B, C, D));
  });

  test("passes other messages over", async () => {
    const picture = await shoot(1, 1, chunk, async (peer) => {
      await peer.hear(request(0, 1, 1));
      await peer.send(hex("02"), hex("03 000000 00000002 6869"));
      await peer.send(update(rectangle(0, 0, 1, 1, pixels(B))));
    });
    expect(picture.data).toStrictEqual(rgba(B));
  });

  test("is of the size that the desktop has come to, and all of it", async () => {
    const picture = await shoot(1, 1, chunk, async (peer) => {
      await peer.hear(request(0, 1, 1));
      await peer.send(update(rectangle(0, 0, 2, 1, new Uint8Array(0), DESKTOP_SIZE)));
      await peer.hear(request(0, 2, 1));
      await peer.hear(request(1, 2, 1));
      await peer.send(update(rectangle(0, 0, 2, 1, pixels(C, D))));
    });
    expect([picture.width, picture.height]).toStrictEqual([2, 1]);
    expect(picture.data).toStrictEqual(rgba(C, D));
  });

  test("ends an update at its LastRect", async () => {
    const picture = await shoot(1, 1, chunk, async (peer) => {
      await peer.hear(request(0, 1, 1));
      await peer.send(
        join([hex("0000 ffff"), rectangle(0, 0, 1, 1, pixels(A)), rectangle(0, 0, 0, 0, new Uint8Array(0), LAST_RECT)]),
      );
    });
    expect(picture.data).toStrictEqual(rgba(A));
  });

  test.each([0, 4, 16, 19])("is cut short by a server that closes %i bytes into it", async (bytes) => {
    const shooting = shoot(1, 1, chunk, async (peer) => {
      await peer.hear(request(0, 1, 1));
      await peer.send(update(rectangle(0, 0, 1, 1, pixels(A))).slice(0, bytes));
      await peer.close();
    });
    await expect(shooting).rejects.toMatchObject({ name: "RfbError", code: "truncated" });
  });

  test("is refused where the server sends what nobody can read", async () => {
    const shooting = shoot(1, 1, chunk, async (peer) => {
      await peer.hear(request(0, 1, 1));
      await peer.send(update(rectangle(0, 0, 1, 1, hex("00000000"), 22)));
    });
    await expect(shooting).rejects.toMatchObject({ name: "RfbError", code: "unknownType" });
  });
});

test("A screenshot of a desktop of no pixels is empty", async () => {
  const picture = await shoot(0, 0, undefined, async (peer) => {
    await peer.hear(request(0, 0, 0));
    await peer.send(update());
  });
  expect(picture.data).toHaveLength(0);
});

test("A screenshot has pixels counted by place, not by number: a server that repeats one half has not sent the other", async () => {
  const picture = await shoot(2, 1, undefined, async (peer) => {
    await peer.hear(request(0, 2, 1));
    await peer.send(update(rectangle(0, 0, 1, 1, pixels(D)), rectangle(0, 0, 1, 1, pixels(A))));
    await soon("second request", peer.hear(request(1, 2, 1)), 500);
    await peer.send(update(rectangle(1, 0, 1, 1, pixels(B))));
  });
  expect(picture.data).toStrictEqual(rgba(A, B));
});

test("A screenshot is not done by a LastRect, whatever place and size that claims", async () => {
  const picture = await shoot(1, 1, undefined, async (peer) => {
    await peer.hear(request(0, 1, 1));
    await peer.send(update(rectangle(0, 0, 65535, 65535, hex(""), -224)));
    await soon("second request", peer.hear(request(1, 1, 1)), 500);
    await peer.send(update(rectangle(0, 0, 1, 1, pixels(A)), rectangle(0, 0, 1, 1, hex(""), -224)));
  });
  expect(picture.data).toStrictEqual(rgba(A));
});

test("A screenshot has pixels that CopyRect has moved only where they had come", async () => {
  const picture = await shoot(3, 1, undefined, async (peer) => {
    await peer.hear(request(0, 3, 1));
    // The middle pixel moves to the left, and then what has never come to the middle.
    await peer.send(
      update(
        rectangle(1, 0, 1, 1, pixels(A)),
        rectangle(0, 0, 1, 1, hex("0001 0000"), 1),
        rectangle(1, 0, 1, 1, hex("0002 0000"), 1),
      ),
    );
    await soon("second request", peer.hear(request(1, 3, 1)), 500);
    await peer.send(update(rectangle(1, 0, 2, 1, pixels(B, C))));
  });
  expect(picture.data).toStrictEqual(rgba(A, B, C));
});

test("A screenshot is given up where a server cannot settle on a size", async () => {
  const sizes = Array.from({ length: 20 }, (_, i) => rectangle(0, 0, 100 + i, 100, hex(""), DESKTOP_SIZE));
  const shooting = shoot(1, 1, undefined, async (peer) => {
    await peer.hear(request(0, 1, 1));
    await peer.send(update(...sizes));
  });
  await expect(shooting).rejects.toMatchObject({ code: "unexpected", reason: "9 changes of the size" });
});
