import { DeviceUnavailableError } from "../device.js";

/** What the native device needs of Node (or Bun, or Deno), without an import that a bundler would follow. */

/** Somewhere on the way to native code, something was missing or went wrong. The message ends with the cure. */
export class NativeDeviceError extends DeviceUnavailableError {
  constructor(
    readonly code: "unsupported" | "no-compiler" | "compiler-failed" | "compiler-hung" | "not-loadable",
    message: string,
  ) {
    super(message);
  }
}

/** Modules of Node's own. Throws where there is none: nothing of this folder is of use there. */
export function node() {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") {
    throw new NativeDeviceError(
      "unsupported",
      "the native device needs a program that may start a compiler: Node 20.19 or newer, Bun or Deno; take wasm in a page",
    );
  }
  const builtin = process.getBuiltinModule;
  return {
    fs: builtin("node:fs"),
    os: builtin("node:os"),
    path: builtin("node:path"),
    crypto: builtin("node:crypto"),
    childProcess: builtin("node:child_process"),
  };
}

/** The system's code of an error of Node's, such as "ENOENT". */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException)?.code ?? "";
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
