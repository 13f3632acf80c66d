import { existsSync, readdirSync, readFileSync } from "node:fs";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);

/** Whether the recorded connections lie beside the checkout, in `../shared/corpus`. */
export const hasCorpus: boolean = existsSync(CORPUS);

/** For the name of a test that needs them. */
export const withCorpus: string = hasCorpus ? "" : " (left out: ../shared/corpus is missing)";

export interface Meta {
  readonly kind: "pixels" | "messages" | "handshake" | "malformed";
  readonly rfb: string;
  readonly security: string;
  readonly server_init_end?: number;
  readonly rgb_sha256?: string;
  readonly rects?: Readonly<Record<string, number>>;
  readonly messages?: Readonly<Record<string, number>>;
  readonly width?: number;
  readonly height?: number;
  readonly set_pixel_format_sent?: boolean;
}

export interface Recording {
  readonly name: string;
  readonly meta: Meta;
  server(): Uint8Array;
  client(): Uint8Array;
}

/** All recordings, or none where the corpus is missing. */
export function recordings(): readonly Recording[] {
  if (!hasCorpus) return [];
  return readdirSync(CORPUS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/meta.json`, CORPUS)))
    .map(({ name }) => {
      const read = (file: string) => readFileSync(new URL(`${name}/${file}`, CORPUS));
      return {
        name,
        meta: JSON.parse(read("meta.json").toString()) as Meta,
        server: () => new Uint8Array(read("server.bin")),
        client: () => new Uint8Array(read("client.bin")),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
