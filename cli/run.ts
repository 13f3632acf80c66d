/**
 * Runs a command line: what is wrong with it is told on one line, and ends in 2.
 *
 * @module
 */

import { type Command, CommanderError } from "commander";
import { faultOfCommandLine } from "./fault.ts";
import { createLog } from "./log.ts";

/** Parses the process's arguments, and does what they say. */
export async function run(program: Command): Promise<void> {
  for (const command of [program, ...program.commands]) {
    // Told below, on one line.
    command.exitOverride().configureOutput({ outputError: () => {} });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.help") {
      process.exitCode = 2; // no command was given: it has shown the help instead
    } else if (error.exitCode !== 0) {
      const command = program.commands.find((one) => one.name() === process.argv[2]);
      const name = command === undefined ? program.name() : `${program.name()} ${command.name()}`;
      const { message, exitCode } = faultOfCommandLine(error, name);
      createLog("text")({ event: "fault", message });
      process.exitCode = exitCode;
    }
  }
}
