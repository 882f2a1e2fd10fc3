import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import envPaths from "env-paths";

/** Data is missing, damaged or out of reach; the message is one line and ends with the cure. */
export class DataError extends Error {
  override readonly name = "DataError";
}

/** The user's cache: data sets that were fetched, and what was made of them. */
export const cacheFolder = () => envPaths("hebbian", { suffix: "" }).cache;

/**
 * The folders in which data sets may lie, first choice first: HEBBIAN_DATA and nothing else where it is set;
 * otherwise `../shared/data` beside the project, then the user's cache.
 */
export function dataFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  if (env.HEBBIAN_DATA) return [resolve(env.HEBBIAN_DATA)];
  return [resolve(projectRoot(), "../shared/data"), cacheFolder()];
}

/** The folder that data sets are fetched to: HEBBIAN_DATA, otherwise the user's cache. */
export function downloadFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.HEBBIAN_DATA ? resolve(env.HEBBIAN_DATA) : cacheFolder();
}

/** The first folder that has all of `files` (relative paths), or undefined. */
export function folderWith(files: readonly string[], folders: readonly string[]): string | undefined {
  return folders.find((folder) => files.every((file) => existsSync(join(folder, file))));
}

/** The folder of the package that this file belongs to, built or not. */
function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
