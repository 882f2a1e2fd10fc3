import { readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { version } from "../../src/training/index.js";
import { codeOf } from "../exitCodes.js";
import { explained, FileError, makeFolder } from "../files.js";
import type { Io } from "../io.js";
import { shellWord } from "../shellWord.js";
import { projectFiles } from "./template.js";

/** Writes a small project of one's own. Throws a FileError for a folder that holds anything, or cannot be written to. */
export function newProject(folder: string, io: Io): number {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there && !there.isDirectory()) throw new FileError(`${folder}: it is a file; choose another name`);
  const content = there ? explained("read", folder, () => readdirSync(folder)) : [];
  if (content.length > 0) {
    throw new FileError(
      `${folder} exists and holds ${content.length === 1 ? content[0] : `${content.length} files`}; choose a new folder, or empty it`,
    );
  }
  makeFolder(folder);
  const files = projectFiles(packageName(folder), version);
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    explained("write", path, () => writeFileSync(path, text, { flag: "wx" }));
  }
  io.stdout.write(`${folder}: ${Object.keys(files).join(", ")}\n\n`);
  io.stdout.write(`  cd ${shellWord(folder)}\n  npm install\n  npm run train\n`);
  return codeOf("ok");
}

/** What npm takes for a name: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name */
function packageName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" || name === "hebbian" ? "my-experiment" : name;
}
