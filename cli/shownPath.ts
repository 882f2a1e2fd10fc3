import { relative, sep } from "node:path";

/** A path as people read it: from the working folder, if it lies in there. */
export function shownPath(path: string, folder = process.cwd()): string {
  const short = relative(folder, path);
  return short === "" || short.startsWith(`..${sep}`) || short === ".." ? path : short;
}
