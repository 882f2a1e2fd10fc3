import { closeSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../../cli/files.js";
import { lockFolder } from "../../cli/lock.js";
import { thisProcess } from "../../cli/processIdentity.js";

// One of the processes of lockHammer.ts: takes the lock of a folder so many times, and prints what came of it.

const [, , folder = "", times = ""] = process.argv;
const inside = join(folder, "inside");
let shared = 0;

for (let time = 0; time < Number(times); ) {
  try {
    lockFolder(folder);
  } catch (error) {
    if (error instanceof FileError && error.message.includes("is in use")) continue;
    throw error;
  }
  time++;
  if (!enter()) shared++;
  else rmSync(inside);
  die(time);
}
process.stdout.write(JSON.stringify({ taken: Number(times), shared }));

/** False if another process is inside: the system itself says so. */
function enter(): boolean {
  try {
    closeSync(openSync(inside, "wx"));
    return true;
  } catch {
    return false;
  }
}

/** Leaves the lock as a process does that was killed. */
function die(time: number): void {
  const mine = join(folder, `mine-${process.pid}`);
  const dead = { ...thisProcess(), pid: 2 ** 31 - 2, since: "", token: `${process.pid}-${time}` };
  writeFileSync(mine, `${JSON.stringify(dead)}\n`);
  renameSync(mine, join(folder, "lock"));
}
