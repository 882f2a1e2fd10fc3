import { join, resolve } from "node:path";
import { makeFolder } from "../../files.js";
import type { Watcher } from "../local.js";
import { failureOf, isDone, noteFailure } from "../runState.js";
import type { SweepRun } from "../sweepRun.js";
import { reachedIn } from "./attempts.js";
import { type Cluster, commands } from "./cluster.js";
import { slurmFolder, type TaskList, taskLists, writeTaskList } from "./taskList.js";

export interface SlurmFlags {
  /** Options of sbatch, such as "partition=long". */
  readonly slurmOption?: readonly string[];
}

/** Milliseconds between two looks at results, and between two questions to the cluster, which many ask. */
const LOOK_MS = 1000;
const ASK_MS = 10_000;
/** Times that a run's task may end without having come any further before the run counts as failed. */
const MOST_VAIN = 5;

const main = join(import.meta.dirname, "../../main.js");

/** A word, or a flag, as a shell reads it. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Has runs carried out as tasks of Slurm's arrays, on nodes that see this sweep's folder. What waits or runs already, as it was
 * asked for before, is not asked for again; a task that is gone and has left no result is.
 *
 * @throws UsageError where Slurm is not there, or takes no array of ours at all
 */
export async function runOnSlurm(
  folder: string,
  runs: readonly SweepRun[],
  { workers, slurmOption = [] }: SlurmFlags & { readonly workers: number | null },
  {
    watch,
    signal,
    cluster = commands,
    pause = LOOK_MS,
    ask = ASK_MS,
  }: {
    readonly watch: Watcher;
    readonly signal: AbortSignal;
    readonly cluster?: Cluster;
    readonly pause?: number;
    readonly ask?: number;
  },
): Promise<void> {
  const sweep = resolve(folder);
  const largest = await cluster.largestArray();
  const left = new Map(runs.map((run) => [run.id, run]));
  let asked = -Infinity;
  while (left.size > 0 && !signal.aborted) {
    if (performance.now() - asked >= ask) {
      await submitMissing();
      asked = performance.now();
    }
    look();
    if (left.size > 0) await new Promise((go) => setTimeout(go, pause));
  }

  /** Takes note of what is done, or has failed for good. */
  function look(): void {
    for (const [id, run] of left) {
      const failure = isDone(sweep, run) ? null : failureOf(sweep, run);
      if (failure) watch(run, { state: "failed", ...failure });
      else if (isDone(sweep, run)) watch(run, { state: "done" });
      else continue;
      left.delete(id);
    }
  }

  async function submitMissing(): Promise<void> {
    const lists = taskLists(sweep);
    const tasks = await cluster.tasks(lists.map(({ name }) => name)).catch((error) => {
      // The controller is away now and then; at first that is an answer.
      if (asked === -Infinity) throw error;
      return null;
    });
    if (!tasks) return;
    const byName = new Map(lists.map((list) => [list.name, list]));
    const queued = new Set<string>();
    for (const { name, index, isRunning } of tasks) {
      const id = byName.get(name)?.tasks[index]?.id ?? "";
      queued.add(id);
      const run = left.get(id);
      if (run && isRunning) watch(run, { state: "running", episode: reachedIn(sweep, run) });
    }
    // After the question: what had left the queue by then has left its result, if it has one.
    look();
    const missing = [...left.values()].filter(({ id }) => !queued.has(id));
    for (const run of missing) if (isInVain(run, lists)) giveUp(run);
    look();
    const again = missing.filter(({ id }) => left.has(id));
    for (let k = 0; k < again.length; k += largest) {
      try {
        await submit(again.slice(k, k + largest));
      } catch (error) {
        // A limit of jobs that wait: as long as some do, there will be room again.
        if (queued.size === 0 && k === 0) throw error;
        return;
      }
    }
  }

  async function submit(some: readonly SweepRun[]): Promise<void> {
    const list = writeTaskList(sweep, some, (run) => reachedIn(sweep, run));
    const log = join(slurmFolder(sweep), "logs");
    makeFolder(log);
    const words = [process.execPath, ...process.execArgv, main, "work", "--slurm", list.path];
    await cluster.submit({
      ...{ name: list.name, count: some.length, atOnce: workers, options: slurmOption },
      script: `#!/bin/sh\nexec ${words.map(quoted).join(" ")}\n`,
      log: join(log, "%A-%a.txt"),
    });
  }

  /** Whether a run has been submitted some times, and has not come any further since. */
  function isInVain(run: SweepRun, lists: readonly TaskList[]): boolean {
    const reached = reachedIn(sweep, run);
    const tries = lists.flatMap(({ tasks }) => tasks.filter(({ id }) => id === run.id));
    return tries.filter((task) => task.reached >= reached).length >= MOST_VAIN;
  }

  function giveUp(run: SweepRun): void {
    const message = `its task ended ${MOST_VAIN} times without getting any further; see ${join(slurmFolder(sweep), "logs")}`;
    noteFailure(sweep, run, { code: -1, message });
  }
}
