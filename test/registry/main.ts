import { writeFileSync } from "node:fs";
import { pageOfSupported } from "./page.ts";

// `npm run docs:supported`: docs/supported.md anew.

writeFileSync(new URL("../../docs/supported.md", import.meta.url), pageOfSupported());
