import { lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";

/** Where a path leads once every symbolic link is followed. */
export type Destination =
  /** Something that this process has open already, as /dev/stdout and /dev/fd/63 are. */
  | { readonly kind: "descriptor"; readonly descriptor: number }
  /** A device, a pipe, a socket: there is nothing to replace, bytes just go there. */
  | { readonly kind: "stream"; readonly path: string }
  /** A file, or the place of one that is to be; `old` is null where there is none yet. */
  | { readonly kind: "file"; readonly path: string; readonly old: Stats | null };

/** Links that name open files rather than places: what they seem to lead to may be deleted, or a pipe without a name. */
const OPEN_FILES = /^(?:\/dev|\/proc\/(\d+)(?:\/task\/\d+)?)\/fd$/;

/** As many links in a row as Linux follows. */
const MOST_LINKS = 40;

/** Follows `path` to what a shell's `> path` would write to. Throws the system's errors; EISDIR for a folder. */
export function destinationOf(path: string): Destination {
  if (path.endsWith("/") || path.endsWith(sep)) throw failure("EISDIR", path);
  let place = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const folder = realpathSync(dirname(place));
    place = join(folder, basename(place));
    const open = OPEN_FILES.exec(folder);
    if (open) {
      const [, pid = process.pid] = open;
      if (Number(pid) === process.pid) return { kind: "descriptor", descriptor: Number(basename(place)) };
      return { kind: "stream", path: place };
    }
    const old = lstatSync(place, { throwIfNoEntry: false }) ?? null;
    if (old?.isDirectory()) throw failure("EISDIR", path);
    if (!old?.isSymbolicLink()) return { kind: old && !old.isFile() ? "stream" : "file", path: place, old };
    place = resolve(folder, readlinkSync(place));
  }
  throw failure("ELOOP", path);
}

const failure = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code });
