import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DataError, folderWith } from "./dataFolders.js";
import type { DataFile, DataSet, Download } from "./dataSets.js";
import { makeFolder, writeAtomic } from "./files.js";
import { sha256 } from "./fingerprint.js";
import { readBytes } from "./inputFile.js";

/** Told of bytes that have come, and of how many there will be where the server says so. */
export type Progress = (url: string, done: number, total: number | undefined) => void;

export interface CheckedFile {
  /** Relative to the data folder. */
  readonly path: string;
  /** False where SHA256SUMS does not list the file, so that nothing but its presence could be checked. */
  readonly verified: boolean;
}

/** Checksums of everything in a data folder, in the format of `sha256sum`, relative to the folder. */
const SUMS = "SHA256SUMS";

/**
 * Downloads a data set into `folder`, checks it, and records its checksums in the folder's SHA256SUMS. Each file
 * appears whole or not at all. Nothing is downloaded where the folder has the whole set already, checked.
 *
 * @returns true if anything was downloaded
 * @throws DataError: no network, refused by the server, broken off, wrong checksum, disk full or not writable
 */
export async function fetchData(set: DataSet, folder: string, progress: Progress): Promise<boolean> {
  if (isComplete(set, folder)) return false;
  for (const download of set.downloads) {
    const bytes = await fetchBytes(download, folder, progress);
    for (const file of download.unpack(bytes)) writeFile(folder, file);
  }
  return true;
}

/**
 * Compares a data set with the checksums beside it, in the first of `folders` that has all of its files.
 *
 * @throws DataError where no folder has it, or naming the file that differs
 */
export function checkData(
  set: DataSet,
  folders: readonly string[],
): { readonly folder: string; readonly files: readonly CheckedFile[] } {
  const folder = folderWith(set.files, folders);
  if (folder === undefined) {
    throw new DataError(
      `${set.name}: not found in ${folders.join(" or ")}; fetch it with: hebbian data fetch ${set.name}`,
    );
  }
  const sums = readSums(folder);
  const files = set.files.map((path) => {
    const expected = sums.get(path);
    if (expected === undefined) return { path, verified: false };
    const actual = sha256(readBytes(join(folder, path)));
    if (actual === expected) return { path, verified: true };
    throw new DataError(
      `${join(folder, path)}: SHA-256 must be ${expected}, got ${actual}; ` +
        `the file has changed: remove it, then run: hebbian data fetch ${set.name}`,
    );
  });
  return { folder, files };
}

function isComplete(set: DataSet, folder: string): boolean {
  if (folderWith(set.files, [folder]) === undefined) return false;
  const sums = readSums(folder);
  return set.files.every((path) => sums.get(path) === sha256(readBytes(join(folder, path))));
}

async function fetchBytes(
  { url, md5, most }: Download,
  folder: string,
  progress: Progress,
): Promise<Uint8Array> {
  let response: Response;
  try {
    // Unencoded, so that content-length counts the bytes that arrive.
    response = await fetch(url, { headers: { "accept-encoding": "identity" } });
  } catch (error) {
    throw new DataError(
      `${url}: cannot be reached (${reason(error)}); check the network, or put the files into ${folder} yourself`,
      { cause: error },
    );
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new DataError(
      `${url}: the server answered ${response.status} ${response.statusText}; try again later, ` +
        `or put the files into ${folder} yourself`,
    );
  }
  const length = response.headers.get("content-length");
  const total = length === null ? undefined : Number(length);
  const expectWithin = (bytes: number): void => {
    if (bytes <= most) return;
    throw new DataError(
      `${url}: sends ${total ?? `more than ${most}`} bytes, at most ${most} were expected; it is not the published ` +
        "file: try again, or from another network",
    );
  };
  const hash = createHash("md5");
  const chunks: Uint8Array[] = [];
  let done = 0;
  try {
    // Leaving the loop by an error also hangs up.
    if (total !== undefined) expectWithin(total);
    for await (const chunk of response.body) {
      expectWithin(done + chunk.length);
      hash.update(chunk);
      chunks.push(chunk);
      done += chunk.length;
      progress(url, done, total);
    }
  } catch (error) {
    if (error instanceof DataError) {
      await response.body.cancel().catch(() => {});
      throw error;
    }
    throw new DataError(
      `${url}: broke off after ${done} of ${total ?? "an unknown number of"} bytes (${reason(error)}); try again`,
      { cause: error },
    );
  }
  const actual = hash.digest("hex");
  if (actual !== md5) {
    throw new DataError(
      `${url}: MD5 must be ${md5}, got ${actual} (${done} bytes); what came is not the published file: ` +
        "try again, or from another network",
    );
  }
  return Buffer.concat(chunks);
}

/** The innermost cause has the words that help: "connect ECONNREFUSED 127.0.0.1:80". */
function reason(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  const { message, code } = inner as NodeJS.ErrnoException;
  // Where several addresses were tried, the message is empty and only the code is left.
  return message || code || String(inner);
}

function writeFile(folder: string, { path, bytes }: DataFile): void {
  const target = join(folder, path);
  try {
    makeFolder(dirname(target));
    writeAtomic(target, bytes);
    const sums = readSums(folder).set(path, sha256(bytes));
    const lines = [...sums].map(([name, sum]) => `${sum}  ${name}\n`);
    writeAtomic(join(folder, SUMS), lines.sort().join(""));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `${(error as Error).message} (while saving ${target}); or set HEBBIAN_DATA to another folder`,
      { cause: error },
    );
  }
}

function readSums(folder: string): Map<string, string> {
  const path = join(folder, SUMS);
  const sums = new Map<string, string>();
  if (!existsSync(path)) return sums;
  for (const line of new TextDecoder().decode(readBytes(path)).split("\n")) {
    const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
    if (match) sums.set(match[2]!, match[1]!);
  }
  return sums;
}
