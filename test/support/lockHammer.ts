import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

export interface Hammered {
  /** How often a process had the folder, over all processes. */
  readonly taken: number;
  /** How often it had it while another one had it too. */
  readonly shared: number;
}

/**
 * Lets processes fight for the lock of one folder: each takes it `times` times, and every time leaves it as if it had
 * died. So each time all of the others find a lock that is to be taken over.
 */
export async function hammerLock(processes: number, times: number): Promise<Hammered> {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-lock-"));
  try {
    const script = join(folder, "taker.mjs");
    const entryPoints = [join(import.meta.dirname, "lockTaker.ts")];
    await build({
      entryPoints,
      outfile: script,
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
    });
    const results = await Promise.all(Array.from({ length: processes }, () => taken(script, folder, times)));
    return {
      taken: results.reduce((sum, each) => sum + each.taken, 0),
      shared: results.reduce((sum, each) => sum + each.shared, 0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function taken(script: string, folder: string, times: number): Promise<Hammered> {
  const child = spawn(process.execPath, [script, folder, String(times)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`a process that takes the lock ended with ${code}`));
    });
  });
}
