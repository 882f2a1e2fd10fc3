import { fileURLToPath } from "node:url";
import { ExperimentError, TaskError } from "../../src/training/index.js";
import { shownPath } from "../shownPath.js";
import { ModuleError } from "./moduleError.js";
import { filesOf, type ModuleHashes } from "./moduleFiles.js";

/** A module that may be to blame. */
export interface Suspect {
  readonly path: string;
  readonly hashes: ModuleHashes;
}

/** "at f (file:///a/b.js:3:7)", "/a/b.js:3" and the like. */
const PLACE = /(file:\/\/\/?[^\s()]+?|\/[^\s():]+|[A-Z]:\\[^\s():]+):(\d+)(?::\d+)?\b/g;

/** The first place in one of these files that an error's stack names, as "bandit.js:12"; null if it names none. */
export function placeIn(error: unknown, files: readonly string[]): string | null {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const [, where, line] of stack.matchAll(PLACE)) {
    const path = where!.startsWith("file:") ? fileURLToPath(where!.split("?")[0]!) : where!;
    if (files.includes(path)) return `${shownPath(path)}:${line}`;
  }
  return null;
}

/**
 * What went wrong, if it is the fault of a module of somebody's own: an error that it threw, or numbers that no network can be
 * trained on. `cure` is added to the message. Any other error is returned as it is.
 */
export function blamed(error: unknown, modules: readonly Suspect[], cure = ""): unknown {
  const [first] = modules;
  if (!first) return error;
  const files = modules.flatMap(({ path, hashes }) => filesOf(path, hashes));
  const isKnown = error instanceof TaskError || error instanceof ExperimentError;
  if (!isKnown && !isPlain(error)) return error;
  const place = placeIn(error, files) ?? (isKnown ? shownPath(first.path) : null);
  if (place === null) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ModuleError(`${place}: ${message}${cure}`, { cause: error });
}

/** Errors that our own code has classes for say what they mean already. */
const isPlain = (error: unknown): boolean =>
  !(error instanceof Error) ||
  [
    "Error",
    "TypeError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "FormulaError",
    "AssertionError",
  ].includes(error.name);
