/**
 * The part of a peer's address that one customer of a network has to themselves: of IPv4 all of it, of IPv6 the first 64
 * bits, as whoever has one address there has them all. `peer` is `192.0.2.7:40312` or `[2001:db8::7]:40312`; of what is
 * neither, all but the port.
 */
export function networkOf(peer = ""): string {
  const host = peer.replace(/:\d+$/, "");
  const bare = host.replace(/^\[|%.*|\]$/g, "");
  if (!bare.includes(":") || !URL.canParse(`http://[${bare}]`)) return host;
  // The URL parser writes every address in one way.
  const [head = "", tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
  const mapped = /^0,0,0,0,0,ffff,(.*),(.*)$/.exec(groups.join());
  if (mapped === null) return `${groups.slice(0, 4).join(":")}::/64`;
  return mapped
    .slice(1)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((pair) => [pair >> 8, pair & 0xff])
    .join(".");
}

/** How many are at something, by {@link networkOf} their peer. */
export function countByNetwork(): {
  of(peer: string | undefined): number;
  /** Answers with what ends it; ending it again changes nothing. */
  begin(peer: string | undefined): () => void;
} {
  const counts = new Map<string, number>();
  return {
    of: (peer) => counts.get(networkOf(peer)) ?? 0,
    begin(peer) {
      const network = networkOf(peer);
      counts.set(network, (counts.get(network) ?? 0) + 1);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        const left = counts.get(network)! - 1;
        if (left === 0) counts.delete(network);
        else counts.set(network, left);
      };
    },
  };
}
