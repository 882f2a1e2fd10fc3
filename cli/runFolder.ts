import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { deviceKinds } from "../src/devices/kinds.js";
import * as z from "../src/schema/index.js";
import {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  readCount,
} from "../src/training/index.js";
import { explained, FileError, makeFolder, writeAtomic } from "./files.js";
import type { Output } from "./io.js";
import { isLockName, lockFolder } from "./lock.js";
import { notARun } from "./notARun.js";
import { moduleChangeSchema, moduleRecordSchema } from "./ownModules/moduleRecord.js";
import { shellWord } from "./shellWord.js";
import { isTemporary, removeLeftovers } from "./temporaryFiles.js";

const configSchema = z.object({
  experiment: z.string(),
  seed: z.int(),
  episodes: z.int().min(0),
  checkpointEvery: z.int().min(1),
  device: z.enum(deviceKinds),
  threads: z.int().min(1),
  /** Where the pictures come from, as in --data, a folder by its whole path; null for experiments without. */
  data: z.string().nullable(),
  /** SHA-256 of the pictures themselves; null for experiments without, and for runs from before it was kept. */
  dataFingerprint: z.string().nullable().default(null),
  options: z.record(z.unknown()),
  /** The modules of somebody's own that it was made of: `experiment`, and options that are a rule. */
  modules: z.record(moduleRecordSchema).default({}),
  /** When one of them was another than before, as --allow-changed-module lets it be. */
  moduleChanges: z.array(moduleChangeSchema).default([]),
  /** Whether there is an event file for TensorBoard. */
  tensorboard: z.boolean().default(false),
  /** What it was trained on before it went on on another device (--allow-other-device), and up to which episode. */
  earlierDevices: z
    .array(
      z.object({
        untilEpisode: z.int().min(0),
        device: z.enum(deviceKinds),
        threads: z.int().min(1),
        /** Numbers in its vectors; null on devices where that makes no difference. */
        lanes: z.int().min(1).nullable(),
      }),
    )
    .default([]),
});

/** All that determines a run, every default filled in. */
export type RunConfig = z.output<typeof configSchema>;

const resultSchema = z.object({
  /** The network of which episode was tested: a run that has gone on since is another one's. */
  trainedEpisodes: z.int().min(0),
  evaluation: z.record(z.unknown()),
  /** The metric of each of its episodes, in their order; none in runs from before they were kept. */
  scores: z.array(z.number()).default([]),
});

/** What a test on fresh episodes said of a run's network. */
export type RunResult = z.output<typeof resultSchema>;

/** A checkpoint as it was found in a run folder. */
export interface Saved {
  readonly checkpoint: Checkpoint;
  /** How long metrics.jsonl is at it. */
  readonly metricsBytes: number;
  /** The file that it lies in: the one before, where the latest is damaged. */
  readonly path: string;
}

const NAMES = {
  config: "config.json",
  environment: "environment.json",
  /** A line per training episode; the same for the same run, however often it was interrupted. */
  metrics: "metrics.jsonl",
  /** The same as a table. */
  table: "metrics.csv",
  /** The same for TensorBoard, which knows such files by their names. */
  events: "events.out.tfevents.hebbian",
  timing: "timing.jsonl",
  checkpoint: "checkpoint.safetensors",
  previous: "checkpoint.previous.safetensors",
  damaged: "checkpoint.damaged.safetensors",
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
    if (!existsSync(path)) throw notARun(this.path);
    return checkedJson(path, configSchema);
  }

  /** What the last test said, and of which episode; null before the first. Throws a FileError if it is damaged. */
  readResult(): RunResult | null {
    const path = this.file.result;
    return existsSync(path) ? checkedJson(path, resultSchema) : null;
  }

  /** Pretty JSON, lists of numbers on one line; written whole or not at all. */
  writeJson(path: string, value: unknown): void {
    const json = JSON.stringify(value, null, 2);
    const lists = /\[\n[-+.,\d\seE]+\]/g;
    writeAtomic(path, `${json.replace(lists, (list) => list.replace(/\n\s*/g, "").replaceAll(",", ", "))}\n`);
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

  /**
   * The latest checkpoint; where that is damaged, the one before, which a warning says. Null before the first.
   * @throws CheckpointError or FileError if none can be read
   */
  readCheckpoint(stderr: Output): Saved | null {
    const { checkpoint: path, previous } = this.file;
    if (!existsSync(path) && !existsSync(previous)) return null;
    try {
      return savedIn(path);
    } catch (error) {
      if (!isUnreadable(error) || !existsSync(previous)) throw error;
      const saved = savedBefore(previous, error);
      const { episode } = saved.checkpoint;
      stderr.write(
        `warning: ${path} cannot be used, the one before it is, of episode ${episode} (${error.message})\n`,
      );
      return saved;
    }
  }

  /**
   * As `readCheckpoint`, for whoever holds the lock and goes on from it: a damaged one is put aside, and the one before takes
   * its place, so that the next does not overwrite the only good one.
   */
  recoverCheckpoint(stderr: Output): Saved | null {
    const saved = this.readCheckpoint(stderr);
    const { checkpoint: path, previous, damaged } = this.file;
    if (saved?.path !== previous) return saved;
    explained("write", path, () => {
      if (existsSync(path)) renameSync(path, damaged);
      renameSync(previous, path);
    });
    return { ...saved, path };
  }

  /** One line on how fast it goes. Kept apart from the metrics, which do not depend on the clock. */
  noteTiming(record: Readonly<Record<string, number>>): void {
    explained("write", this.file.timing, () =>
      appendFileSync(this.file.timing, `${JSON.stringify(record)}\n`),
    );
  }
}

/** Throws a CheckpointError or FileError. */
function savedIn(path: string): Saved {
  const bytes = explained("read", path, () => readFileSync(path));
  const { notes, ...checkpoint } = decodeCheckpoint(bytes, path);
  return { checkpoint, metricsBytes: readCount(notes, "metricsBytes", path), path };
}

/** The checkpoint before one that is damaged; throws what is wrong with both if it is no better. */
function savedBefore(path: string, latest: Error): Saved {
  try {
    return savedIn(path);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new CheckpointError(`${latest.message}; nor can the one before be used: ${error.message}`, {
      cause: latest,
    });
  }
}

const isUnreadable = (error: unknown): error is CheckpointError | FileError =>
  error instanceof CheckpointError || error instanceof FileError;

/** A JSON file's content. Throws a FileError if it is damaged, or not what it should be. */
function checkedJson<Output>(path: string, schema: z.Schema<Output, unknown>): Output {
  const checked = schema.check(parseJson(path));
  if ("value" in checked) return checked.value;
  const faults = checked.faults.map(z.faultText).join("; ");
  throw new FileError(`${path} is damaged: ${faults}; restore it, or start a new run`);
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
