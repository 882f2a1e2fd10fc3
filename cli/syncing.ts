import { closeSync, fsyncSync, openSync } from "node:fs";

/** What network shares and file systems in user space answer where they have no such call. */
const UNSUPPORTED = ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** Folders may also be readable to nobody, or not to be opened at all. */
const UNSUPPORTED_FOLDER = [...UNSUPPORTED, "EACCES", "EPERM", "EBADF", "EISDIR"];

/** Waits until a file's bytes are on the disk, where that can be waited for. Throws if the disk fails (EIO, ENOSPC). */
export const syncFile = (file: number): void => unless(UNSUPPORTED, () => fsyncSync(file));

/** Waits until the names in a folder are on the disk. Windows cannot open folders, and needs no such call. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  unless(UNSUPPORTED_FOLDER, () => {
    const file = openSync(folder, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/** An error with one of these codes means that there is no such call, and not that the disk has failed. */
function unless(codes: readonly string[], action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
