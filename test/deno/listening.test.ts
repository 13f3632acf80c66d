// What every listener owes its callers, by Deno's own; and what is Deno's alone.

import { expect, it } from "vitest";
import type { Transport } from "../../transports/transport.ts";
import { describeSockets, describeWebSocketServer } from "../transports/listening.ts";
import { underDeno } from "./run.ts";

await underDeno(import.meta.url, async () => {
  const deno = await import("../../transports/deno.ts");
  const { listening } = await import("../../transports/deno_listen.ts");
  describeSockets("Deno's sockets", deno);
  describeWebSocketServer("Deno's WebSocket server", deno, ["maxQueuedBytes"]);

  /** What accepting gives, one after the other; once there is no more, the end. */
  function taken(results: readonly (Deno.TcpConn | Error)[]): Promise<number> {
    const began = performance.now();
    const left = [...results];
    return new Promise((resolve) => {
      const listener = {
        addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
        async accept() {
          const result = left.shift();
          if (result === undefined) return new Promise(() => {});
          if (result instanceof Error) throw result;
          return result;
        },
      };
      listening(listener as unknown as Deno.TcpListener, () => resolve(performance.now() - began));
    });
  }

  it("clients that have gone before they were accepted cost the next one nothing, and other faults a rest", async () => {
    const { NotConnected, ConnectionAborted, ConnectionReset } = Deno.errors;
    const conn = {} as Deno.TcpConn;
    const gone = [NotConnected, ConnectionAborted, ConnectionReset].map((Fault) => new Fault("gone"));
    const many = Array.from({ length: 100 }, () => gone).flat();
    expect(await taken([...many, conn])).toBeLessThan(2000); // 15 s, if each of them had a rest
    const full = new Error("Too many open files (os error 24)");
    expect(await taken([full, full, conn])).toBeGreaterThan(80);
  });

  it("clients that reset their connections keep nobody waiting", async () => {
    const transports: Transport[] = [];
    let wake = (): void => {};
    const { port, close } = await deno.listenTcp({
      onConnection(transport) {
        transports.push(transport);
        wake();
      },
    });
    const { connect } = await import("node:net");
    for (let i = 0; i < 200; i++) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.resetAndDestroy());
        socket.on("error", () => {}).once("close", () => resolve());
      });
    }
    const last = await deno.connectTcp({ host: "127.0.0.1", port });
    await last.write(Uint8Array.of(7));
    let bytes: Uint8Array | undefined;
    for (let at = 0; bytes?.[0] !== 7; at++) {
      while (transports.length <= at) await new Promise<void>((resolve) => (wake = resolve));
      bytes = await transports[at]!.read().catch(() => undefined);
    }
    for (const transport of [...transports, last]) transport.abort();
    await close();
  }, 8000); // 10 s, if each of them cost its rest
});
