import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type PngImages, pngImages, selected } from "../src/tasks/index.js";
import { DataError } from "./dataFolders.js";
import { fingerprintOf, pictureDigest } from "./fingerprint.js";
import { bytesOrReason } from "./inputFile.js";
import type { LoadedImages } from "./loadedImages.js";

/** An episode of the paper shows three images; both sets must have as many. */
const LEAST_IMAGES = 3;
/** One picture in so many is for testing. */
const TEST_SHARE = 5;
/** 4 kB of each are kept. */
const MOST_PICTURES = 2 ** 18;
/** More than the pixels of the largest picture that is read. */
const LARGEST_FILE = 2 ** 29;
/** Files that are named, of those that were left out. */
const NAMED = 5;

/**
 * The PNG files of a folder, about a fifth of them to test. Which side a picture is on follows from the picture itself,
 * and so does its place in the set: neither names, nor where the folder lies, nor what else is in it changes anything.
 * Files that are no readable pictures are left out, with the reason; hidden ones are not looked at.
 *
 * @throws DataError where there is no such folder, or too little in it
 */
export function loadFolder(folder: string): LoadedImages {
  const { set, skipped } = readPngs(folder, listPngs(folder));
  const digests = Array.from({ length: set.count }, (_, index) => pictureDigest(set.pixels(index)));
  const inOrder = digests.map((digest, index) => ({ digest, index }));
  inOrder.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const isTest = (digest: string) => Number.parseInt(digest.slice(0, 8), 16) < 2 ** 32 / TEST_SHARE;
  const test = inOrder.filter(({ digest }) => isTest(digest)).map(({ index }) => index);
  const train = inOrder.filter(({ digest }) => !isTest(digest)).map(({ index }) => index);
  if (Math.min(test.length, train.length) < LEAST_IMAGES) {
    throw new DataError(
      `${folder}: of its ${set.count} usable pictures ${test.length} are to test and ${train.length} to train; each ` +
        `needs at least ${LEAST_IMAGES} (a picture's side follows from the picture itself, one in ${TEST_SHARE} is ` +
        `to test): add some${skipped.length > 0 ? `; ${skippedText(skipped)}` : ""}`,
    );
  }
  return {
    train: selected(set, train),
    test: selected(set, test),
    skipped,
    fingerprint: fingerprintOf(digests),
  };
}

function readPngs(folder: string, names: readonly string[]): PngImages {
  const unread: { name: string; reason: string }[] = [];
  const files = function* () {
    for (const name of names) {
      const bytes = bytesOrReason(join(folder, name), LARGEST_FILE);
      if (typeof bytes === "string") unread.push({ name, reason: bytes });
      else yield { name, bytes };
    }
  };
  try {
    const { set, skipped } = pngImages(files());
    return { set, skipped: [...unread, ...skipped] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const reasons = unread.length > 0 ? `; ${skippedText(unread)}` : "";
    throw new DataError(`${folder}: no picture in it can be used (${error.message})${reasons}`, {
      cause: error,
    });
  }
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
  const pngs = names.filter((name) => /\.png$/i.test(name) && !name.startsWith(".")).sort();
  if (pngs.length > MOST_PICTURES) {
    throw new DataError(
      `${folder}: has ${pngs.length} .png files, at most ${MOST_PICTURES} are read; choose fewer`,
    );
  }
  if (pngs.length > 0) return pngs;
  throw new DataError(`${folder}: has no .png file among its ${names.length} entries; choose another folder`);
}

/** "2 files were left out: a.png (it is a folder), b.png (it is a link to nothing)". */
export function skippedText(skipped: LoadedImages["skipped"]): string {
  const named = skipped.slice(0, NAMED).map(({ name, reason }) => `${name} (${reason})`);
  if (skipped.length > NAMED) named.push(`and ${skipped.length - NAMED} more`);
  return `${skipped.length} ${skipped.length === 1 ? "file was" : "files were"} left out: ${named.join(", ")}`;
}
