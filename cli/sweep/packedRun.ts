import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createTar, parseTar } from "nanotar";
import { FileError, makeFolder, writeAtomic } from "../files.js";
import { isLockName } from "../lock.js";
import { RunFolder } from "../runFolder.js";
import { isTemporary } from "../temporaryFiles.js";

/** A run's folder as bytes, but for its lock; null where there is no checkpoint in it yet. */
export function packedRun(path: string): Uint8Array | null {
  if (!existsSync(new RunFolder(path).file.checkpoint)) return null;
  const names = readdirSync(path).filter((name) => !isLockName(name) && !isTemporary(name));
  const files = names.filter((name) => statSync(join(path, name)).isFile()).sort();
  return createTar(files.map((name) => ({ name, data: new Uint8Array(readFileSync(join(path, name))) })));
}

/** Puts a run's folder back, whole or not at all; one that is there already is replaced. Throws a FileError. */
export function unpackRun(bytes: Uint8Array, path: string): void {
  makeFolder(dirname(path));
  const whole = mkdtempSync(join(dirname(path), ".unpacked-"));
  try {
    for (const { name, data } of parseTar(bytes)) {
      // It comes from a server: no name may lead out of the folder.
      if (basename(name) !== name || name === ".." || name === ".") {
        throw new FileError(
          `a run from the server holds "${name}", which is no name of a file; clear its object store`,
        );
      }
      writeAtomic(join(whole, name), data ?? new Uint8Array());
    }
    rmSync(path, { recursive: true, force: true });
    renameSync(whole, path);
  } catch (error) {
    rmSync(whole, { recursive: true, force: true });
    throw error;
  }
}
