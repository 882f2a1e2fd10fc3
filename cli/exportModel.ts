import { fstatSync, statSync } from "node:fs";
import { extname } from "node:path";
import { describeModel, encodeModel, type Precision } from "../src/training/index.js";
import { inventedData, loadData } from "./data.js";
import { codeOf, UsageError } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { provenance } from "./provenance.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import { isFolder, readFinished, readTrained } from "./trained.js";

/** Endings of other programs' models and data. */
const OTHERS = ".onnx .pt .pth .pb .h5 .hdf5 .keras .tflite .gguf .npz .npy .pkl .ckpt .json .wasm".split(
  " ",
);

/**
 * Copies a run's network, as of its latest episode, with its provenance to one file of its own.
 * Throws FileError or CheckpointError.
 */
export function exportModel(path: string, target: string, precision: Precision, io: Io): number {
  expectOurFormat(target);
  const folder = isFolder(path) ? new RunFolder(path) : null;
  const { model: latest } = readTrained(path, io);
  const finished = folder && readFinished(folder);
  const model = finished && finished.episode >= latest.episode ? finished : latest;
  const experiment = experimentNamed(model.experiment);
  // Only how large pictures are matters to a network.
  const images = loadData(experiment, inventedData(experiment));
  const architecture = describeModel(experiment, model, images);
  const isUntested = folder !== null && model !== finished;
  let notes = model.notes;
  if (isUntested) {
    const rules = Object.fromEntries(architecture.connections.map(({ name, rule }) => [name, rule]));
    const config = { ...folder.readConfig(), episodes: model.episode };
    notes = provenance(experiment, config, null, rules);
  }
  const bytes = encodeModel(model, architecture, notes, precision);
  writeAtomic(target, bytes);
  // What is piped on must be the model and nothing else.
  const output = isStdout(target) ? io.stderr : io.stdout;
  output.write(`${target}: ${bytes.length} bytes, ${precision}\n`);
  if (isUntested) {
    output.write(
      `It is the network of episode ${model.episode}, which is not tested yet: ` +
        `go on with hebbian train --resume ${shellWord(path)}\n`,
    );
  }
  return codeOf("ok");
}

/** Throws a UsageError for a name that says that there is something else in the file. */
function expectOurFormat(target: string): void {
  const ending = extname(target).toLowerCase();
  if (!OTHERS.includes(ending)) return;
  throw new UsageError(
    `export: ${target}: models are written as safetensors, which is not what ${ending} files hold; ` +
      "name it .safetensors (docs/lifetime.md says how other programs read it)",
  );
}

/** Whether a path leads to where this process's stdout leads, by whatever name. */
function isStdout(path: string): boolean {
  const [file, stdout] = [statSync(path, { throwIfNoEntry: false }), fstatSync(1)];
  return file?.dev === stdout.dev && file.ino === stdout.ino;
}
