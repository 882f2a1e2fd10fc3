import { fstatSync, statSync } from "node:fs";
import { extname } from "node:path";
import { adaptModel, encodeModel, type Precision } from "../src/training/index.js";
import { inventedData, loadData } from "./data.js";
import { codeOf, UsageError } from "./exitCodes.js";
import { writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { expectNoRunFile } from "./protectedFiles.js";
import { provenance } from "./provenance.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import { isFolder, readFinished, readTrained, type Trained, trainedExperiment } from "./trained.js";

export interface ExportFlags {
  readonly float16?: boolean;
  readonly int8?: boolean;
  /** Classes that a few-shot classifier is to tell apart. */
  readonly ways?: number;
  /** Where the module of its experiment lies, if it is one of somebody's own. */
  readonly experiment?: string;
}

/** Endings of other programs' models and data. */
const OTHERS = ".onnx .pt .pth .pb .h5 .hdf5 .keras .tflite .gguf .npz .npy .pkl .ckpt .json .wasm".split(
  " ",
);

/**
 * Copies a run's network, as of its latest episode, with its provenance to one file of its own.
 * Throws FileError, CheckpointError, UsageError, OptionsError or ModuleError.
 */
export async function exportModel(path: string, target: string, flags: ExportFlags, io: Io): Promise<number> {
  const precision: Precision = flags.int8 ? "int8" : flags.float16 ? "float16" : "float32";
  expectNoRunFile(target);
  expectOurFormat(target);
  const folder = isFolder(path) ? new RunFolder(path) : null;
  const trained = readTrained(path, io);
  const { model: latest } = trained;
  const finished = folder && readFinished(folder);
  const model = finished && finished.episode >= latest.episode ? finished : latest;
  const isUntested = folder !== null && model !== finished;
  const find = () => trainedExperiment(path, trained, flags.experiment, io);
  const bytes = await encoded(model, isUntested ? folder : null, flags.ways, precision, find);
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

/**
 * The model's file; `untested`: the run that it comes from, if no test was written down. `find` finds its experiment, which is
 * asked for only where the file alone does not say enough.
 */
async function encoded(
  model: Trained["model"],
  untested: RunFolder | null,
  ways: number | undefined,
  precision: Precision,
  find: () => ReturnType<typeof trainedExperiment>,
): Promise<Uint8Array> {
  const { architecture, ...notes } = model.notes;
  // A model file says how its network is built; whose experiment it is from need not be known.
  if (ways === undefined && !untested && architecture !== undefined)
    return encodeModel(model, architecture, notes, precision);
  const { experiment } = await find();
  if (ways !== undefined && !("ways" in experiment.schema.shape)) {
    throw new UsageError(`--ways: ${experiment.name} has no such option; leave it out`);
  }
  // Only how large pictures are matters to a network.
  const images = loadData(experiment, inventedData(experiment));
  const changes = ways === undefined ? {} : { ways };
  const adapted = adaptModel(experiment, model, changes, images);
  const own = untested
    ? provenance(
        experiment,
        { ...untested.readConfig(), episodes: model.episode },
        null,
        Object.fromEntries(adapted.architecture.connections.map(({ name, rule }) => [name, rule])),
      )
    : notes;
  if (ways === undefined) return encodeModel(adapted.model, adapted.architecture, own, precision);
  // What was measured was another number of classes.
  const { metrics, ...others } = own;
  const note = `${ways} ways, of a network trained with ${model.options.ways}`;
  return encodeModel(adapted.model, adapted.architecture, { ...others, adapted: note }, precision);
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
