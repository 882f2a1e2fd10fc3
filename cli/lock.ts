import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { explained, FileError } from "./files.js";

/** Locks that this process holds: its own process number alone could be a leftover of an earlier process. */
const held = new Set<string>();

/**
 * Takes a folder for this process alone; returns how to give it back. A lock whose process is gone is taken over.
 * @throws FileError if another run is at work in the folder, or the lock cannot be written
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "lock");
  if (!tryLock(path)) {
    const owner = ownerOf(path);
    if (held.has(path) || (owner !== null && owner !== process.pid && isAlive(owner))) {
      throw new FileError(
        `${folder} is in use: another run, process ${owner ?? "unknown"}, works in it; wait for it, or choose another --out ` +
          `(if no such run exists, remove ${path})`,
      );
    }
    // Renaming is atomic: of several processes that find the same dead lock, one moves it away.
    const stale = `${path}.${process.pid}.stale`;
    explained("remove", path, () => renameSync(path, stale));
    rmSync(stale, { force: true });
    if (!tryLock(path))
      throw new FileError(`${folder} is in use: another run has just taken it; choose another --out`);
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}

function tryLock(path: string): boolean {
  return explained("lock", path, () => {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  });
}

/** The process that a lock names; null if it says nothing readable, as after a crash or a full disk. */
function ownerOf(path: string): number | null {
  const owner = Number.parseInt(
    explained("read", path, () => readFileSync(path, "utf8")),
    10,
  );
  return owner > 0 ? owner : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but someone else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
