import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { compileModel } from "../src/lifetime/compile.js";
import { codeOf, UsageError } from "./exitCodes.js";
import { explained, FileError, writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { expectNoRunFile } from "./protectedFiles.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import { isFolder } from "./trained.js";

/** Writes the WebAssembly module of a model, for places where a page may not make code. Throws FileError or UsageError. */
export function compileCommand(path: string, target: string, io: Io): number {
  const file = isFolder(path) ? finishedModel(new RunFolder(path)) : path;
  expectNoRunFile(target);
  expectWasm(target);
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

/** The model file of a run. Throws a FileError where it has none yet, or is no run. */
function finishedModel(folder: RunFolder): string {
  folder.readConfig();
  const { model } = folder.file;
  if (existsSync(model)) return model;
  throw new FileError(
    `${folder.path} holds no trained network yet; go on with the run: hebbian train --resume ${shellWord(folder.path)}`,
  );
}

/** Throws a UsageError for a name that says that there is a network in the file, which is not what is written. */
function expectWasm(target: string): void {
  const ending = extname(target).toLowerCase();
  if (ending !== ".safetensors" && ending !== ".json") return;
  throw new UsageError(
    `compile: ${target}: what is written is a WebAssembly module, which is not what ${ending} files hold; name it .wasm`,
  );
}
