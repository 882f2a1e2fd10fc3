import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { deviceKinds } from "../src/devices/kinds.js";
import {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
} from "../src/training/index.js";
import { explained, FileError, JsonlLog, makeFolder, writeAtomic } from "./files.js";
import { isLockName, lockFolder } from "./lock.js";
import { shellWord } from "./shellWord.js";
import { isTemporary, removeLeftovers } from "./temporaryFiles.js";

const configSchema = z.object({
  experiment: z.string(),
  seed: z.int(),
  episodes: z.int().min(0),
  checkpointEvery: z.int().min(1),
  device: z.enum(deviceKinds),
  threads: z.int().min(1),
  /** Where the pictures come from, as in --data; null for experiments without. */
  data: z.string().nullable(),
  options: z.record(z.string(), z.unknown()),
});

/** All that determines a run, every default filled in. */
export type RunConfig = z.infer<typeof configSchema>;

const NAMES = {
  config: "config.json",
  environment: "environment.json",
  /** A line per training episode; the same for the same run, however often it was interrupted. */
  metrics: "metrics.jsonl",
  timing: "timing.jsonl",
  checkpoint: "checkpoint.safetensors",
  previous: "checkpoint.previous.safetensors",
  model: "model.safetensors",
  result: "result.json",
  figures: "figures",
};

/** The folder of a run: what it was asked, what came out, and what it needs to go on. */
export class RunFolder {
  readonly file: Readonly<Record<keyof typeof NAMES, string>>;

  constructor(readonly path: string) {
    const paths = Object.entries(NAMES).map(([key, name]) => [key, join(path, name)]);
    this.file = Object.fromEntries(paths) as RunFolder["file"];
  }

  /**
   * Makes the folder and locks it; returns how to unlock it. Throws a FileError if there is anything in it already, but
   * for what a run leaves that was killed before its config.json was there: that begins anew.
   */
  create(): () => void {
    makeFolder(this.path);
    const unlock = this.lock();
    const content = explained("read", this.path, () => readdirSync(this.path)).filter(
      (name) => !isLockName(name) && !isTemporary(name),
    );
    if (content.length === 0) return unlock;
    unlock();
    const isRun = content.includes(basename(this.file.config));
    const cure = isRun ? `go on with it: hebbian train --resume ${shellWord(this.path)}; or ` : "";
    throw new FileError(
      `${this.path} exists and holds ${isRun ? "a run" : `${content.length} files`}; ${cure}choose another --out`,
    );
  }

  /** Locks the folder and tidies up what killed runs have left in it; returns how to unlock it. Throws a FileError. */
  lock(): () => void {
    const unlock = lockFolder(this.path);
    for (const folder of [this.path, this.file.figures]) removeLeftovers(folder);
    return unlock;
  }

  writeConfig(config: RunConfig): void {
    this.writeJson(this.file.config, config);
  }

  /** Throws a FileError if this is no run folder, or its config.json is damaged. */
  readConfig(): RunConfig {
    const path = this.file.config;
    if (!existsSync(path)) {
      throw new FileError(
        `${this.path} is no run folder: it has no config.json; pass the folder that train wrote`,
      );
    }
    const parsed = configSchema.safeParse(parseJson(path));
    if (parsed.success) return parsed.data;
    const fault = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new FileError(`${path} is damaged: ${fault}; restore it, or start a new run`);
  }

  /** Pretty JSON, written whole or not at all. */
  writeJson(path: string, value: unknown): void {
    writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** A JSON file's content, or null if there is no such file. Throws a FileError if it is damaged. */
  readJson(path: string): unknown {
    return existsSync(path) ? parseJson(path) : null;
  }

  /**
   * Replaces the checkpoint and keeps the one before. At every moment a good one lies there.
   * `metricsBytes`: how long metrics.jsonl is at this checkpoint.
   */
  writeCheckpoint(checkpoint: Checkpoint, metricsBytes: number): void {
    const bytes = encodeCheckpoint(checkpoint, { metricsBytes: String(metricsBytes) });
    writeAtomic(this.file.checkpoint, bytes, { keepAs: this.file.previous });
  }

  /** The checkpoint and the length of metrics.jsonl at it; null before the first. Throws a CheckpointError if damaged. */
  readCheckpoint(): { checkpoint: Checkpoint; metricsBytes: number } | null {
    const { checkpoint: path, previous } = this.file;
    if (!existsSync(path)) return null;
    const bytes = explained("read", path, () => readFileSync(path));
    try {
      const { notes, ...checkpoint } = decodeCheckpoint(bytes, path);
      return { checkpoint, metricsBytes: Number(notes.metricsBytes ?? 0) };
    } catch (error) {
      if (!(error instanceof CheckpointError) || !existsSync(previous)) throw error;
      throw new CheckpointError(`${error.message}; the one before is ${previous}: copy it over this one`, {
        cause: error,
      });
    }
  }

  openMetrics(resumeAt: number): JsonlLog {
    return JsonlLog.open(this.file.metrics, { resumeAt });
  }

  /** One line on how fast it goes. Kept apart from the metrics, which do not depend on the clock. */
  noteTiming(record: Readonly<Record<string, number>>): void {
    explained("write", this.file.timing, () =>
      appendFileSync(this.file.timing, `${JSON.stringify(record)}\n`),
    );
  }
}

function parseJson(path: string): unknown {
  const text = explained("read", path, () => readFileSync(path, "utf8"));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileError(`${path} is damaged: ${(error as Error).message}; restore it, or start a new run`, {
      cause: error,
    });
  }
}
