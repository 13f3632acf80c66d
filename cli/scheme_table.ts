/**
 * What there is to say of schemes, from the registry.
 *
 * @module
 */

import { SCHEMES, type Scheme, whyUnavailable } from "../auth/mod.ts";
import { namesOfSecurityPath } from "../codec/names.ts";
import { NODE_TLS_KINDS } from "../transports/node.ts";

/** A scheme, for people and for programs. */
export interface SchemeFacts {
  readonly name: string;
  readonly path: readonly { readonly number: number; readonly name: string }[];
  /** What it runs over. */
  readonly over: "TLS with a certificate" | "anonymous TLS" | "the server's key" | "nothing";
  readonly protects: Scheme["protects"];
  readonly legacy: boolean;
  readonly needs: readonly string[];
  /** Why this machine cannot use it, whatever is given; null where it can. */
  readonly unavailable: string | null;
}

/** All of them. */
export function schemeFacts(): readonly SchemeFacts[] {
  return SCHEMES.map((scheme) => {
    const { name, path, protects, legacy, needs } = scheme;
    const names = namesOfSecurityPath(path);
    return {
      name,
      path: path.map((number, i) => ({ number, name: names[i]!.replace(/ \(\d+\)$/, "") })),
      over: overOf(scheme),
      protects,
      legacy,
      needs,
      unavailable: whyUnavailable(scheme, { tlsKinds: NODE_TLS_KINDS, credentials: needs }) ?? null,
    };
  });
}

/** The facts in columns. */
export function schemeTable(): string {
  const rows = schemeFacts().map(({ name, path, over, protects, legacy, needs, unavailable }) => [
    name,
    path.map((step) => `${step.name} ${step.number}`).join(", "),
    over,
    protects,
    legacy ? "yes" : "no",
    needs.join(", ") || "nothing",
    unavailable ?? "yes",
  ]);
  const table = [["name", "security types", "over", "protects", "legacy", "needs", "available here"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The names, below the flags of a subcommand, by what somebody on the way can do. */
export function schemeHelp(): string {
  const groups: readonly (readonly [string, (scheme: Scheme) => boolean])[] = [
    ["TLS with a certificate", ({ tls }) => tls === "x509"],
    ["a key that the server shows (--server-key, --known-hosts)", ({ showsKey }) => showsKey === true],
    ["TLS without certificates, which anybody can stand in the middle of", ({ tls }) => tls === "anonymous"],
    ["no TLS; the password does not go over the wire as it is", ({ protects }) => protects === "password"],
    ["no TLS, and nothing is protected", () => true],
  ];
  let rest: readonly Scheme[] = SCHEMES;
  const lines = groups.flatMap(([title, isIn]) => {
    const names = rest.filter(isIn).map(({ name }) => name);
    rest = rest.filter((scheme) => !isIn(scheme));
    return names.length === 0 ? [] : [`  ${title}:`, ...wrapped(names)];
  });
  return [
    "",
    "Schemes (rfb schemes tells more):",
    ...lines,
    "  every x509 scheme of VeNCrypt that the credentials allow:",
    "    vencrypt",
  ].join("\n");
}

function overOf({ tls, showsKey }: Scheme): SchemeFacts["over"] {
  if (tls !== undefined) return tls === "x509" ? "TLS with a certificate" : "anonymous TLS";
  return showsKey ? "the server's key" : "nothing";
}

function wrapped(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 100) lines[lines.length - 1] = `${last} ${name}`;
    else lines.push(`    ${name}`);
  }
  return lines;
}
