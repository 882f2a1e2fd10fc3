import { dataFolders, downloadFolder } from "./dataFolders.js";
import { dataSet } from "./dataSets.js";
import { codeOf } from "./exitCodes.js";
import { checkData, fetchData } from "./fetchData.js";
import type { Io } from "./io.js";

/** Milliseconds between two lines about a download. */
const EVERY = 1000;
const MEGABYTE = 2 ** 20;

/** Downloads a data set from where its authors publish it. Throws a DataError. */
export async function fetchCommand(name: string, io: Io): Promise<number> {
  const folder = downloadFolder();
  let shown = io.now();
  const fetched = await fetchData(dataSet(name), folder, (url, done, total) => {
    if (io.now() - shown < EVERY) return;
    shown = io.now();
    const of = total === undefined ? "" : ` of ${(total / MEGABYTE).toFixed(1)}`;
    io.stdout.write(`${url}: ${(done / MEGABYTE).toFixed(1)}${of} MB\n`);
  });
  io.stdout.write(fetched ? `${name}: fetched into ${folder}\n` : `${name}: already complete in ${folder}\n`);
  return codeOf("ok");
}

/** Compares a data set with its checksums. Throws a DataError. */
export function checkCommand(name: string, io: Io): number {
  const { folder, files } = checkData(dataSet(name), dataFolders());
  for (const { path, verified } of files) {
    io.stdout.write(
      `${path}: ${verified ? "as published or recorded" : "present; no checksum to compare with"}\n`,
    );
  }
  io.stdout.write(`${name}: ${files.length} files in ${folder}\n`);
  return codeOf("ok");
}
