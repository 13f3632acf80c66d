import { schemesNamed } from "../../../auth/mod.ts";
import { RfbError } from "../../../codec/errors.ts";
import { createSurface } from "../../../codec/surfaces.ts";
import { createRfbClient, createRfbServer, joinServer } from "../../../endpoints/mod.ts";
import { createMemoryPair } from "../../../transports/memory.ts";
import type { Transport } from "../../../transports/transport.ts";
import { cut, hex, join, latin1 } from "../../codec/bytes.ts";
import { expectAllocations } from "../allocations.ts";
import { cutsOf, mutated } from "../mutations.ts";
import { STORED } from "../pictures.ts";
import { seedsOf } from "../seeds.ts";
import { type Outcome, type Target, target } from "../target.ts";
import { madeUp, SMALL } from "./replays.ts";

interface EndpointCase {
  /** All that the peer says before it closes. */
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
}

const SCHEMES = schemesNamed(["none"]);
const DEADLINE = 10_000;

/** Both ends of a session, against a peer that says anything and then closes. */
export const endpointTargets: readonly Target[] = [
  target<EndpointCase>({
    name: "client-endpoint",
    usual: 100,
    make(random) {
      const { server } = madeUp(random);
      const bytes = mutated(random, server, server, random.oneIn(4) ? 0 : 4);
      return { bytes, cuts: cutsOf(random, bytes.length) };
    },
    check: (input) =>
      ending(input, async (transport) => {
        const credentials = () => ({});
        const connection = await joinServer(transport, {
          authentication: { schemes: SCHEMES, credentials },
          limits: SMALL,
        });
        const client = createRfbClient(connection, { compression: STORED, limits: SMALL });
        const shot = client.screenshot().catch(sound);
        await Promise.all([client.type("a"), client.pointer(3, 4, 1), client.setClipboard("b")]).catch(sound);
        try {
          for await (const event of client) if (event.type === "resize" && event.width === 0) break;
        } finally {
          await shot;
          await client.close();
        }
      }),
  }),
  target<EndpointCase>({
    name: "server-endpoint",
    usual: 100,
    make(random) {
      const said = Array.from(
        { length: random.below(6) },
        () => random.pick(seedsOf().messages.filter(({ from }) => from === "client")).bytes,
      );
      const stream = join([latin1("RFB 003.008\n"), hex("01"), hex("01"), ...said]);
      const bytes = mutated(random, stream, stream, random.oneIn(4) ? 0 : 4);
      return { bytes, cuts: cutsOf(random, bytes.length) };
    },
    check: (input) =>
      ending(input, async (transport) => {
        const server = createRfbServer({ picture: createSurface(20, 10), compression: STORED, limits: SMALL });
        const events = (async () => {
          for await (const event of server) if (event.type === "key") server.damage();
        })();
        try {
          await server.serve(transport, { authentication: { schemes: SCHEMES, verifier: {} } });
        } finally {
          server.close();
          await events;
        }
      }),
  }),
];

/** Runs one end while the other says its bytes, hears everything and closes: it ends too, in order or in an RfbError. */
async function ending({ bytes, cuts }: EndpointCase, run: (transport: Transport) => Promise<void>): Promise<Outcome> {
  const [near, far] = createMemoryPair();
  const peer = (async () => {
    const hearing = (async () => {
      while ((await far.read()) !== undefined);
    })();
    for (const piece of cut(bytes, ...cuts)) await far.write(piece);
    await far.closeWrite!();
    await hearing;
  })().catch(sound);
  let alarm: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    alarm = setTimeout(() => reject(new RangeError(`It has not ended after ${DEADLINE} milliseconds`)), DEADLINE);
  });
  try {
    await Promise.race([run(near), late]);
    expectAllocations(2 ** 22 + 64 * bytes.length);
    return "value";
  } catch (error) {
    return sound(error);
  } finally {
    clearTimeout(alarm);
    near.abort();
    await peer;
  }
}

/** The peer's fault, or a write to a peer that is gone. @throws whatever else it is */
function sound(error: unknown): Outcome {
  if (error instanceof RfbError) return error.code;
  if (error instanceof Error && error.message === "Cannot write: the connection is closed") return "truncated";
  throw error;
}
