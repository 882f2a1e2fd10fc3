import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Data is missing, damaged or out of reach; the message is one line and ends with the cure. */
export class DataError extends Error {
  override readonly name = "DataError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's cache: data sets that were fetched, and what was made of them. Null for a user without a home, as in a
 * container whose user has no entry in passwd: then there is no cache. Looked up when it is needed, never at import.
 */
export function cacheFolder(
  env: Environment = process.env,
  home: () => string | null = homeFolder,
): string | null {
  const inHome = (...names: string[]): string | null => {
    const folder = home();
    return folder ? join(folder, ...names) : null;
  };
  if (process.platform === "darwin") return inHome("Library", "Caches", "hebbian");
  if (process.platform === "win32") {
    const local = env.LOCALAPPDATA || inHome("AppData", "Local");
    return local && join(local, "hebbian", "Cache");
  }
  // https://specifications.freedesktop.org/basedir-spec/: a path that is not absolute is to be ignored.
  const shared = isAbsolute(env.XDG_CACHE_HOME ?? "") ? env.XDG_CACHE_HOME! : inHome(".cache");
  return shared && join(shared, "hebbian");
}

/** Null where the system knows no home: then `homedir` throws. */
function homeFolder(): string | null {
  try {
    return homedir();
  } catch {
    return null;
  }
}

/**
 * The folders in which data sets may lie, first choice first: HEBBIAN_DATA and nothing else where it is set;
 * otherwise `../shared/data` beside the project, then the user's cache, if there is one.
 */
export function dataFolders(env: Environment = process.env, cache = cacheFolder(env)): string[] {
  if (env.HEBBIAN_DATA) return [resolve(env.HEBBIAN_DATA)];
  return [resolve(projectRoot(), "../shared/data"), ...(cache === null ? [] : [cache])];
}

/** The folder that data sets are fetched to: HEBBIAN_DATA, otherwise the user's cache. Throws a DataError for neither. */
export function downloadFolder(env: Environment = process.env, cache = cacheFolder(env)): string {
  if (env.HEBBIAN_DATA) return resolve(env.HEBBIAN_DATA);
  if (cache !== null) return cache;
  throw new DataError(
    "no folder to fetch data into: this user has no home folder, hence no cache; set HEBBIAN_DATA to a folder",
  );
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
