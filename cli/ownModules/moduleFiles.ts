import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { sha256 } from "../fingerprint.js";
import { ModuleError } from "./moduleError.js";

/** The SHA-256 of a module and of every file that it takes from beside it, by path: from the module's folder, with slashes. */
export type ModuleHashes = Readonly<Record<string, string>>;

const MODULE = /\.[cm]?[jt]s$/;

/** Whether a word of the command line means a file, not a name of ours. */
export const isModulePath = (word: string): boolean =>
  MODULE.test(word) || /^\.{1,2}[/\\]/.test(word) || isAbsolute(word);

/** `import x from "./y.js"`, `export ... from`, `import("./y.js")`, `require("./y")`. */
const IMPORTED = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;
/** A file that is read, as a table of numbers beside the module. */
const READ = /\bnew\s+URL\s*\(\s*(["'])(\.{1,2}\/[^"'\n]+)\1\s*,\s*import\.meta\.url/g;
/** What CommonJS may leave out. */
const ENDINGS = ["", ".js", ".cjs", ".json", "/index.js"];

/**
 * Hashes a module, what it imports from beside it (relative imports, theirs too, and files that it names by
 * `new URL("./data.csv", import.meta.url)`), so that a change of any of them is noticed. Packages have a version of their own.
 * An import whose path is computed cannot be seen. Throws a ModuleError where the module itself cannot be read.
 */
export function moduleHashes(path: string): ModuleHashes {
  const folder = dirname(path);
  const hashes: Record<string, string> = {};
  const visit = (file: string): void => {
    const name = relative(folder, file).split(sep).join("/");
    if (name in hashes) return;
    const bytes = readFileSync(file);
    hashes[name] = sha256(bytes);
    if (!MODULE.test(file)) return;
    const text = bytes.toString("utf8");
    for (const [, , specifier] of [...text.matchAll(IMPORTED), ...text.matchAll(READ)]) {
      // What is not there is missed by Node itself, in its own words.
      const found = ENDINGS.map((ending) => join(dirname(file), specifier! + ending)).find(isFile);
      if (found !== undefined) visit(found);
    }
  };
  expectFile(path);
  visit(path);
  return Object.fromEntries(Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Throws a ModuleError unless there is such a file. */
function expectFile(path: string): void {
  if (isFile(path)) return;
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  const cure = isThere
    ? "it is no file; give the module itself"
    : "there is no such file; give the path of a module, such as ./my-experiment.js";
  throw new ModuleError(`${path}: ${cure}`);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The files of a module, as absolute paths. */
export const filesOf = (path: string, hashes: ModuleHashes): string[] =>
  Object.keys(hashes).map((name) => resolve(dirname(path), name));

/** The files that are other than they were, by name: changed, gone or new. */
export const changedFiles = (was: ModuleHashes, now: ModuleHashes): string[] =>
  [...new Set([...Object.keys(was), ...Object.keys(now)])].filter((name) => was[name] !== now[name]).sort();
