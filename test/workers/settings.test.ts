// What the example of a Worker makes of its bindings.

import { exportSPKI, generateKeyPair } from "jose";
import { expect, test } from "vitest";
import { type Env, readSettings } from "../../examples/worker_proxy/settings.ts";

const pemOf = async (alg: string): Promise<string> => exportSPKI((await generateKeyPair(alg)).publicKey);

const SESSIONS: Env["SESSIONS"] = {
  getByName: () => {
    throw new Error("not now");
  },
};
const ENV: Env = {
  TOKEN_KEY: await pemOf("ES256"),
  TOKEN_AUDIENCE: "https://proxy.example",
  TARGETS: " vm.example:5900  [::1]:1\n",
  SESSIONS,
};

test("bindings that are right are read", async () => {
  expect(await readSettings({ ...ENV, MAX_SESSIONS: "3", VNC_USERNAME: null, VNC_PASSWORD: "secret" })).toEqual({
    key: expect.anything(),
    audience: "https://proxy.example",
    targets: new Map([
      ["vm.example:5900", { type: "tcp", host: "vm.example", port: 5900 }],
      ["[::1]:1", { type: "tcp", host: "::1", port: 5901 }],
    ]),
    maxSessions: 3,
    credentials: { password: "secret" },
    sessions: SESSIONS,
  });
  expect(await readSettings({ ...ENV, MAX_SESSIONS: null })).toMatchObject({ maxSessions: 10, credentials: {} });
});

const TEXTS = ["TOKEN_KEY", "TOKEN_AUDIENCE", "TARGETS"];

test.each<[string, unknown]>([
  ...TEXTS.flatMap((name) => [undefined, null, "", 5, ["x"]].map((value): [string, unknown] => [name, value])),
  ["TOKEN_KEY", "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n"],
  ["TOKEN_KEY", await pemOf("ES384")],
  ["TOKEN_KEY", await pemOf("RS256")],
  ["TARGETS", " \n"],
  ["TARGETS", "vm.example"],
  ["TARGETS", "vm.example:5900,other.example:5900"],
  ["TARGETS", "vm.example:5900 unix:/run/vnc"],
  ...["ten", "", "0", "-1", "1.5", "Infinity", "NaN", "1e3", true].map((value): [string, unknown] => [
    "MAX_SESSIONS",
    value,
  ]),
  ["VNC_USERNAME", ""],
  ["VNC_PASSWORD", ""],
  ["VNC_PASSWORD", 42],
  ["SESSIONS", undefined],
  ["SESSIONS", "x"],
])("%s is refused when it is %j", async (name, value) => {
  const error = await readSettings({ ...ENV, [name]: value } as Env).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(TypeError);
  expect((error as Error).message).toMatch(new RegExp(`^Cannot use ${name}: `));
});
