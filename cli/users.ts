/**
 * Who may come in, from lines that hold no password: `ada:SCRAM-SHA-256$50000:salt$storedKey:serverKey`, as PostgreSQL has them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { equalInConstantTime } from "../auth/constant_time.ts";
import {
  PLAIN,
  SCRAM_SHA_256,
  type ScramCredentials,
  saslprep,
  scramCredentials,
  type Verifier,
  webRandom,
} from "../auth/mod.ts";
import { SCRAM_ITERATIONS, SCRAM_SALT_LENGTH } from "../auth/sasl/scram_keys.ts";
import { SettingsError } from "../proxy/settings.ts";

/** The line of a user. @throws {RangeError} a name or a password that cannot be used */
export async function lineOfUser(username: string, password: string): Promise<string> {
  const name = saslprep(username);
  if (name === undefined || name === "" || /[:#]|^\s|\s$/.test(name)) {
    throw new RangeError(
      "Cannot use the user name: it is empty, has a space at an end, a : or #, or a character that SASLprep does not allow",
    );
  }
  // Of a soft hyphen alone nothing is left, and then no password at all would do.
  if (saslprep(password) === "") throw new RangeError("Cannot use the password: it is empty");
  const { iterations, salt, storedKey, serverKey } = await scramCredentials("SHA-256", password);
  const [first, second, third] = [salt, storedKey, serverKey].map((bytes) => Buffer.from(bytes).toString("base64"));
  return `${name}:SCRAM-SHA-256$${iterations}:${first}$${second}:${third}`;
}

/**
 * What checks these users. A password takes the same work to check whoever it is said to be of.
 *
 * @throws {SettingsError} a line that is none, a user that is there twice, or nobody
 */
export function usersVerifier(text: string): Pick<Verifier, "verify" | "scram" | "scramSecret" | "saslMechanisms"> {
  const users = usersIn(text);
  // What a stranger is told stays the same over a restart, as what a user is told does.
  const scramSecret = new Uint8Array(createHash("sha256").update(`strangers\n${text}`).digest());
  const [salt, key] = [webRandom(SCRAM_SALT_LENGTH), new Uint8Array(32)];
  const nobody: ScramCredentials = { salt, iterations: SCRAM_ITERATIONS, storedKey: key, serverKey: key };
  return {
    saslMechanisms: [SCRAM_SHA_256, PLAIN],
    scramSecret,
    scram: (username, hash) => (hash === "SHA-256" ? users.get(username) : undefined),
    async verify(username, password) {
      const user = users.get(saslprep(username) ?? "");
      const { salt, iterations, storedKey } = user ?? nobody;
      // A password that no line can be made of is as wrong as any, and takes as long.
      const isSound = saslprep(password) !== undefined;
      const tried = await scramCredentials("SHA-256", isSound ? password : "", { salt, iterations });
      return equalInConstantTime(tried.storedKey, storedKey) && isSound && user !== undefined;
    },
  };
}

function usersIn(text: string): ReadonlyMap<string, ScramCredentials> {
  const users = new Map<string, ScramCredentials>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const fault = (reason: string): SettingsError => new SettingsError("clientUsers", `its line ${i + 1} ${reason}`);
    const [, name, iterations, ...keys] = LINE.exec(line) ?? [];
    if (name === undefined) throw fault("is no user's: make it with rfb user NAME");
    // A stranger's work is as long as that of a line that rfb user makes.
    if (Number(iterations) !== SCRAM_ITERATIONS)
      throw fault(`has not ${SCRAM_ITERATIONS} iterations: make it anew with rfb user`);
    if (users.has(name)) throw fault("is of a user who is there already");
    const [salt, storedKey, serverKey] = keys.map((key) => new Uint8Array(Buffer.from(key, "base64"))) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    users.set(name, { salt, iterations: SCRAM_ITERATIONS, storedKey, serverKey });
  }
  if (users.size === 0) throw new SettingsError("clientUsers", "nobody is in it: add a line with rfb user NAME");
  return users;
}

/** 16 bytes are 22 characters and two that fill up, 32 are 43 and one. A salt of another length would tell users from strangers. */
const LINE = /^([^:]+):SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)\s*$/;
