#!/usr/bin/env node
/**
 * The `rfb` command.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { proxyCommand } from "./proxy.ts";
import { replayCommand } from "./replay.ts";
import { run } from "./run.ts";
import { schemesCommand } from "./schemes.ts";
import { snapshotCommand } from "./snapshot.ts";
import { userCommand } from "./user.ts";

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
for (const command of [proxyCommand(), snapshotCommand(), replayCommand(), schemesCommand(), userCommand()])
  program.addCommand(command);
await run(program);
