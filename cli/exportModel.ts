import { existsSync, readFileSync, statSync } from "node:fs";
import { decodeModel, describeModel, encodeModel, type Precision } from "../src/training/index.js";
import { inventedData, loadData } from "./data.js";
import { codeOf } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { explained, FileError, writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { RunFolder } from "./runFolder.js";

/** Copies a finished run's network, with its provenance, to one file of its own. Throws FileError or CheckpointError. */
export function exportModel(path: string, target: string, precision: Precision, io: Io): number {
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
  const experiment = experimentNamed(model.experiment);
  // Only how large pictures are matters to a network.
  const images = loadData(experiment, inventedData(experiment));
  const bytes = encodeModel(model, describeModel(experiment, model, images), notes, precision);
  writeAtomic(target, bytes);
  io.stdout.write(`${target}: ${bytes.length} bytes, ${precision}\n`);
  return codeOf("ok");
}
