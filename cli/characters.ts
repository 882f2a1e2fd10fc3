import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CharacterSet,
  characterSet,
  omniglotCharacters,
  type PackedCharacters,
  syntheticCharacters,
} from "../src/tasks/index.js";
import { readSafetensors, writeSafetensors } from "../src/training/index.js";
import { cacheFolder, DataError, dataFolders } from "./dataFolders.js";
import { readBytes } from "./fetchData.js";
import { makeFolder, writeAtomic } from "./files.js";
import { unzip } from "./zip.js";

/** Alphabets to train with, and others to be tested with. */
export interface LoadedCharacters {
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
    return { train: syntheticCharacters(0, 0, train), test: syntheticCharacters(0, train, all) };
  }
  return source === "omniglot" ? loadOmniglot() : loadOmniglot([source]);
}

const parts = { train: "images_background", test: "images_evaluation" } as const;
/** Omniglot's larger half is a zip of 9 MB with 19,280 drawings, the largest of 1 kB. */
const limits = { files: 40_000, bytes: 8 * 1024 };
const LARGEST_ZIP = 64 * 1024 * 1024;

/** A file's bytes. Throws a DataError for one that is larger than it can rightly be, without reading it. */
function readUpTo(path: string, most: number): Uint8Array {
  const { size } = statSync(path);
  if (size <= most) return readBytes(path);
  throw new DataError(`${path}: ${size} bytes, at most ${most} were expected; get the whole set again`);
}

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
  const load = (part: string): CharacterSet => {
    const source = sourceOf(part);
    if (source === undefined) {
      throw new DataError(
        `Omniglot: ${part}.zip not found in ${places.join(" or ")}; fetch it with: hebbian data fetch omniglot, ` +
          "or use --data synthetic",
      );
    }
    return characterSet(statSync(source).isDirectory() ? readFolder(source) : readZip(source, cache));
  };
  const loaded = { train: load(parts.train), test: load(parts.test) };
  expectDisjoint(loaded);
  return loaded;
}

function expectDisjoint({ train, test }: LoadedCharacters): void {
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
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".png"),
  );
  if (names.length > limits.files) {
    throw new DataError(`${folder}: ${names.length} drawings, at most ${limits.files} were expected`);
  }
  const files = function* () {
    for (const name of names) {
      const path = join(folder, name);
      yield { name: path, bytes: readUpTo(path, limits.bytes) };
    }
  };
  return explained(() => omniglotCharacters(folder, files()));
}

function readZip(path: string, cache: string | null): PackedCharacters {
  const bytes = readUpTo(path, LARGEST_ZIP);
  const sum = createHash("sha256").update(bytes).digest("hex");
  const cached = cache === null ? null : join(cache, `characters-${sum.slice(0, 16)}.safetensors`);
  const known = cached !== null && existsSync(cached) ? readCache(cached, sum) : null;
  if (known) return { ...known, name: path };
  const packed = explained(() =>
    omniglotCharacters(
      path,
      unzip({ name: path, bytes }, (name) => name.endsWith(".png"), limits),
    ),
  );
  if (cached !== null) writeCache(cached, packed, sum);
  return packed;
}

/** Null for a file that is not the cache of these bytes: it is made again. */
function readCache(path: string, sum: string): Omit<PackedCharacters, "name"> | null {
  try {
    const { tensors, metadata } = readSafetensors(readBytes(path));
    const ink = tensors.get("ink")?.data;
    if (metadata.sha256 !== sum || !(ink instanceof Uint8Array)) return null;
    return { ...JSON.parse(metadata.layout!), ink };
  } catch {
    return null;
  }
}

/** A cache that cannot be written costs some seconds the next time, and nothing else. */
function writeCache(path: string, { size, drawings, alphabets, ink }: PackedCharacters, sum: string): void {
  try {
    makeFolder(dirname(path));
    const layout = JSON.stringify({ size, drawings, alphabets });
    writeAtomic(path, writeSafetensors({ ink: { shape: [ink.length], data: ink } }, { sha256: sum, layout }));
  } catch {
    return;
  }
}
