/**
 * Cyrus SASL, by which QEMU checks its users.
 *
 * @module
 */

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, temporaryFolder } from "./process.ts";
import type { Need } from "./programs.ts";

/** What tests with `makeSaslFolder` need. */
export const CYRUS_SASL: readonly Need[] = ["saslpasswd2", ...["scram", "plain", "digestmd5", "sasldb"].map(plugin)];

/**
 * A folder for SASL_CONF_PATH, by which QEMU offers these mechanisms and knows one user.
 *
 * @param mechanisms with blanks between them
 */
export async function makeSaslFolder(mechanisms: string, username: string, password: string): Promise<string> {
  const folder = temporaryFolder();
  const users = join(folder, "users");
  const settings = [
    `mech_list: ${mechanisms}`,
    "pwcheck_method: auxprop",
    "auxprop_plugin: sasldb",
    `sasldb_path: ${users}`,
  ];
  writeFileSync(join(folder, "qemu.conf"), `${settings.join("\n")}\n`, { mode: 0o600 });
  await run("saslpasswd2", ["-p", "-c", "-f", users, "-a", "qemu", username], { input: password });
  return folder;
}

/** It looks for them in a folder that is named after the machine. */
function plugin(name: string): Need {
  return () => {
    const machines = existsSync("/usr/lib") ? readdirSync("/usr/lib") : [];
    const isThere = ["", ...machines].some((machine) => existsSync(`/usr/lib/${machine}/sasl2/lib${name}.so`));
    return isThere ? undefined : `Cyrus SASL's plugin ${name} is not installed`;
  };
}
