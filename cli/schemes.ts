/**
 * `rfb schemes`: what can stand behind `--auth` and `--client-auth`.
 *
 * @module
 */

import { Command } from "commander";
import { printableJson } from "./printable_json.ts";
import { schemeFacts, schemeTable } from "./scheme_table.ts";

/** The subcommand. */
export function schemesCommand(): Command {
  return new Command("schemes")
    .description("List the ways to pass security: what they run over, protect and need, and which of them work here.")
    .option("--json", "an array of objects instead of a table")
    .action(({ json }: { readonly json?: true }) => {
      process.stdout.write(`${json ? printableJson(schemeFacts()) : schemeTable()}\n`);
    });
}
