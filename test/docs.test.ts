// Whatever the package exports says what it is.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}deno.json`, "utf8")) as { exports: Record<string, string> };
const doors = Object.values(exports).map((path) => root + path.slice(2));

test("every export has a documentation comment", () => {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(doors, options);
  const checker = program.getTypeChecker();
  const bare = new Set<string>();
  for (const door of doors) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(door)!)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const said = symbol.getDocumentationComment(checker).length + symbol.getJsDocTags(checker).length;
      if (said === 0) bare.add(symbol.name);
    }
  }
  expect([...bare].sort()).toEqual([]);
}, 60_000);
