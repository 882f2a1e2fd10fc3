import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { syntheticText } from "../src/tasks/index.js";
import { DataError, dataFolders } from "./dataFolders.js";
import { sha256 } from "./fingerprint.js";
import { readBytes } from "./inputFile.js";
import type { LoadedText } from "./loadedImages.js";
import { counted } from "./progress.js";

const parts = ["train", "valid", "test"] as const;
type Parts = Readonly<Record<(typeof parts)[number], string>>;

/** Of a text, unpacked or not: what a network could read in a week. */
const LARGEST_TEXT = 256 * 1024 * 1024;
/** Of a single file, from its end: what is tested with, and as much to choose by. */
const SHARE = 0.1;

/**
 * The text of an experiment.
 *
 * @param source "ptb": the Penn Treebank. "synthetic": an invented text. A folder: its train.txt, valid.txt and test.txt, or
 *   ptb.train.txt and so on, as they are or packed with gzip. A file: eight tenths of its lines to train, a tenth to choose by and the
 *   last tenth to test.
 * @param folders where the Penn Treebank may lie
 * @throws DataError where it is missing, no text or too short
 */
export function loadText(source: string, folders: readonly string[] = dataFolders()): LoadedText {
  if (source === "synthetic") return loaded(syntheticText(0).name, syntheticText(0).text);
  if (source === "ptb") return loadPtb(folders);
  if (!existsSync(source)) {
    throw new DataError(
      `${source}: there is no such folder or file; give a text file, or a folder with train.txt, valid.txt and test.txt`,
    );
  }
  return statSync(source).isDirectory() ? loadFolder(source) : loadFile(source);
}

function loadPtb(folders: readonly string[]): LoadedText {
  const places = folders.map((folder) => join(folder, "ptb"));
  const place = places.find((folder) => parts.every((part) => fileOf(folder, part) !== undefined));
  if (place === undefined) {
    throw new DataError(
      `Penn Treebank not found in ${places.join(" or ")}; fetch it with: hebbian data fetch ptb, or use --data synthetic`,
    );
  }
  return { ...loadFolder(place), name: "Penn Treebank" };
}

/** A part's file in a folder, under one of its names. */
const fileOf = (folder: string, part: string): string | undefined =>
  [`${part}.txt`, `${part}.txt.gz`, `ptb.${part}.txt`, `ptb.${part}.txt.gz`]
    .map((name) => join(folder, name))
    .find(existsSync);

function loadFolder(folder: string): LoadedText {
  const read = parts.map((part) => {
    const path = fileOf(folder, part);
    if (path !== undefined) return [part, textOf(path)] as const;
    throw new DataError(
      `${folder}: has no ${part}.txt; put train.txt, valid.txt and test.txt into it, or give a single text file`,
    );
  });
  return loaded(folder, Object.fromEntries(read) as Parts);
}

function loadFile(path: string): LoadedText {
  const lines = textOf(path).split(/(?<=\n)/);
  const each = Math.floor(SHARE * lines.length);
  if (each < 1) {
    throw new DataError(
      `${path}: has ${counted(lines.filter(Boolean).length, "line")}, of which a tenth would be for testing; ` +
        "give at least 10, or a folder of three texts",
    );
  }
  const [valid, test] = [lines.length - 2 * each, lines.length - each];
  return loaded(path, {
    train: lines.slice(0, valid).join(""),
    valid: lines.slice(valid, test).join(""),
    test: lines.slice(test).join(""),
  });
}

function textOf(path: string): string {
  const bytes = readBytes(path, LARGEST_TEXT);
  try {
    const plain = path.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: LARGEST_TEXT }) : bytes;
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (error) {
    throw new DataError(`${path}: is no text in UTF-8 (${(error as Error).message}); give another file`, {
      cause: error,
    });
  }
}

/** Of what is in it, so that it is the same wherever it lies and however it is packed. */
const loaded = (name: string, text: Parts): LoadedText => ({
  name,
  text,
  skipped: [],
  fingerprint: sha256(JSON.stringify(parts.map((part) => text[part]))),
});
