import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { emptyProject, install } from "./packed.js";

/** How a script is run by other runtimes and another Node, which npm packages of their names carry. */
const runtimes = {
  // The first that runs TypeScript by itself is 22.18.
  node: { version: "22.23.3", args: [] },
  bun: { version: "1.4.5", args: ["run"] },
  deno: { version: "2.9.6", args: ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"] },
} as const;
export type Runtime = keyof typeof runtimes;

/** Installs a runtime into a folder of its own; returns how to run a script with it, or why it cannot be had here. */
export function installedRuntime(
  name: Runtime,
): { run: (cwd: string, ...script: string[]) => string } | string {
  const { version, args } = runtimes[name];
  const folder = emptyProject();
  try {
    install(folder, `${name}@${version}`, "--loglevel=error");
  } catch (error) {
    return `${name} could not be installed: ${(error as Error).message.split("\n")[0]}`;
  }
  const program = join(folder, "node_modules/.bin", name);
  if (!existsSync(program)) return `${name} could not be installed: its package has no program`;
  const run = (cwd: string, ...script: string[]) =>
    execFileSync(program, [...args, ...script], {
      cwd,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
  return { run };
}
