import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "../src/schema/index.js";
import { drawingPath } from "../src/tasks/characters/drawings.js";
import {
  CHARACTER_SIZE,
  type CharacterSet,
  characterSet,
  omniglotCharacters,
  type PackedCharacters,
  syntheticCharacters,
} from "../src/tasks/index.js";
import { readSafetensors, writeSafetensors } from "../src/training/index.js";
import { cacheFolder, DataError, dataFolders } from "./dataFolders.js";
import { makeFolder, writeAtomic } from "./files.js";
import { fingerprintOfInvented, sha256 } from "./fingerprint.js";
import { readBytes } from "./inputFile.js";
import type { LoadedImages } from "./loadedImages.js";
import { unzip } from "./zip.js";

/** Alphabets to train with, and others to be tested with. */
export interface LoadedCharacters extends LoadedImages {
  readonly train: CharacterSet;
  readonly test: CharacterSet;
}

/**
 * The characters of an experiment.
 *
 * @param source "omniglot"; "synthetic": invented alphabets, 40 to train and 20 others to test; or a folder that holds
 *   Omniglot's two zips or what they unpack to
 * @throws DataError where they are missing or damaged
 */
export function loadCharacters(source: string): LoadedCharacters {
  if (source === "synthetic") {
    const [train, all] = [40, 60];
    const sets = { train: syntheticCharacters(0, 0, train), test: syntheticCharacters(0, train, all) };
    return { ...sets, skipped: [], fingerprint: fingerprintOfInvented([sets.train, sets.test]) };
  }
  return source === "omniglot" ? loadOmniglot() : loadOmniglot([source]);
}

const parts = { train: "images_background", test: "images_evaluation" } as const;
/** Omniglot's larger half is a zip of 9 MB with 19,280 drawings, the largest of 1 kB. */
const limits = { files: 40_000, bytes: 8 * 1024 };
const LARGEST_ZIP = 64 * 1024 * 1024;

/**
 * Omniglot, its background alphabets to train and its evaluation alphabets to test: the official zips, or the folders
 * that they unpack to, in `omniglot/` of a data folder or in the folder itself. What was read once is cached.
 *
 * @throws DataError where it is missing or damaged
 */
export function loadOmniglot(
  folders: readonly string[] = dataFolders(),
  cache = cacheFolder(),
): LoadedCharacters {
  const places = folders.flatMap((folder) => [join(folder, "omniglot"), folder]);
  const sourceOf = (part: string): string | undefined =>
    places.flatMap((place) => [join(place, `${part}.zip`), join(place, part)]).find(existsSync);
  const load = (part: string): PackedCharacters => {
    const source = sourceOf(part);
    if (source === undefined) {
      throw new DataError(
        `Omniglot: ${part}.zip not found in ${places.join(" or ")}; fetch it with: hebbian data fetch omniglot, ` +
          "or use --data synthetic",
      );
    }
    return statSync(source).isDirectory() ? readFolder(source) : readZip(source, cache);
  };
  const packed = [load(parts.train), load(parts.test)] as const;
  const [train, test] = packed.map(characterSet) as [CharacterSet, CharacterSet];
  expectDisjoint(train, test);
  // Of the drawings themselves, so that zips and what they unpack to are the same.
  const fingerprint = sha256(...packed.flatMap((part) => [layoutOf(part), part.ink]));
  return { train, test, skipped: [], fingerprint };
}

const layoutOf = ({ size, drawings, alphabets }: PackedCharacters): string =>
  JSON.stringify({ size, drawings, alphabets });

function expectDisjoint(train: CharacterSet, test: CharacterSet): void {
  const names = new Set(train.alphabets.map(({ name }) => name));
  const shared = test.alphabets.find(({ name }) => names.has(name));
  if (!shared) return;
  throw new DataError(
    `Omniglot: the alphabet ${shared.name} is in both halves, so that testing on it would prove nothing; ` +
      "get both archives again",
  );
}

const explained = <Value>(action: () => Value): Value => {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError) throw new DataError(error.message, { cause: error });
    throw error;
  }
};

function readFolder(folder: string): PackedCharacters {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(drawingPath);
  if (names.length > limits.files) {
    throw new DataError(`${folder}: ${names.length} drawings, at most ${limits.files} were expected`);
  }
  const files = function* () {
    for (const name of names) {
      const path = join(folder, name);
      yield { name: path, bytes: readBytes(path, limits.bytes) };
    }
  };
  return explained(() => omniglotCharacters(folder, files()));
}

function readZip(path: string, cache: string | null): PackedCharacters {
  const bytes = readBytes(path, LARGEST_ZIP);
  const sum = sha256(bytes);
  const cached = cache === null ? null : join(cache, `characters-${sum.slice(0, 16)}.safetensors`);
  const known = cached !== null && existsSync(cached) ? readCache(cached, sum) : null;
  if (known) return { ...known, name: path };
  const packed = explained(() =>
    omniglotCharacters(
      path,
      unzip({ name: path, bytes }, (name) => drawingPath(name) !== null, limits),
    ),
  );
  if (cached !== null) writeCache(cached, packed, sum);
  return packed;
}

/** Of the cache's files: another number where the same zip comes to be read in another way. */
const CACHE_FORMAT = "hebbian characters 2";
const layoutSchema = z.strictObject({
  size: z.literal(CHARACTER_SIZE),
  drawings: z.int().min(1),
  alphabets: z.array(z.strictObject({ name: z.string(), characters: z.int().min(1) }), 1),
});

/** Null for a file that is not the whole cache of these bytes: it is made again. */
function readCache(path: string, sum: string): Omit<PackedCharacters, "name"> | null {
  try {
    const { tensors, metadata } = readSafetensors(readBytes(path, LARGEST_ZIP));
    const ink = tensors.get("ink")?.data;
    const { format, sha256, layout } = metadata;
    if (format !== CACHE_FORMAT || sha256 !== sum || !(ink instanceof Uint8Array)) return null;
    const packed = { ...layoutSchema.parse(JSON.parse(layout!)), ink };
    characterSet({ ...packed, name: path });
    return packed;
  } catch {
    return null;
  }
}

/** A cache that cannot be written costs some seconds the next time, and nothing else. */
function writeCache(path: string, packed: PackedCharacters, sum: string): void {
  try {
    makeFolder(dirname(path));
    const { ink } = packed;
    const about = { format: CACHE_FORMAT, sha256: sum, layout: layoutOf(packed) };
    writeAtomic(path, writeSafetensors({ ink: { shape: [ink.length], data: ink } }, about));
  } catch {
    return;
  }
}
