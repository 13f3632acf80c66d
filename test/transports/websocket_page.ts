/**
 * Transports of a browser, worked from outside: what a test's page runs.
 *
 * @module
 */

import {
  connectWebSocket,
  connectWebSocketStream,
  type FromDataChannelOptions,
  fromDataChannel,
  type Transport,
} from "../../transports/websocket.ts";

/** A result, or what was thrown, as far as it can leave the page. */
export type Outcome =
  | { readonly value: string | null }
  | { readonly error: { readonly name: string; readonly message: string; readonly code?: string } };

const transports: Transport[] = [];

/** What the page offers. */
const page = {
  async connect(url: string, by: "WebSocket" | "WebSocketStream"): Promise<number> {
    const connect = by === "WebSocket" ? connectWebSocket : connectWebSocketStream;
    return transports.push(await connect(url)) - 1;
  },

  /** Both ends of a data channel between two connections of this page. */
  async connectPair(options: FromDataChannelOptions = {}): Promise<readonly [number, number]> {
    const { a, b, near, far } = await channels();
    const maxMessageSize = a.sctp?.maxMessageSize ?? 65536;
    // The connections live as long as their channels are used.
    const keep = (channel: RTCDataChannel): Transport =>
      Object.assign(fromDataChannel(channel, { maxMessageSize, ...options }), { a, b });
    return [transports.push(keep(near)) - 1, transports.push(keep(far)) - 1];
  },

  async read(id: number): Promise<Outcome> {
    return outcomeOf(async () => {
      const bytes = await transports[id]!.read();
      return bytes === undefined ? null : base64Of(bytes);
    });
  },

  async write(id: number, base64: string): Promise<Outcome> {
    return outcomeOf(async () => {
      await transports[id]!.write(bytesOf(base64));
      return null;
    });
  },

  async close(id: number): Promise<void> {
    await transports[id]!.close();
  },

  abort(id: number): void {
    transports[id]!.abort();
  },
};

export type TransportsPage = typeof page;

Object.assign(globalThis, { page });

async function channels(): Promise<{
  readonly a: RTCPeerConnection;
  readonly b: RTCPeerConnection;
  readonly near: RTCDataChannel;
  readonly far: RTCDataChannel;
}> {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.addEventListener("icecandidate", ({ candidate }) => void b.addIceCandidate(candidate ?? undefined));
  b.addEventListener("icecandidate", ({ candidate }) => void a.addIceCandidate(candidate ?? undefined));
  const near = a.createDataChannel("rfb");
  const opened = new Promise((resolve) => near.addEventListener("open", resolve));
  const arrived = new Promise<RTCDataChannel>((resolve) =>
    b.addEventListener("datachannel", ({ channel }) => resolve(channel)),
  );
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription!);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription!);
  const [far] = await Promise.all([arrived, opened]);
  return { a, b, near, far };
}

async function outcomeOf(work: () => Promise<string | null>): Promise<Outcome> {
  try {
    return { value: await work() };
  } catch (error) {
    const { name, message, code } = error as Error & { readonly code?: unknown };
    return { error: { name, message, ...(typeof code === "string" && { code }) } };
  }
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
