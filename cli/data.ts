import { join, resolve } from "node:path";
import { cifar10, proceduralImages, subset } from "../src/tasks/index.js";
import type { Experiment } from "../src/training/index.js";
import { loadCharacters } from "./characters.js";
import { DataError, dataFolders, folderWith } from "./dataFolders.js";
import { cifarTestFile, cifarTrainFiles } from "./dataSets.js";
import { UsageError } from "./exitCodes.js";
import { FileError } from "./files.js";
import { fingerprintOfInvented, sha256 } from "./fingerprint.js";
import { readBytes } from "./inputFile.js";
import type { LoadedData, LoadedImages } from "./loadedImages.js";
import { loadFolder } from "./pictureFolder.js";
import { loadText } from "./texts.js";

/** Sources that mean the same on every machine; anything else is a folder. */
const NAMED_SOURCES = ["cifar", "procedural", "omniglot", "synthetic", "ptb"];

/** True for a source that means the same on every machine; a folder or a file does not. */
export const isNamedSource = (source: string): boolean => NAMED_SOURCES.includes(source);

/** A source as it is written down: a folder or file by its whole path, so that it is the same one from everywhere. */
const wholeSource = (source: string): string => (isNamedSource(source) ? source : resolve(source));

/** The source of pictures, characters or text that needs no files; null for experiments that need none. */
export const inventedData = ({ needsImages }: Pick<Experiment, "needsImages">): string | null =>
  needsImages ? { pictures: "procedural", characters: "synthetic", text: "synthetic" }[needsImages] : null;

const usualData = { pictures: "cifar", characters: "omniglot", text: "ptb" } as const;

/** Where an experiment's pictures, or its text, come from; null if it needs none. Throws a UsageError for --data without need. */
export function dataFor(experiment: Experiment, data: string | undefined): string | null {
  if (experiment.needsImages) return wholeSource(data ?? usualData[experiment.needsImages]);
  if (data === undefined) return null;
  throw new UsageError(`--data: ${experiment.name} makes its own data; leave --data out`);
}

/**
 * Checks that a source which `file` names is one that the experiment can have. Throws a FileError: nobody but a person or
 * damage wrote another.
 */
export function expectSourceOf({ name, needsImages }: Experiment, source: string | null, file: string): void {
  if (!needsImages && source !== null) {
    throw new FileError(
      `${file} is damaged: data must be null, for ${name} makes its own, got ${JSON.stringify(source)}; restore it`,
    );
  }
  if (needsImages && source === null) {
    throw new FileError(
      `${file} is damaged: data must say where ${name} has its ${needsImages} from; restore it`,
    );
  }
}

/** What an experiment needs, from `source`; null if it needs nothing. Throws a DataError. */
export function loadData(
  { needsImages }: Pick<Experiment, "needsImages">,
  source: string | null,
): LoadedData | null {
  if (source === null || !needsImages) return null;
  if (needsImages === "text") return loadText(source);
  return needsImages === "characters" ? loadCharacters(source) : loadImages(source);
}

/**
 * The images of an experiment.
 *
 * @param source "cifar": CIFAR-10, batches 1 to 4 to train and the test batch to test. "procedural": painted
 *   pictures, half of them to train and half to test. Anything else: a folder of PNG files, a fifth of them to test.
 * @param folders where CIFAR-10 may lie
 * @throws DataError where the images are missing, damaged or too few
 */
export function loadImages(source: string, folders: readonly string[] = dataFolders()): LoadedImages {
  try {
    if (source === "cifar") return loadCifar(folders);
    if (source === "procedural") return splitProcedural();
    return loadFolder(source);
  } catch (error) {
    // The image sets of src/tasks name the file and the cure themselves.
    if (error instanceof RangeError) throw new DataError(error.message, { cause: error });
    throw error;
  }
}

function loadCifar(folders: readonly string[]): LoadedImages {
  const folder = folderWith([...cifarTrainFiles, cifarTestFile], folders);
  if (folder === undefined) {
    throw new DataError(
      `CIFAR-10 not found in ${folders.join(" or ")}; fetch it with: hebbian data fetch cifar-10, ` +
        "or use --data procedural",
    );
  }
  const read = (file: string) => ({ name: join(folder, file), bytes: readBytes(join(folder, file)) });
  const [trainFiles, testFile] = [cifarTrainFiles.map(read), read(cifarTestFile)];
  const [train, test] = [cifar10(trainFiles), cifar10([testFile])];
  return {
    train,
    test,
    skipped: [...train.skipped, ...test.skipped],
    fingerprint: sha256(...trainFiles.map(({ bytes }) => bytes), testFile.bytes),
  };
}

function splitProcedural(): LoadedImages {
  const all = proceduralImages(0);
  const half = all.count / 2;
  const [train, test] = [subset(all, 0, half), subset(all, half, all.count)];
  return { train, test, skipped: [], fingerprint: fingerprintOfInvented([train, test]) };
}
