/**
 * Questions to the person at the terminal, if there is one.
 *
 * @module
 */

import { createInterface } from "node:readline";
import { type Readable, Writable } from "node:stream";
import { printable } from "../codec/text.ts";
import { Fault } from "./fault.ts";

/** How to ask. */
export interface AskOptions {
  /** Nothing that is typed shows. */
  readonly hidden?: boolean;
  /** Gives up asking. */
  readonly signal?: AbortSignal | undefined;
}

/** Somebody who can be asked. */
export interface Prompt {
  /** Tells something ahead of a question, on a line of its own. */
  say(line: string): void;
  /** The answer, which may be empty. @throws {Fault} there is none: the input ended, or Ctrl-C; or the signal's reason */
  ask(question: string, options?: AskOptions): Promise<string>;
}

/** The person at the terminal; undefined where nobody would see the question, or could answer it. */
export function terminalPrompt(): Prompt | undefined {
  const { stdin, stderr } = process;
  return stdin.isTTY && stderr.isTTY ? createPrompt(stdin, stderr) : undefined;
}

/** Asks on `output`, and reads answers from `input`, which has to be a terminal for them not to show. */
export function createPrompt(input: Readable, output: Writable): Prompt {
  return {
    say: (line) => void output.write(`${printable(line)}\n`),
    ask: (question, { hidden = false, signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        // It turns the terminal's own echo off, and would echo by itself.
        const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
        const lines = createInterface({ input, output: hidden ? silent : output, terminal: true, historySize: 0 });
        let isSettled = false;
        const settle = (outcome: () => void): void => {
          if (isSettled) return;
          isSettled = true;
          signal?.removeEventListener("abort", abort);
          lines.close();
          if (hidden) output.write("\n");
          outcome();
        };
        const abort = (): void => settle(() => reject(signal?.reason));
        signal?.addEventListener("abort", abort);
        lines.once("close", () => settle(() => reject(new Fault(1, "Cannot go on: there was no answer"))));
        lines.once("SIGINT", () => settle(() => reject(new Fault(1, "Interrupted: nothing was written"))));
        lines.once("line", (line) => settle(() => resolve(line)));
        if (hidden) output.write(`${printable(question)} `);
        lines.setPrompt(`${printable(question)} `);
        lines.prompt();
      }),
  };
}
