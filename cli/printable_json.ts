/** JSON whose texts hold nothing that a terminal obeys: JSON itself leaves much of that as it is. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (characters) => {
    let escaped = "";
    for (let i = 0; i < characters.length; i++) {
      escaped += `\\u${characters.charCodeAt(i).toString(16).padStart(4, "0")}`;
    }
    return escaped;
  });
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
