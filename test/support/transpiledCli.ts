import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../..");

/**
 * The command line as plain JavaScript, file by file, for tests that must start it as a process of its own. It lies
 * within node_modules, so that it finds the packages it imports. Returns main.js, and how to remove it all.
 */
export async function transpiledCli(): Promise<{ main: string; remove: () => void }> {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(join(cache, "hebbian-cli-"));
  const files = ["src", "cli"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  const sources = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const entryPoints = sources.map((file) => join(root, file));
  await build({
    entryPoints,
    outdir: out,
    outbase: root,
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  for (const file of files.filter((name) => name.endsWith(".js"))) {
    mkdirSync(dirname(join(out, file)), { recursive: true });
    cpSync(join(root, file), join(out, file));
  }
  return { main: join(out, "cli/main.js"), remove: () => rmSync(out, { recursive: true, force: true }) };
}
