import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cifar10, type ImageSet, pngImages, proceduralImages, random, subset } from "../src/tasks/index.js";
import type { Experiment, ImageData } from "../src/training/index.js";
import { loadCharacters } from "./characters.js";
import { DataError, dataFolders, folderWith } from "./dataFolders.js";
import { cifarTestFile, cifarTrainFiles } from "./dataSets.js";
import { readBytes } from "./fetchData.js";

export interface LoadedImages {
  /** Two sets without a picture in common. */
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Files of a folder that were left out, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** The source of pictures or characters that needs no files; null for experiments that need none. */
export const inventedData = ({ needsImages }: Pick<Experiment, "needsImages">): string | null =>
  needsImages ? { pictures: "procedural", characters: "synthetic" }[needsImages] : null;

/** What an experiment needs, from `source`; null if it needs nothing. Throws a DataError. */
export function loadData(
  { needsImages }: Pick<Experiment, "needsImages">,
  source: string | null,
): ImageData | null {
  if (source === null || !needsImages) return null;
  return needsImages === "characters" ? loadCharacters(source) : loadImages(source);
}

/** An episode of the paper shows three images; the test set must have as many. */
const LEAST_TEST_IMAGES = 3;

/**
 * The images of an experiment.
 *
 * @param source "cifar": CIFAR-10, batches 1 to 4 to train and the test batch to test. "procedural": painted
 *   pictures, half of them to train and half to test. Anything else: a folder of PNG files; a tenth of them,
 *   chosen by chance but always the same, to test.
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
        "or use procedural images",
    );
  }
  const read = (file: string) => ({ name: join(folder, file), bytes: readBytes(join(folder, file)) });
  return { train: cifar10(cifarTrainFiles.map(read)), test: cifar10([read(cifarTestFile)]), skipped: [] };
}

function splitProcedural(): LoadedImages {
  const all = proceduralImages(0);
  const half = all.count / 2;
  return { train: subset(all, 0, half), test: subset(all, half, all.count), skipped: [] };
}

function loadFolder(folder: string): LoadedImages {
  const names = listPngs(folder);
  const { set, skipped } = pngImages(
    // Neighbours in the alphabet are often alike: mixed, train and test have the same kinds of pictures.
    random(0, "png folder", 0)
      .shuffle(names)
      .map((name) => ({ name: join(folder, name), bytes: readBytes(join(folder, name)) })),
  );
  const test = Math.max(LEAST_TEST_IMAGES, Math.round(set.count / 10));
  if (set.count < test + LEAST_TEST_IMAGES) {
    throw new DataError(
      `${folder}: must have at least ${2 * LEAST_TEST_IMAGES} usable pictures, to train and to test; ` +
        `got ${set.count} (${skipped.length} skipped); add some`,
    );
  }
  return { train: subset(set, test, set.count), test: subset(set, 0, test), skipped };
}

function listPngs(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new DataError(
      `${folder}: cannot be opened as a folder of PNG files (${(error as Error).message}); ` +
        'give "cifar", "procedural" or a folder',
      { cause: error },
    );
  }
  const pngs = names.filter((name) => /\.png$/i.test(name)).sort();
  if (pngs.length > 0) return pngs;
  throw new DataError(`${folder}: has no .png file among its ${names.length} entries; choose another folder`);
}
