import { existsSync, fstatSync, readFileSync, statSync } from "node:fs";
import { decodeModel, describeModel, encodeModel, type Precision } from "../src/training/index.js";
import { inventedData, loadData } from "./data.js";
import { codeOf } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { explained, FileError, writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";

/** Copies a finished run's network, with its provenance, to one file of its own. Throws FileError or CheckpointError. */
export function exportModel(path: string, target: string, precision: Precision, io: Io): number {
  const isFolder = explained("open", path, () => statSync(path)).isDirectory();
  const file = isFolder ? new RunFolder(path).file.model : path;
  if (!existsSync(file)) {
    throw new FileError(
      `${file} does not exist: the run has not finished; go on with: hebbian train --resume ${shellWord(path)}`,
    );
  }
  const { notes, ...model } = decodeModel(
    explained("read", file, () => readFileSync(file)),
    file,
  );
  const experiment = experimentNamed(model.experiment);
  // Only how large pictures are matters to a network.
  const images = loadData(experiment, inventedData(experiment));
  const bytes = encodeModel(model, describeModel(experiment, model, images), notes, precision);
  writeAtomic(target, bytes);
  // What is piped on must be the model and nothing else.
  const output = isStdout(target) ? io.stderr : io.stdout;
  output.write(`${target}: ${bytes.length} bytes, ${precision}\n`);
  return codeOf("ok");
}

/** Whether a path leads to where this process's stdout leads, by whatever name. */
function isStdout(path: string): boolean {
  const [file, stdout] = [statSync(path, { throwIfNoEntry: false }), fstatSync(1)];
  return file?.dev === stdout.dev && file.ino === stdout.ino;
}
