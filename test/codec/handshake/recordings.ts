import { hex } from "../bytes.ts";

/** A handshake that was recorded between a real server and a client: both sides' bytes, up to ServerInit. */
export interface RecordedHandshake {
  /** The recording's folder. */
  readonly name: string;
  readonly server: Uint8Array;
  readonly client: Uint8Array;
  readonly ends: HandshakeEnd;
}

export type HandshakeEnd =
  | { readonly as: "done" }
  | { readonly as: "startTls" }
  /** The server said why, or that it would and did not. */
  | { readonly as: "refused"; readonly reason: string }
  /** Without a word. */
  | { readonly as: "closed" };

const done = { as: "done" } as const;
const startTls = { as: "startTls" } as const;
const closed = { as: "closed" } as const;
const refused = (reason: string) => ({ as: "refused", reason }) as const;

const NO_REASON = "no reason given";

function recorded(name: string, server: string, client: string, ends: HandshakeEnd): RecordedHandshake {
  return { name, server: hex(server), client: hex(client), ends };
}

const RFB_3_3 = "524642203030332e3030330a";
const RFB_3_5 = "524642203030332e3030350a";
const RFB_3_7 = "524642203030332e3030370a";
const RFB_3_8 = "524642203030332e3030380a";
const NO_RESPONSE = "00000000000000000000000000000000";
const SUBTYPES = "08 00000101 00000102 00000103 00000104 00000105 00000106 00000100 00000002";

