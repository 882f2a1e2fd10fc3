import { readFileSync } from "node:fs";
import { compileModel } from "../src/lifetime/compile.js";
import { codeOf } from "./exitCodes.js";
import { explained, FileError, writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { expectNoRunFile } from "./protectedFiles.js";
import { RunFolder } from "./runFolder.js";
import { isFolder } from "./trained.js";

/** Writes the WebAssembly module of a model, for places where a page may not make code. Throws FileError or UsageError. */
export function compileCommand(path: string, target: string, io: Io): number {
  const file = isFolder(path) ? new RunFolder(path).file.model : path;
  expectNoRunFile(target);
  const bytes = explained("read", file, () => readFileSync(file));
  let code: Uint8Array;
  try {
    code = compileModel(bytes, file);
  } catch (error) {
    if (!(error instanceof Error && error.name === "ModelError")) throw error;
    throw new FileError(error.message, { cause: error });
  }
  writeAtomic(target, code);
  io.stdout.write(`${target}: ${code.length} bytes; loadModel(model, { code }) takes it\n`);
  return codeOf("ok");
}
