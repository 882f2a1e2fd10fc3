import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The folder of an example, with its packages in it: npm installs them the first time, and compiles what needs it. */
export function installedExample(name: string): string {
  const folder = join(root, "examples", name);
  if (!existsSync(join(root, "dist/src/lifetime/index.js"))) {
    throw new Error("there is no dist/src; npm run build first");
  }
  if (!existsSync(join(folder, "node_modules/hebbian"))) {
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"];
    execFileSync("npm", ["install", ...flags], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  }
  return folder;
}

export interface Served {
  readonly url: string;
  readonly pid: number;
  /** What it has written to stderr so far. */
  errors(): string;
  /** SIGKILL, that nobody can catch; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts a server that prints its address, on any free port. */
export async function started(
  folder: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    env: { ...process.env, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const gone = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.on("exit", (code) => reject(new Error(`${script} ended with ${code}: ${errors}`)));
  });
  return {
    url,
    pid: child.pid!,
    errors: () => errors,
    kill: () => {
      child.kill("SIGKILL");
      return gone;
    },
  };
}
