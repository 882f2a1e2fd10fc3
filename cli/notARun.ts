import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { FileError } from "./files.js";
import { counted } from "./progress.js";
import { shellWord } from "./shellWord.js";

/** What makes a folder a run's. */
const CONFIG = "config.json";

const kindOf = (path: string): "file" | "folder" | null => {
  const about = statSync(path, { throwIfNoEntry: false });
  return about ? (about.isDirectory() ? "folder" : "file") : null;
};
const isRun = (path: string): boolean => kindOf(join(path, CONFIG)) === "file";

/** The error for a path that is no run's: what is there instead, and which path was probably meant. */
export function notARun(path: string): FileError {
  const usual = "pass the folder that train wrote";
  const kind = kindOf(path);
  if (kind === null && path.startsWith("hebbian/")) {
    return new FileError(
      `${path} is no run folder: the networks of hebbian-models come without their runs; ` +
        `hebbian evaluate ${path} tests one`,
    );
  }
  if (kind === null) return new FileError(`${path} is no run folder: nothing has that name; ${usual}`);
  if (kind === "file") return new FileError(`${path} is no run folder but a file; ${usual}`);
  const runs = [path, join(path, "runs")].flatMap(runsIn);
  if (runs.length > 0) {
    return new FileError(
      `${path} is no run folder: it has no ${CONFIG}, but holds ${counted(runs.length, "run")}; ` +
        `pass one of them, such as ${shellWord(runs[0]!)}`,
    );
  }
  const above = dirname(path);
  const cure = isRun(above) ? `pass the folder that it is in: ${shellWord(above)}` : usual;
  return new FileError(`${path} is no run folder: it has no ${CONFIG}; ${cure}`);
}

/** The run folders in a folder; none where it cannot be read. */
function runsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter(isRun)
      .sort();
  } catch {
    return [];
  }
}
