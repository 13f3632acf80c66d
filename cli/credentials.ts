/**
 * What to answer a server that asks who we are: what was given, and what somebody at a terminal types.
 *
 * @module
 */

import type { CredentialName, CredentialSource, Credentials } from "../auth/mod.ts";
import type { SecuritySettings } from "../proxy/settings.ts";
import { Fault } from "./fault.ts";
import type { Prompt } from "./prompt.ts";

/** What the settings give. */
export function givenCredentials({ username, password, targetName }: SecuritySettings): Credentials {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(targetName !== undefined && { target: targetName }),
  };
}

/** Answers with what was given, and asks for the rest where there is somebody to ask. */
export function credentialSource(given: Credentials, prompt: Prompt | undefined): CredentialSource {
  const known: Partial<Record<CredentialName, string>> = { ...given };
  return async ({ scheme, needs, prompt: sentence }) => {
    const missing = needs.filter((name) => known[name] === undefined);
    if (missing.length === 0) return known;
    if (prompt === undefined) {
      const steps = missing.map((name) => WORDS[name].step).join(" and ");
      throw new Fault(1, `Cannot use ${scheme.name}: no ${missing.join(" and no ")} was given; give ${steps}`);
    }
    prompt.say(sentence);
    for (const name of missing) known[name] = await askFor(name, prompt);
    return known;
  };
}

/** What is typed for it: a password does not show. */
export function askFor(name: CredentialName, prompt: Prompt): Promise<string> {
  return prompt.ask(WORDS[name].question, { hidden: name === "password" });
}

/** How to give it without being asked. */
export function stepTo(name: CredentialName): string {
  return WORDS[name].step;
}

const WORDS: Readonly<Record<CredentialName, { readonly question: string; readonly step: string }>> = {
  username: { question: "User name:", step: "--username or RFB_USERNAME" },
  password: { question: "Password:", step: "--password-file or RFB_PASSWORD" },
  target: { question: "Machine:", step: "--target-name" },
};