export const RECORDED_HANDSHAKES: readonly RecordedHandshake[] = [
  recorded("qemu-none-v33", `${RFB_3_8} 00000001`, `${RFB_3_3} 01`, done),
  recorded("x11vnc-none-v33", `${RFB_3_8} 00000001`, `${RFB_3_3} 01`, done),
  recorded("xtigervnc-none-v33", `${RFB_3_8} 00000001`, `${RFB_3_3} 01`, done),
  recorded("xtigervnc-none-v35", `${RFB_3_8} 00000001`, `${RFB_3_5} 01`, done),
  recorded("qemu-none-v37", `${RFB_3_8} 0101`, `${RFB_3_7} 01 01`, done),
  recorded("x11vnc-none-v37", `${RFB_3_8} 0101`, `${RFB_3_7} 01 01`, done),
  recorded("xtigervnc-none-v37", `${RFB_3_8} 0101`, `${RFB_3_7} 01 01`, done),
  recorded("qemu-raw-rgb565be", `${RFB_3_8} 0101 00000000`, `${RFB_3_8} 01 01`, done),
  recorded("x11vnc-fallback", `${RFB_3_8} 0101 00000000`, `${RFB_3_8} 01 01`, done),
  recorded("xtightvnc-messages", `${RFB_3_8} 020110 00000000`, `${RFB_3_8} 01 01`, done),
  recorded(
    "xtigervnc-vncauth-v33",
    `${RFB_3_8} 00000002 0994e47b8b371063cac67fe4944aeff0 00000000`,
    `${RFB_3_3} 192612590608369989f6e5c34f13d14d 01`,
    done,
  ),
  recorded(
    "xtigervnc-vncauth-v37",
    `${RFB_3_8} 0102 45d10e43c01f93e389c29ba52612b895 00000000`,
    `${RFB_3_7} 02 20e74ee33e1584567fd29fc67812e8ab 01`,
    done,
  ),
  recorded(
    "xtigervnc-vncauth-v38",
    `${RFB_3_8} 0102 c1d11ac5216c3bcfd2ed395f1354ffc1 00000000`,
    `${RFB_3_8} 02 646d71822fc0a9d1ace63c51d990aa6d 01`,
    done,
  ),
  recorded(
    "qemu-vncauth",
    `${RFB_3_8} 0102 e2ca642c32e624fdd422609ee2b2c877 00000000`,
    `${RFB_3_8} 02 6b08a40d161d8d01480a49eb7f9b7154 01`,
    done,
  ),
  recorded(
    "x11vnc-vncauth",
    `${RFB_3_8} 0102 412e4ee1368b1c43766e2a2e6246732f 00000000`,
    `${RFB_3_8} 02 01dc6d713fd7d555175771c50e816b2e 01`,
    done,
  ),
  recorded(
    "xtigervnc-vncauth-wrong-v33",
    `${RFB_3_8} 00000002 a33fd6c7f6e24b16a91747c1730f49ff 00000001`,
    `${RFB_3_3} ${NO_RESPONSE}`,
    refused(NO_REASON),
  ),
  recorded(
    "x11vnc-vncauth-wrong-v33",
    `${RFB_3_8} 00000002 b66d7b57d4e85a81c88ce33754036ad0 00000001`,
    `${RFB_3_3} ${NO_RESPONSE}`,
    refused(NO_REASON),
  ),
  recorded(
    "xtigervnc-vncauth-wrong-v37",
    `${RFB_3_8} 0102 c76cff8a54ae56aea4c0c1101d382335 00000001`,
    `${RFB_3_7} 02 ${NO_RESPONSE}`,
    refused(NO_REASON),
  ),
  recorded(
    "xtigervnc-vncauth-wrong-v38",
    `${RFB_3_8} 0102 4ec6e7fb6ef65830f3db2059f494fc9b 00000001 00000016 41757468656e7469636174696f6e206661696c757265`,
    `${RFB_3_8} 02 ${NO_RESPONSE}`,
    refused('"Authentication failure"'),
  ),
  recorded(
    "qemu-vncauth-wrong",
    `${RFB_3_8} 0102 c9045556a1853d1e00633747aab2e80b 00000001 00000016 41757468656e7469636174696f6e206661696c656400`,
    `${RFB_3_8} 02 ${NO_RESPONSE}`,
    refused('"Authentication failed"'),
  ),
  recorded(
    "x11vnc-vncauth-wrong-v38",
    `${RFB_3_8} 0102 c8323d3ea0676d03ade032626ec81f33 00000001 00000016 70617373776f726420636865636b206661696c656421`,
    `${RFB_3_8} 02 ${NO_RESPONSE}`,
    refused('"password check failed!"'),
  ),
  recorded(
    "xtigervnc-nevershared",
    `${RFB_3_8} 0101 00000001 0000001c 5468652073657276657220697320616c726561647920696e20757365`,
    `${RFB_3_8} 01`,
    refused('"The server is already in use"'),
  ),
  recorded(
    "xtigervnc-toomany",
    `${RFB_3_3} 00000000 0000001a 546f6f206d616e79207365637572697479206661696c75726573`,
    RFB_3_3,
    refused('"Too many security failures"'),
  ),
  recorded(
    "xtightvnc-toomany",
    `${RFB_3_8} 00 00000020 546f6f206d616e792061757468656e7469636174696f6e206661696c75726573`,
    RFB_3_8,
    refused('"Too many authentication failures"'),
  ),
  recorded(
    "xtigervnc-badversion",
    `${RFB_3_8} 00 00000031 436c69656e74206e656564732070726f746f636f6c2076657273696f6e20322e322c207365727665722068617320332e38`,
    "524642203030322e3030320a",
    refused('"Client needs protocol version 2.2, server has 3.8"'),
  ),
  // 4 bytes of 0: a count of none, and of the reason's length all but one byte.
  recorded("qemu-badversion", `${RFB_3_8} 00000000`, "524642203030332e3030390a", refused(NO_REASON)),
  recorded("x11vnc-badsecurity", `${RFB_3_8} 0102`, `${RFB_3_8} 10`, closed),
  recorded("xtigervnc-badsecurity", `${RFB_3_8} 0102`, `${RFB_3_8} 01`, closed),
  recorded("qemu-vencrypt-tlsnone", `${RFB_3_8} 0113 0002 00 01 00000101 01`, `${RFB_3_8} 13 0002 00000101`, startTls),
  recorded("qemu-vencrypt-x509vnc", `${RFB_3_8} 0113 0002 00 01 00000105 01`, `${RFB_3_8} 13 0002 00000105`, startTls),
  recorded(
    "qemu-vencrypt-badsub",
    `${RFB_3_8} 0113 0002 00 01 00000101 00`,
    `${RFB_3_8} 13 0002 00000004`,
    refused("no such subtype"),
  ),
  recorded(
    "x11vnc-vencrypt",
    `${RFB_3_8} 0113 0002 00 02 00000101 00000104 01`,
    `${RFB_3_8} 13 0002 00000101`,
    startTls,
  ),
  ...(
    [
      ["tlsnone", "00000101"],
      ["tlsvnc", "00000102"],
      ["tlsplain", "00000103"],
      ["x509vnc", "00000105"],
      ["x509plain", "00000106"],
    ] as const
  ).map(([what, subtype]) =>
    recorded(
      `xtigervnc-vencrypt-${what}`,
      `${RFB_3_8} 021302 0002 00 ${SUBTYPES} 01`,
      `${RFB_3_8} 13 0002 ${subtype}`,
      startTls,
    ),
  ),
  recorded(
    "xtigervnc-vencrypt-badsub",
    `${RFB_3_8} 021302 0002 00 ${SUBTYPES} 00`,
    `${RFB_3_8} 13 0002 000003e7`,
    refused("no such subtype"),
  ),
];
