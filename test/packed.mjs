// Packs the package as it would be published and uses it as a stranger would: in an empty project, on plain Node,
// with no more than the dependencies it declares. Linters do not notice an import of an undeclared package.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { name, version, bin, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const temporary = mkdtempSync(join(tmpdir(), "rfb-codec-packed-"));

function run(command, args, cwd = root) {
  console.log(`> ${command} ${args.join(" ")}`);
  execFileSync(command, args, { cwd, stdio: "inherit" });
}

try {
  // Runs prepack, which builds.
  run("npm", ["pack", "--pack-destination", temporary]);
  const tarball = join(temporary, `${name}-${version}.tgz`);

  const tool = (file) => join(root, "node_modules", ".bin", file);
  run(tool("publint"), ["--strict", tarball]);
  run(tool("attw"), [tarball, "--profile", "esm-only"]);

  const project = mkdtempSync(join(temporary, "project-"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  run("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", tarball], project);

  for (const path of Object.keys(exports)) {
    const specifier = name + path.slice(1);
    const program = `const names = Object.keys(await import("${specifier}"));
if (names.length === 0) throw new Error("${specifier} exports nothing");
console.log("${specifier}: " + names.length + " exports");`;
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: project, stdio: "inherit" });
  }
  for (const command of Object.keys(bin)) run(join(project, "node_modules", ".bin", command), ["--help"], project);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
