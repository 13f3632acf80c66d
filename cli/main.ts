#!/usr/bin/env node
/**
 * The `rfb` command.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { faultOfCommandLine } from "./fault.ts";
import { createLog } from "./log.ts";
import { proxyCommand } from "./proxy.ts";
import { snapshotCommand } from "./snapshot.ts";

/** The package's own: the sources and what is built of them lie at different depths under its package.json. */
function version(): string {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const file = new URL("package.json", folder);
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    if (folder.pathname === "/") return "unknown";
  }
}

// Whoever reads us may stop when it has enough: head, a pager.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    if (stream === process.stdout) process.exit(process.exitCode ?? 0);
  });
}

const program = new Command("rfb")
  .description("Tools for RFB, the protocol of VNC.")
  .version(version(), "-V, --version", "print the version")
  .addHelpText("after", "\nrfb COMMAND --help tells more, with examples.");
for (const command of [proxyCommand(), snapshotCommand()]) program.addCommand(command);
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
    const { message, exitCode } = faultOfCommandLine(error, command === undefined ? "rfb" : `rfb ${command.name()}`);
    createLog("text")({ event: "fault", message });
    process.exitCode = exitCode;
  }
}
