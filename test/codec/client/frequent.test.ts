import { expect, test } from "vitest";
import { FREQUENT_CLIENT_MESSAGES } from "../../../codec/client/frequent.ts";
import { CLIENT_LAYOUTS } from "../../../codec/client/mod.ts";
import { createClientFramer } from "../../../codec/framer.ts";
import type { Dialect } from "../../../codec/layout.ts";
import type { Phase, Session } from "../../../codec/session.ts";
import { bytewise, hex } from "../bytes.ts";
import { NORMAL, runFramer } from "../streams.ts";

const MESSAGES = hex(
  "0500 0001 0002 0401 0000 0000ff0d 0301 0000 0000 0780 0438 0580 0003 0004 0500 0005 0006 0400 0000 0000ff0d 0300 0000 0000 0001 0001",
);

test("frequent messages are those of RFC 6143 in every dialect that is said to have them", () => {
  for (const dialect of Object.keys(CLIENT_LAYOUTS) as Dialect[]) {
    const areSame = [3, 4, 5].every((type) => CLIENT_LAYOUTS[dialect][type] === CLIENT_LAYOUTS.standard[type]);
    expect(FREQUENT_CLIENT_MESSAGES.mayCome({ ...NORMAL, dialect }), dialect).toBe(areSame);
  }
});

test("frequent messages are none in any phase but the last", () => {
  for (const phase of ["clientInit", "serverInit", "securityTypes", "refused"] satisfies Phase[]) {
    expect(FREQUENT_CLIENT_MESSAGES.mayCome({ ...NORMAL, phase }), phase).toBe(false);
  }
});

test("frequent messages come out as byte by byte, where the tables are asked", () => {
  const whole = runFramer(createClientFramer(), "client", NORMAL, [MESSAGES.slice()]);
  const single = runFramer(createClientFramer(), "client", NORMAL, bytewise(MESSAGES));
  expect(whole.error).toBeUndefined();
  expect(whole.events).toHaveLength(7);
  expect(whole.events).toStrictEqual(single.events);
  expect(whole.raw).toStrictEqual(single.raw);
});

test("a session that changes between two frequent messages is the one they are read in", () => {
  const framer = createClientFramer();
  framer.push(hex("0500 0001 0002 0580 0001 0002 0400 0000 0000ff0d"));
  const extended: Session = { ...NORMAL, extendedMouseButtons: true };
  expect(framer.next(NORMAL)).toStrictEqual({ type: "pointerEvent", buttonMask: 0, x: 1, y: 2 });
  expect(framer.next(extended)).toMatchObject({ type: "pointerEvent", buttonMask: 0x80, extendedButtonMask: 4 });
  expect(framer.consumed()).toBe(13);
});

test("after a fault no frequent message is read", () => {
  const framer = createClientFramer();
  framer.push(hex("0500 0001 0002 0500 0001 0002 0500 0001 0002"));
  framer.next(NORMAL);
  const refused: Session = { ...NORMAL, phase: "refused" };
  expect(() => framer.next(refused)).toThrow("in phase refused");
  expect(() => framer.next(NORMAL)).toThrow("in phase refused");
});
