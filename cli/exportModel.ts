import { existsSync, readFileSync, statSync } from "node:fs";
import { decodeModel, encodeModel } from "../src/training/index.js";
import { codeOf } from "./exitCodes.js";
import { explained, FileError, writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { RunFolder } from "./runFolder.js";

/** Copies a finished run's network, with its provenance, to one file of its own. Throws FileError or CheckpointError. */
export function exportModel(path: string, target: string, float16: boolean, io: Io): number {
  const isFolder = explained("open", path, () => statSync(path)).isDirectory();
  const file = isFolder ? new RunFolder(path).file.model : path;
  if (!existsSync(file)) {
    throw new FileError(
      `${file} does not exist: the run has not finished; go on with: hebbian train --resume ${path}`,
    );
  }
  const { notes, ...model } = decodeModel(
    explained("read", file, () => readFileSync(file)),
    file,
  );
  const bytes = encodeModel(model, notes, { float16 });
  writeAtomic(target, bytes);
  io.stdout.write(`${target}: ${bytes.length} bytes, ${float16 ? "float16" : "float32"}\n`);
  return codeOf("ok");
}
