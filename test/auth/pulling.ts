import { RfbError } from "../../codec/errors.ts";
import type { Exchange, Learned } from "../../codec/handshake/exchange.ts";
import { append, createInput } from "../../codec/wire.ts";
import { hexOf } from "../codec/bytes.ts";

/** An exchange fed by hand. */
export interface Fed {
  /** Feeds it, and pulls until it is starved, over or failed. What it did, in words: `send 0002`, `startTls x509`. */
  feed(bytes?: Uint8Array, chunk?: number): Promise<string[]>;
}

/** Feeds an exchange by hand, from an input of its own. */
export function fed(exchange: Exchange): Fed {
  const input = createInput();
  return {
    async feed(bytes = new Uint8Array(0), chunk = Math.max(1, bytes.length)) {
      const did: string[] = [];
      let at = 0;
      do {
        if (at < bytes.length) append(input, bytes.slice(at, at + chunk));
        at += chunk;
        did.push(...(await pulled()));
      } while (at < bytes.length && !isOver(did.at(-1)));
      return did;
    },
  };

  async function pulled(): Promise<string[]> {
    const did: string[] = [];
    for (;;) {
      let step: ReturnType<Exchange["next"]>;
      try {
        step = exchange.next(input);
      } catch (error) {
        if (!(error instanceof RfbError)) throw error;
        return [...did, `${error.code}: ${error.message}`];
      }
      switch (step?.type) {
        case undefined:
          return did;
        case "send":
          did.push(`send ${hexOf(step.bytes)}`);
          break;
        case "startTls":
          did.push(`startTls ${step.kind}`);
          break;
        case "startRecords":
          did.push("startRecords");
          break;
        case "wait":
          await step.until;
          break;
        case "learned":
          did.push(`${step.from} ${told(step.message)}`);
          break;
        case "done":
          return [...did, "done"];
      }
    }
  }
}

function told(message: Learned["message"]): string {
  switch (message.type) {
    case "vencryptSubtypes":
      return `offered ${message.subtypes}`;
    case "vencryptSubtype":
      return `chose ${message.subtype}`;
    case "innerSecurityTypes":
      return `offered ${message.securityTypes}`;
    case "innerSecurityType":
      return `chose ${message.securityType}`;
    case "saslMechanism":
      return `chose ${message.mechanism}`;
    case "dialectSettled":
      return `speaks as ${message.dialect}`;
  }
}

function isOver(did: string | undefined): boolean {
  return did !== undefined && (did === "done" || /^[a-z]+: /i.test(did));
}
