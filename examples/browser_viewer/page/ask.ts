// Questions that a server has.

import type { CredentialRequest, Credentials, ServerKey } from "rfb-codec/auth";

/** Asks for a user name, a password, or what else the scheme needs. @throws {Error} the user would not say */
export async function askCredentials({ needs, prompt }: CredentialRequest): Promise<Credentials> {
  const answers = await ask(
    prompt,
    needs.map((name) => ({ name, label: LABELS[name], type: name === "password" ? "password" : "text" })),
  );
  if (answers === undefined) throw new Error("cancelled");
  return answers;
}

/** Whether the user knows the key. */
export async function askServerKey({ fingerprint }: ServerKey): Promise<boolean> {
  return (await ask(`The server shows this key. Is it the one that you expect?\n\n${fingerprint}`, [])) !== undefined;
}

const LABELS = { username: "User name", password: "Password", target: "Machine" } as const;

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

/** The answers by name, or undefined where there are none. */
async function ask(question: string, fields: readonly Field[]): Promise<Record<string, string> | undefined> {
  const dialog = document.querySelector<HTMLDialogElement>("#ask")!;
  dialog.querySelector("p")!.textContent = question;
  const inputs = fields.map(({ name, type }) => Object.assign(document.createElement("input"), { name, type }));
  const labels = inputs.map((input, i) => {
    const label = document.createElement("label");
    label.append(fields[i]!.label, input);
    return label;
  });
  dialog.querySelector("div")!.replaceChildren(...labels);
  dialog.returnValue = "no"; // as Escape leaves it
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  const answers = Object.fromEntries(inputs.map(({ name, value }) => [name, value]));
  dialog.querySelector("div")!.replaceChildren(); // no password stays in the page
  return dialog.returnValue === "yes" ? answers : undefined;
}
