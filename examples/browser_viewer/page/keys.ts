// What is typed.

import { Keysym, keycodeOf, keysymOfKey } from "rfb-codec";
import type { Input } from "./input.ts";

/**
 * Sends what is typed into a field: keys, and the texts of touch keyboards and input methods. What is pasted becomes the
 * desktop's clipboard, before the keys that paste it there.
 */
export function sendKeys(field: HTMLTextAreaElement, input: Input, signal: AbortSignal): void {
  const down = new Map<string, number>(); // keysyms by the key
  let pasting: (() => void) | undefined; // presses the V that waits for its text

  field.addEventListener(
    "keydown",
    (event) => {
      const keysym = keysymOfKey(event);
      // An input method's keys are its own, and what a dead key makes comes as a text.
      if (event.isComposing || keysym === undefined) return;
      const name = nameOf(event);
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "v") {
        pasting = () => press(name, keysym);
        return;
      }
      event.preventDefault();
      // Windows has AltGr begin with a Ctrl that nobody has pressed.
      if (event.key === "AltGraph") release("ControlLeft");
      press(name, keysym);
    },
    { signal },
  );

  field.addEventListener(
    "keyup",
    (event) => {
      paste();
      release(nameOf(event));
      // A Mac tells of no key that goes up while this one is down.
      if (event.key === "Meta") releaseAll();
    },
    { signal },
  );

  field.addEventListener("blur", releaseAll, { signal });

  field.addEventListener(
    "paste",
    (event) => {
      event.preventDefault();
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text !== "") input.setClipboard(text);
      paste();
    },
    { signal },
  );

  // Texts without keys end up in the field: those of touch keyboards, and of input methods once they have decided.
  field.addEventListener(
    "input",
    (event) => {
      if (!(event as InputEvent).isComposing) takeText();
    },
    { signal },
  );
  field.addEventListener("compositionend", takeText, { signal });
  clear();

  function takeText(): void {
    const { value } = field;
    clear();
    input.type(value.length < PADDING.length ? "\b" : value.replace(PADDING, ""));
  }

  function clear(): void {
    field.value = PADDING;
    field.setSelectionRange(PADDING.length, PADDING.length);
  }

  function press(name: string, keysym: number): void {
    const held = down.get(name) ?? keysym; // a key that repeats stays what it was
    down.set(name, held);
    input.key(held, true, keycodeOf(name));
  }

  function release(name: string): void {
    const keysym = down.get(name);
    if (keysym === undefined) return;
    down.delete(name);
    input.key(keysym, false, keycodeOf(name));
  }

  function releaseAll(): void {
    pasting = undefined; // its text went elsewhere, if anywhere
    for (const name of [...down.keys()]) release(name);
  }

  function paste(): void {
    pasting?.();
    pasting = undefined;
  }
}

/** Sends the keys that browsers leave to the system. */
export function sendCtrlAltDel(input: Input): void {
  const keys: readonly (readonly [number, string])[] = [
    [Keysym.ControlLeft, "ControlLeft"],
    [Keysym.AltLeft, "AltLeft"],
    [Keysym.Delete, "Delete"],
  ];
  for (const [keysym, code] of keys) input.key(keysym, true, keycodeOf(code));
  for (const [keysym, code] of keys.toReversed()) input.key(keysym, false, keycodeOf(code));
}

/** There is always something to delete: a touch keyboard would else not tell of its backspace. */
const PADDING = "\u00a0";

/** The same when a key goes up as when it went down. */
function nameOf({ code, key }: KeyboardEvent): string {
  return code === "" ? key : code;
}
