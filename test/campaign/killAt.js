// Loaded into a run before its own code (`node --import`): kills the process, as a power cut would, when it is about to ask
// something of the file system. HEBBIAN_KILL_AT="fsyncSync:3" is the third such call; HEBBIAN_CALLS is a file that is told
// at the end what was called how often. Both are for this test alone.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

const { HEBBIAN_KILL_AT: killAt, HEBBIAN_CALLS: report } = process.env;

/** Calls that change what is on the disk, or make ready to. */
const CALLS = [
  ...["openSync", "writeSync", "writeFileSync", "appendFileSync", "copyFileSync", "ftruncateSync"],
  ...[
    "fsyncSync",
    "fdatasyncSync",
    "closeSync",
    "renameSync",
    "linkSync",
    "symlinkSync",
    "unlinkSync",
    "rmSync",
  ],
  ...["rmdirSync", "mkdirSync", "mkdtempSync", "chmodSync", "fchmodSync", "fchownSync"],
];

if (isMainThread) {
  /** @type {Record<string, number>} */
  const counts = {};
  const { writeFileSync } = fs;
  const calls = /** @type {Record<string, (...args: unknown[]) => unknown>} */ (/** @type {unknown} */ (fs));
  for (const name of CALLS) {
    const original = calls[name];
    if (!original) throw new Error(`node:fs has no ${name}`);
    calls[name] = (...args) => {
      counts[name] = (counts[name] ?? 0) + 1;
      if (killAt === `${name}:${counts[name]}`) process.kill(process.pid, "SIGKILL");
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  if (report) process.on("exit", () => writeFileSync(report, JSON.stringify(counts)));
  // The test at the end of a run takes longer than such short training. Here it only has to be the same each time.
  const main = pathToFileURL(/** @type {string} */ (process.argv[1]));
  const { experiments } = await import(new URL("../src/experiments/index.js", main).href);
  for (const experiment of Object.values(experiments)) experiment.testEpisodes = 2;
}
