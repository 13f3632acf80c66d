import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { credentialSource } from "../../cli/credentials.ts";
import { createPrompt, type Prompt } from "../../cli/prompt.ts";

/** Somebody at a terminal: what they type, and what they see. */
function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const modes: boolean[] = [];
  Object.assign(input, { isTTY: true, setRawMode: (raw: boolean) => void modes.push(raw) });
  return { prompt: createPrompt(input, output), input, modes, seen: () => String(output.read() ?? "") };
}

describe("A question", () => {
  test("that is hidden shows nothing of the answer", async () => {
    const { prompt, input, modes, seen } = terminal();
    const answer = prompt.ask("Password:", { hidden: true });
    input.write("hun\x7fnter2\r");
    expect(await answer).toBe("hunter2");
    expect(seen()).toBe("Password: \n");
    expect(modes).toStrictEqual([true, false]);
  });

  test("that is not hidden shows it", async () => {
    const { prompt, input, seen } = terminal();
    const answer = prompt.ask("User name:");
    input.write("ada\r");
    expect(await answer).toBe("ada");
    expect(seen()).toMatch(/User name: .*ada/s);
  });

  test("follows another one, and no history leads back to a password", async () => {
    const { prompt, input, seen } = terminal();
    const first = prompt.ask("Password:", { hidden: true });
    input.write("hunter2\r");
    await first;
    const second = prompt.ask("User name:");
    input.write("\x1b[A\r");
    expect(await second).toBe("");
    expect(seen()).not.toContain("hunter2");
  });

  test.each([
    ["\x03", /Interrupted/],
    ["\x04", /there was no answer/],
  ])("that is answered with %j has no answer", async (typed, reason) => {
    const { prompt, input, modes } = terminal();
    const answer = prompt.ask("Password:", { hidden: true });
    input.write(typed);
    await expect(answer).rejects.toThrow(reason);
    expect(modes.at(-1)).toBe(false);
  });

  test("has no answer once the input ends", async () => {
    const { prompt, input } = terminal();
    const answer = prompt.ask("Password:", { hidden: true });
    input.end();
    await expect(answer).rejects.toThrow(/there was no answer/);
  });

  test("is given up with the signal", async () => {
    const { prompt, modes } = terminal();
    const over = new AbortController();
    const answer = prompt.ask("Password:", { hidden: true, signal: over.signal });
    over.abort(new Error("too late"));
    await expect(answer).rejects.toThrow("too late");
    expect(modes.at(-1)).toBe(false);
    await expect(prompt.ask("Password:", { signal: over.signal })).rejects.toThrow("too late");
  });

  test("that holds a server's words drives no terminal", async () => {
    const { prompt, input, seen } = terminal();
    prompt.say("for \x1b[2Jvm\n:5900");
    const answer = prompt.ask("\x1b]0;x\x07?", { hidden: true });
    input.write("\r");
    await answer;
    expect(seen()).toBe("for  [2Jvm :5900\n]0;x ? \n");
  });
});

describe("Credentials", () => {
  const [ra2, x509plain, xvp] = schemesNamed(["ra2", "x509plain", "xvp"]);

  /** Answers in order, and keeps what it was asked. */
  function answering(...answers: string[]): Prompt & { readonly asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      say: (line) => void asked.push(line),
      ask: async (question, { hidden = false } = {}) => {
        asked.push(`${question}${hidden ? " hidden" : ""}`);
        return answers.shift()!;
      },
    };
  }

  const request = (scheme: typeof ra2, sentence: string) => ({
    scheme: scheme!,
    needs: scheme!.needs,
    prompt: sentence,
  });

  test("that were given are not asked for", async () => {
    const prompt = answering("hunter2");
    const source = credentialSource({ username: "ada" }, prompt);
    expect(await source(request(x509plain, "User name and password for vm.example:5900 (x509plain)"))).toStrictEqual({
      username: "ada",
      password: "hunter2",
    });
    expect(prompt.asked).toStrictEqual(["User name and password for vm.example:5900 (x509plain)", "Password: hidden"]);
  });

  test("are asked for once, and only those that are needed", async () => {
    const prompt = answering("hunter2", "ada", "vm7");
    const source = credentialSource({}, prompt);
    await source(request(ra2, "one"));
    expect(await source(request(xvp, "two"))).toStrictEqual({ username: "ada", password: "hunter2", target: "vm7" });
    expect(prompt.asked).toStrictEqual(["one", "Password: hidden", "two", "User name:", "Machine:"]);
  });

  test("that nobody can be asked for are named with the flags that give them", async () => {
    const source = credentialSource({ username: "ada" }, undefined);
    await expect(source(request(xvp, ""))).rejects.toThrow(
      "Cannot use xvp: no password and no target was given; give --password-file or RFB_PASSWORD and --target-name",
    );
  });
});
