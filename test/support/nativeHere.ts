import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Compiler, findCompiler } from "../../src/devices/native/compiler.js";

/** The machine's C compiler, or null: then tests of native code are skipped, and this says why. */
function find(): Compiler | null {
  try {
    return findCompiler(process.env);
  } catch (error) {
    console.warn(`native code is not tested here: ${(error as Error).message}`);
    return null;
  }
}
export const compilerHere = find();

/** The environment with a cache folder of its own, so that a test leaves nothing behind and finds nothing. */
export function emptyCache(): { env: NodeJS.ProcessEnv; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-test-"));
  return {
    env: { ...process.env, XDG_CACHE_HOME: folder },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The environment with a cache folder that tests share, from one run to the next: what was compiled once need not be again. */
export const testCache = (): NodeJS.ProcessEnv => ({
  ...process.env,
  XDG_CACHE_HOME: join(tmpdir(), `hebbian-tests-${process.getuid?.() ?? ""}`),
});
