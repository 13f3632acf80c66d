import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { schemesNamed, type Verifier } from "../../auth/mod.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { admitClient } from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { hex, hexOf, join, latin1 } from "../codec/bytes.ts";
import { soon } from "../proxy/bed.ts";
import { fingerprintOf } from "./ra2_peer.ts";
import { jwkOf, keyOf } from "./rsa_keys.ts";

// noVNC is a client of RA2ne (6). It is run here as it comes, on a socket of its kind.

const KNOWN = { username: "jürgen", password: "pa ss €" };
const RSA_KEY = jwkOf(keyOf(2048));
const SERVER_INIT = { framebufferWidth: 1, framebufferHeight: 1, serverPixelFormat: RGBX8888, name: latin1("") };

/** noVNC's `RSAAESAuthenticationState`, as far as it is used. */
interface NovncState {
  addEventListener(type: string, listener: (event: CustomEvent) => void): void;
  approveServer(): void;
  checkInternalEvents(): void;
  negotiateRA2neAuthAsync(): Promise<void>;
}

type NovncStateClass = new (socket: NovncSocket, credentials: () => object) => NovncState;

beforeAll(() => {
  vi.stubGlobal("window", { crypto });
});
afterAll(() => {
  vi.unstubAllGlobals();
});

/** What noVNC calls its Websock: what has come in, and what is to go out. */
class NovncSocket {
  #held = new Uint8Array(0);
  #outgoing: Uint8Array[] = [];
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  received(chunk: Uint8Array): void {
    this.#held = Uint8Array.from(join([this.#held, chunk]));
  }

  /** Whether there is too little. */
  rQwait(_what: string, length: number): boolean {
    return this.#held.length < length;
  }

  rQpeekBytes(length: number): Uint8Array {
    return this.#held.slice(0, length);
  }

  rQshiftBytes(length: number): Uint8Array {
    if (this.#held.length < length) throw new Error("noVNC reads what has not come");
    const bytes = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return bytes;
  }

  rQshift16(): number {
    const [high, low] = this.rQshiftBytes(2);
    return 256 * high! + low!;
  }

  rQshift32(): number {
    return 65536 * this.rQshift16() + this.rQshift16();
  }

  sQpushBytes(bytes: Uint8Array): void {
    this.#outgoing.push(bytes);
  }

  flush(): void {
    void this.#transport.write(join(this.#outgoing.splice(0)));
  }
}

/** noVNC against our server: the key it showed, and the bytes of SecurityResult. */
async function passNovnc(verifier: Verifier, credentials: object) {
  const [near, far] = createMemoryPair();
  const authentication = { schemes: schemesNamed(["ra2ne"]), verifier: { ...verifier, rsaKey: RSA_KEY } };
  const admitting = admitClient(near, { authentication, serverInit: SERVER_INIT });
  admitting.catch(() => undefined);
  const path = new URL("../../node_modules/@novnc/novnc/core/ra2.js", import.meta.url).href;
  const { default: State } = (await import(path)) as { readonly default: NovncStateClass };
  const socket = new NovncSocket(far);
  const state = new State(socket, () => credentials);
  let shown: Uint8Array | undefined;
  state.addEventListener("serververification", ({ detail }) => {
    shown = detail.publickey;
    state.approveServer();
  });
  const asked = vi.fn();
  state.addEventListener("credentialsrequired", asked);

  await far.read(); // the version
  await far.write(latin1("RFB 003.008\n"));
  expect(hexOf((await far.read())!)).toBe("0106");
  await far.write(hex("06"));
  let over = false;
  const negotiating = state.negotiateRA2neAuthAsync().finally(() => {
    over = true;
  });
  negotiating.catch(() => undefined);
  while (!over) {
    const chunk = await Promise.race([far.read(), negotiating.then(() => undefined)]);
    if (chunk === undefined) break;
    socket.received(chunk);
    state.checkInternalEvents();
    await Promise.race([negotiating, new Promise((resolve) => setTimeout(resolve, 1))]);
  }
  await negotiating;
  expect(asked).not.toHaveBeenCalled();
  return { far, socket, admitting, shown: shown! };
}

describe("noVNC", { timeout: 30_000 }, () => {
  test.each([
    [
      "user and password",
      { verify: (user: string, word: string) => user === KNOWN.username && word === KNOWN.password },
    ],
    ["a password", { password: () => KNOWN.password }],
  ])("is let in by ra2ne that asks for %s", async (_what, verifier) => {
    const { far, admitting, shown } = await soon("passing", passNovnc(verifier, KNOWN), 20_000);
    expect(shown).toHaveLength(4 + 512);
    expect(hexOf(shown.subarray(0, 4))).toBe("00000800");
    expect(fingerprintOf(shown)).toMatch(/^..(-..){7}$/);
    await far.write(hex("01"));
    const server = await soon("admitted", admitting);
    expect(server.session.securityType).toBe(6);
  });

  test("is turned away with a wrong password", async () => {
    const { admitting } = await soon("passing", passNovnc({ verify: () => false }, KNOWN), 20_000);
    await expect(soon("refusal", admitting)).rejects.toMatchObject({ code: "authentication" });
  });
});
