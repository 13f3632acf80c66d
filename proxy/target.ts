/** Where a VNC server listens. */
export type Target =
  | { readonly type: "tcp"; readonly host: string; readonly port: number }
  | { readonly type: "unix"; readonly path: string };

/**
 * Reads `HOST:PORT`, `HOST:DISPLAY`, `HOST::PORT` or `unix:PATH`, as VNC viewers do: a number under 100 is a display, and
 * stands for port 5900 + display; after `::` it is a port whatever it is. An IPv6 address goes in brackets.
 *
 *     parseTarget("vm.example:1");    // { type: "tcp", host: "vm.example", port: 5901 }
 *     parseTarget("[::1]:5900");      // { type: "tcp", host: "::1", port: 5900 }
 *
 * @throws {RangeError} anything else
 */
export function parseTarget(text: string): Target {
  if (text.startsWith("unix:") && text.length > 5) return { type: "unix", path: text.slice(5) };
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(::?)(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const number = Number(match?.[4]);
  const port = match?.[3] === ":" && number < 100 ? 5900 + number : number;
  if (host === undefined || port < 1 || port > 65535) {
    throw new RangeError(`Cannot read the target "${text}": write HOST:PORT, HOST:DISPLAY, HOST::PORT or unix:PATH`);
  }
  return { type: "tcp", host, port };
}
