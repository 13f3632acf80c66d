import { faultOf } from "./fault.ts";
import type { Log } from "./log.ts";

/** Runs a subcommand, and has what it throws told on one line and by the exit code. */
export async function reportFaults(
  log: Log,
  nameOf: (setting: string) => string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { message, exitCode } = faultOf(error, nameOf);
    log({ event: "fault", message });
    process.exitCode = exitCode;
  }
}
