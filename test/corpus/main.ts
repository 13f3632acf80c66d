import { fileURLToPath } from "node:url";
import { argumentsOf } from "../arguments.ts";
import { checkRecording, recordingsIn } from "./check.ts";

// `npm run corpus [-- FOLDER] [--chunk BYTES]… [--only TEXT]`: every recording of the folder, a line each.

const { values, positionals } = argumentsOf("npm run corpus -- [FOLDER] [--chunk BYTES]… [--only TEXT]", {
  allowPositionals: true,
  options: { chunk: { type: "string", multiple: true }, only: { type: "string", default: "" } },
});
// The whole collection, where it lies beside the checkout; else the selection that is in it.
const folder =
  positionals[0] ??
  ["../../../shared/corpus", "../fixtures/recordings"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => recordingsIn(path).length > 0)!;
const names = recordingsIn(folder).filter((name) => name.includes(values.only));
if (names.length === 0) {
  console.error(`No recordings in ${folder}: name a folder of them`);
  process.exit(2);
}
// As recorded, and in pieces: the result may not depend on them.
const chunkLengths = [undefined, ...(values.chunk ?? ["1460", "1"]).map(Number)];

let failed = 0;
let bytes = 0;
for (const name of names) {
  const { meta, report, faults, furthest } = await checkRecording(folder, name, chunkLengths);
  bytes += report.serverBytes;
  if (faults.length > 0) failed += 1;
  const rectangles = Object.values(report.rects).reduce((sum, count) => sum + count, 0);
  const said = [
    `${report.serverBytesConsumed} of ${report.serverBytes} bytes`,
    ...(meta.kind === "pixels" ? [`${rectangles} rectangles`, `${report.width}x${report.height}`] : [meta.kind]),
    ...(furthest === undefined ? [] : [`at most ${furthest} off`]),
    ...(report.error === null ? [] : [`${report.error.code}: ${report.error.message}`]),
  ];
  console.log(`${faults.length === 0 ? "ok  " : "FAIL"} ${name}: ${said.join(", ")}`);
  for (const fault of faults) console.log(`       ${fault}`);
}
console.log(`${names.length - failed} of ${names.length} recordings are right, ${bytes} bytes of servers`);
process.exitCode = failed === 0 ? 0 : 1;
