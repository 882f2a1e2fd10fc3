import { execFileSync } from "node:child_process";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { shownPath } from "../shownPath.js";
import { placeIn } from "./faultIn.js";
import { ModuleError } from "./moduleError.js";
import { filesOf, type ModuleHashes, moduleHashes } from "./moduleFiles.js";

/** A module of somebody's own, loaded. */
export interface OwnModule {
  /** Absolute. */
  readonly path: string;
  readonly hashes: ModuleHashes;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Loads a module by its path. It runs: whoever names a module trusts it.
 * @throws ModuleError for one that is not there, cannot be read as JavaScript, or throws; with file and line
 */
export async function loadModule(word: string): Promise<OwnModule> {
  const path = resolve(word);
  const hashes = moduleHashes(path);
  if (/^\.[cm]?ts$/.test(extname(path)) && !runsTypeScript()) {
    throw new ModuleError(
      `${shownPath(path)}: Node ${process.versions.node} does not run TypeScript; use Node 22.18 or newer, or compile it to ` +
        "JavaScript (npx tsc) and give that",
    );
  }
  try {
    return { path, hashes, exports: await import(/* @vite-ignore */ pathToFileURL(path).href) };
  } catch (error) {
    throw explainedFault(error, path, hashes);
  }
}

/** Node says so from 22.10 on; Deno and Bun always do. */
const runsTypeScript = (): boolean =>
  Boolean((process.features as { typescript?: unknown }).typescript) ||
  "bun" in process.versions ||
  "deno" in process.versions;

function explainedFault(error: unknown, path: string, hashes: ModuleHashes): ModuleError {
  const message = error instanceof Error ? error.message : String(error);
  const files = filesOf(path, hashes);
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
    const name = /package '([^']+)'/.exec(message)?.[1];
    const cure = name === undefined ? "write the path that it has, with its ending" : `npm install ${name}`;
    return new ModuleError(`${shownPath(path)}: ${message}; ${cure}`, { cause: error });
  }
  const isSyntax = error instanceof SyntaxError || code === "ERR_INVALID_TYPESCRIPT_SYNTAX";
  const place = placeIn(error, files) ?? (isSyntax ? syntaxPlace(files) : null) ?? shownPath(path);
  return new ModuleError(`${place}: ${isSyntax ? "syntax error: " : ""}${message}`, { cause: error });
}

/** Where Node finds a file that it cannot read as JavaScript; not every error says so. */
function syntaxPlace(files: readonly string[]): string | null {
  for (const file of files) {
    try {
      execFileSync(process.execPath, ["--check", file], { stdio: ["ignore", "ignore", "pipe"] });
    } catch (error) {
      const place = placeIn(
        { __proto__: Error.prototype, stack: String((error as { stderr?: Buffer }).stderr) },
        [file],
      );
      return place ?? shownPath(file);
    }
  }
  return null;
}
