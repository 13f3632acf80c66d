/**
 * A user name or password in the form in which it is compared and hashed, SASLprep, RFC 4013; undefined where it has a
 * character that is not allowed, or mixes directions of writing.
 *
 * The runtime's own Unicode tables stand in for those of Unicode 3.2: characters that are younger are taken as they are, as
 * RFC 3454 §7 has it for queries, and which letters run from left to right is a letter's category, not table D.2.
 *
 *     saslprep("I\u00adX"); // "IX"
 *     saslprep("\u2168"); // "IX"
 *     saslprep("\u0007"); // undefined
 */
export function saslprep(text: string): string | undefined {
  const prepared = text.replace(SPACES, " ").replace(NOTHING, "").normalize("NFKC");
  if (PROHIBITED.test(prepared)) return undefined;
  if (RIGHT_TO_LEFT.test(prepared)) {
    const letters = prepared.replace(ALL_RIGHT_TO_LEFT, "");
    if (LETTER.test(letters) || !ENCLOSED_BY_RIGHT_TO_LEFT.test(prepared)) return undefined;
  }
  return prepared;
}

// RFC 3454, tables C.1.2 and B.1.
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const NOTHING = /[\u180b-\u180d]|[\ufe00-\ufe0f]|[\u00ad\u1806\u200c\u2060\ufeff]|\u034f|\u200d/g;

// RFC 3454, tables C.1.2 and C.2.1 to C.9.
const PROHIBITED = new RegExp(
  "[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000" + // spaces that NFKC might bring back
    "\\p{Cc}\u06dd\u070f\u180e\u200c\u200d\u2028\u2029\u2060-\u2063\u206a-\u206f\ufeff\ufff9-\ufffd" +
    "\\u{1d173}-\\u{1d17a}\\p{Co}\\p{Noncharacter_Code_Point}\\p{Cs}" +
    "\u2ff0-\u2ffb\u0340\u0341\u200e\u200f\u202a-\u202e\\u{e0001}\\u{e0020}-\\u{e007f}]",
  "u",
);

// RFC 3454, table D.1.
const RANDALCAT =
  "\u05be\u05c0\u05c3\u05d0-\u05ea\u05f0-\u05f4\u061b\u061f\u0621-\u063a\u0640-\u064a\u066d-\u066f\u0671-\u06d5\u06dd" +
  "\u06e5\u06e6\u06fa-\u06fe\u0700-\u070d\u0710\u0712-\u072c\u0780-\u07a5\u07b1\u200f\ufb1d\ufb1f-\ufb28\ufb2a-\ufb36" +
  "\ufb38-\ufb3c\ufb3e\ufb40\ufb41\ufb43\ufb44\ufb46-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc" +
  "\ufe70-\ufe74\ufe76-\ufefc";
const RIGHT_TO_LEFT = new RegExp(`[${RANDALCAT}]`, "u");
const ALL_RIGHT_TO_LEFT = new RegExp(`[${RANDALCAT}]`, "gu");
const ENCLOSED_BY_RIGHT_TO_LEFT = new RegExp(`^[${RANDALCAT}](.*[${RANDALCAT}])?$`, "su");
const LETTER = /[\p{L}\p{Nl}]/u;
