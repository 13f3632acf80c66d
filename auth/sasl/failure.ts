import { RfbError } from "../../codec/errors.ts";

/** What a client is told that is not who it says, in the same words for a wrong user and a wrong password. */
export function wrongCredentials(): RfbError {
  return new RfbError("authentication", "Cannot let the client in", "wrong user or password");
}

/** A server that goes on where the client has nothing left to say. */
export function unasked(mechanism: string): RfbError {
  return new RfbError("unexpected", "Cannot pass SASL", `the server asks for more than ${mechanism} has`);
}
