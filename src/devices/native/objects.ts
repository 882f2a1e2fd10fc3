import { type Cache, cacheFolder, hash, openCache } from "./cache.js";
import { type CompileOptions, type CSource, compile, flagsOf } from "./compile.js";
import type { Compiler } from "./compiler.js";
import { messageOf, NativeDeviceError, node } from "./system.js";

/** Loads an object into the process; throws if it does not load. */
export type Load = (path: string, index: number) => void;

/** Part of every key: raised when what a text means to its loader changes. */
const format = 1;

/**
 * Texts in C as objects in this process: from the user's cache, where they are there and whole, else compiled, all that are
 * asked for together at once. Without a cache, or where nothing in it may be executed, by way of a temporary folder.
 */
export class Objects {
  private cache: Cache | null = null;
  /** Why there is no cache, for a person. */
  readonly uncached: string | null = null;
  private readonly identity: string;

  constructor(
    private readonly compiler: Compiler,
    private readonly options: CompileOptions,
  ) {
    this.identity = hash(JSON.stringify([format, process.arch, [...compiler.macros].sort()]));
    const folder = cacheFolder(options.env);
    const opened = folder === null ? "there is no home folder" : openCache(folder);
    if (typeof opened === "string") this.uncached = opened;
    else this.cache = opened;
  }

  /**
   * Loads the object of each text; all have the same flags.
   *
   * @throws NativeDeviceError if one cannot be compiled or loaded
   */
  provide(sources: readonly CSource[], load: Load): void {
    const missing = this.loadCached(sources, load);
    if (missing.length === 0) return;
    const texts = missing.map((i) => sources[i]!);
    if (this.cache) {
      let folder: string | null = null;
      let kept: string[] | null = null;
      try {
        folder = this.cache.workFolder();
        const made = compile(this.compiler, texts, folder, this.options);
        kept = made.map((file, k) => this.cache!.take(this.keyOf(texts[k]!), file));
      } catch (error) {
        if (error instanceof NativeDeviceError && error.code === "compiler-hung") throw error;
        this.cache = null; // Full, or no longer ours to write; and if it is the compiler, it will say so again.
      } finally {
        if (folder) node().fs.rmSync(folder, { recursive: true, force: true });
      }
      if (kept) {
        kept.forEach((file, k) => {
          this.loadAnywhere(file, missing[k]!, load);
        });
        return;
      }
    }
    inTemporaryFolder(this.options.env, (folder) => {
      compile(this.compiler, texts, folder, this.options).forEach((file, k) => {
        this.loadOrThrow(file, missing[k]!, load);
      });
    });
  }

  /** Loads what the cache has; returns the indices of the others. */
  private loadCached(sources: readonly CSource[], load: Load): number[] {
    let found = new Map<string, string>();
    const keys = sources.map((source) => this.keyOf(source));
    try {
      found = this.cache?.find(keys) ?? found;
    } catch {
      this.cache = null;
    }
    return keys.flatMap((key, i) => {
      const file = found.get(key);
      if (file === undefined) return [i];
      try {
        this.loadAnywhere(file, i, load);
        return [];
      } catch {
        return [i]; // Whole, but not of this system: another libc shares this home.
      }
    });
  }

  /** Loads a file, or a copy of it in the temporary folder if nothing may be executed where it is. */
  private loadAnywhere(file: string, index: number, load: Load): void {
    try {
      load(file, index);
    } catch {
      inTemporaryFolder(this.options.env, (folder) => {
        const { fs, path } = node();
        const copy = path.join(folder, "copy.so");
        fs.copyFileSync(file, copy);
        this.loadOrThrow(copy, index, load);
      });
    }
  }

  private loadOrThrow(file: string, index: number, load: Load): void {
    try {
      load(file, index);
    } catch (error) {
      throw new NativeDeviceError(
        "not-loadable",
        `what the C compiler (${this.compiler.command.join(" ")}) wrote does not load (${messageOf(error)}); ` +
          "name another one in CC, or a folder in TMPDIR from which programs may run",
      );
    }
  }

  private keyOf(source: CSource): string {
    return hash(JSON.stringify([this.identity, flagsOf(source), source.text]));
  }
}

/** A folder for this user alone, gone afterwards: what was loaded from it stays. */
function inTemporaryFolder(env: NodeJS.ProcessEnv, use: (folder: string) => void): void {
  const { fs, os, path } = node();
  let folder: string;
  try {
    folder = fs.mkdtempSync(path.join(env.TMPDIR || os.tmpdir(), "hebbian-"));
  } catch (error) {
    throw new NativeDeviceError(
      "unsupported",
      `there is no folder in which to compile: ${messageOf(error)}; name one that can be written to in TMPDIR`,
    );
  }
  try {
    use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
