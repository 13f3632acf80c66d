/**
 * `rfb user`: the line of a user for `rfb proxy --client-users`.
 *
 * @module
 */

import { Command } from "commander";
import { Fault, misuse } from "./fault.ts";
import { readSecret } from "./files.ts";
import { createLog } from "./log.ts";
import { terminalPrompt } from "./prompt.ts";
import { reportFaults } from "./report.ts";
import { lineOfUser } from "./users.ts";

/** The subcommand. */
export function userCommand(): Command {
  return new Command("user")
    .description("Print a user's line for the file of rfb proxy --client-users. It does not hold the password.")
    .argument("<name>", "the user's name")
    .option("--password-file <file>", "holds the password; a final line end does not count (or RFB_PASSWORD)")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, { passwordFile }: { readonly passwordFile?: string }) => {
      await reportFaults(
        createLog("text"),
        (setting) => setting,
        async () => {
          const line = lineOfUser(name, await passwordOf(passwordFile));
          process.stdout.write(`${await line.catch(refused)}\n`);
        },
      );
    });
}

/** A name or a password that no line can hold. */
function refused(error: unknown): never {
  throw error instanceof RangeError ? new Fault(2, error.message) : error;
}

async function passwordOf(file: string | undefined): Promise<string> {
  const given = file === undefined ? process.env.RFB_PASSWORD : readSecret("--password-file", file);
  if (given) return given;
  const prompt = file === undefined ? terminalPrompt() : undefined;
  if (prompt === undefined) throw misuse("--password-file", "it is missing or empty: give a password, or RFB_PASSWORD");
  const password = await prompt.ask("Password:", { hidden: true });
  if (password === "") throw new Fault(2, "Cannot use the password: it is empty");
  if ((await prompt.ask("Again:", { hidden: true })) === password) return password;
  throw new Fault(2, "Cannot use the password: the two differ");
}

const EXAMPLES = `
Examples:
  $ rfb user ada >> users
  $ rfb proxy --client-auth plain --client-users users --listen wss://0.0.0.0:443/websockify …`;
