import { resolve } from "node:path";
import { codeOf, exitCodeOf, explain, type Signal, UsageError } from "../../exitCodes.js";
import { makeFolder } from "../../files.js";
import type { Io } from "../../io.js";
import { type RunProgress, runOne, type Start, startProcess } from "../local.js";
import { isDone, noteFailure } from "../runState.js";
import { sweepRun } from "../sweepRun.js";
import { attemptFolder, publish, takeOver } from "./attempts.js";
import { readTaskList, sweepOf, type Task } from "./taskList.js";

/** Carries out one task of an array: the one that Slurm's variables say. Returns the exit code. */
export async function workOnTask(listPath: string, io: Io, start: Start = startProcess): Promise<number> {
  const { SLURM_ARRAY_TASK_ID, SLURM_JOB_ID = "", SLURM_RESTART_COUNT = "0" } = io.env;
  const path = resolve(listPath);
  const task = readTaskList(path).tasks[Number(SLURM_ARRAY_TASK_ID ?? NaN)];
  if (!task || SLURM_JOB_ID === "") {
    throw new UsageError(
      "--slurm: this is for Slurm to start, as a task of an array; use hebbian sweep --slurm",
    );
  }
  const sweep = sweepOf(path);
  if (isDone(sweep, task)) return codeOf("ok");
  const attempt = attemptFolder(sweep, task, SLURM_JOB_ID, SLURM_RESTART_COUNT);
  const abort = new AbortController();
  let stoppedBy: Signal | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
    abort.abort();
  });
  try {
    const progress = await carryOut(task, { sweep, attempt, signal: abort.signal, start });
    io.stdout.write(`${task.name}: ${progress.state === "failed" ? progress.message : progress.state}\n`);
    if (progress.state === "failed") return progress.code < 0 ? codeOf("internal") : progress.code;
    // What was stopped goes on as another task, or when Slurm starts this one again.
    return stoppedBy === null ? codeOf("ok") : codeOf(stoppedBy);
  } finally {
    stopListening();
  }
}

async function carryOut(
  task: Task,
  {
    sweep,
    attempt,
    signal,
    start,
  }: {
    readonly sweep: string;
    readonly attempt: string;
    readonly signal: AbortSignal;
    readonly start: Start;
  },
): Promise<RunProgress> {
  const run = await sameRun(task).catch((error) => ({
    state: "failed" as const,
    ...{ code: exitCodeOf(error), message: explain(error, false) },
  }));
  if ("state" in run) {
    noteFailure(sweep, task, { code: run.code, message: run.message });
    return run;
  }
  makeFolder(attempt);
  takeOver(sweep, run, attempt);
  const progress = await runOne(attempt, run, { watch: () => {}, signal, start });
  if (progress.state === "done") publish(sweep, run, attempt);
  // Once there is a result, whatever came of another attempt counts for nothing.
  if (isDone(sweep, run)) return { state: "done" };
  if (progress.state === "failed") {
    noteFailure(sweep, run, { code: progress.code, message: progress.message });
  }
  return progress;
}

/** The run that a task asks for, if all that it is made of is as it was then. Throws a UsageError. */
async function sameRun({ id, name, request }: Task) {
  const run = await sweepRun(request);
  if (run.id === id) return run;
  throw new UsageError(
    `${name}: the program, a module or the pictures have changed since it was submitted; give the sweep's command again`,
  );
}
