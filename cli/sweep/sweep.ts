import { join } from "node:path";
import { cores } from "../../src/devices/cores.js";
import { codeOf, type Signal, UsageError } from "../exitCodes.js";
import { makeFolder } from "../files.js";
import type { Io } from "../io.js";
import { lockFolder } from "../lock.js";
import { counted } from "../progress.js";
import { shellWord } from "../shellWord.js";
import { shownOption } from "../shownOption.js";
import { type DefinitionFlags, definitionOf } from "./definition.js";
import { type RunProgress, runLocally, type Start, type Watcher } from "./local.js";
import type { NatsFlags } from "./nats/server.js";
import { type Failure, failureOf, isDone } from "./runState.js";
import type { SlurmFlags } from "./slurm/coordinate.js";
import { writeSweep } from "./sweepFolder.js";
import { type SweepRun, sweepRun } from "./sweepRun.js";
import { SweepTable } from "./table.js";

export interface SweepFlags extends DefinitionFlags, Partial<NatsFlags>, SlurmFlags {
  readonly out?: string;
  /** Runs at work at once. */
  readonly workers?: number;
  readonly json?: boolean;
  /** Seconds of silence after which a worker's job is given to another. */
  readonly lease?: number;
  /** A server whose workers carry the runs out; here, in processes, unless given. */
  readonly nats?: string;
  /** Whether tasks of Slurm's arrays carry them out. */
  readonly slurm?: boolean;
}

/** Trains every condition with every seed; what is done already stays. Returns the exit code. */
export async function sweep(word: string, flags: SweepFlags, io: Io, start?: Start): Promise<number> {
  expectOneEngine(flags);
  const definition = definitionOf(word, flags);
  const { experiment, conditions, seeds, episodes, data, device } = definition;
  const runs: SweepRun[] = [];
  for (const options of conditions) {
    for (const seed of seeds)
      runs.push(await sweepRun({ experiment, options, seed, episodes, data, device }));
  }
  const out = flags.out ?? `sweeps/${runs[0]!.experiment.name}`;
  makeFolder(out);
  const unlock = lockFolder(out);
  try {
    writeSweep(out, definition, runs);
    return await carryOut(out, unique(runs), flags, io, start);
  } finally {
    unlock();
  }
}

function expectOneEngine({ nats, slurm, slurmOption }: SweepFlags): void {
  if (nats !== undefined && slurm) throw new UsageError("--nats and --slurm: choose one of the two");
  if (slurmOption && !slurm)
    throw new UsageError("--slurm-option: is for --slurm; add that, or leave it out");
}

/** Two conditions may come to the same: an option that is given as its default. */
const unique = (runs: readonly SweepRun[]): SweepRun[] => [
  ...new Map(runs.map((run) => [run.id, run])).values(),
];

/** Runs what is not done yet in a sweep's folder, and tells how it goes. Returns the exit code. */
export async function carryOut(
  out: string,
  runs: readonly SweepRun[],
  flags: Omit<SweepFlags, keyof DefinitionFlags>,
  io: Io,
  start?: Start,
): Promise<number> {
  const { json } = flags;
  const done = runs.filter((run) => isDone(out, run));
  const failed = runs.filter((run) => !done.includes(run) && failureOf(out, run));
  const left = runs.filter((run) => !done.includes(run) && !failed.includes(run));
  const print = (record: object) => io.stdout.write(`${JSON.stringify(record)}\n`);
  const table = json ? null : new SweepTable(io, runs, labelsOf(runs), done);
  const failures = new Map(failed.map((run) => [run, failureOf(out, run)!]));
  for (const [run, failure] of failures) table?.see(run, { state: "failed", ...failure });
  const abort = new AbortController();
  let stoppedBy: Signal | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
    abort.abort();
  });
  const watch = (run: SweepRun, progress: RunProgress) => {
    table?.see(run, progress);
    if (progress.state === "failed") failures.set(run, { code: progress.code, message: progress.message });
    if (json) print({ type: "run", run: run.name, ...progress });
  };
  try {
    await onEngine(out, left, flags, { watch, signal: abort.signal, ...(start && { start }) });
  } finally {
    stopListening();
  }
  table?.finish();
  return report(out, runs, { stoppedBy, failures, json: Boolean(json) }, io);
}

/** Where runs are carried out: in processes here, by the workers of a server, or by a cluster; loaded where asked for. */
async function onEngine(
  out: string,
  runs: readonly SweepRun[],
  { workers, nats, slurm, slurmOption, ...access }: Omit<SweepFlags, keyof DefinitionFlags>,
  how: { readonly watch: Watcher; readonly signal: AbortSignal; readonly start?: Start },
): Promise<void> {
  if (slurm) {
    const { runOnSlurm } = await import("./slurm/coordinate.js");
    await runOnSlurm(out, runs, { workers: workers ?? null, slurmOption }, how);
  } else if (nats !== undefined) {
    // Its client need not be installed.
    const { runOnNats } = await import("./nats/coordinate.js");
    await runOnNats(out, runs, { ...access, nats }, how);
  } else await runLocally(out, runs, { workers: workers ?? cores(), ...how });
}

function report(
  out: string,
  runs: readonly SweepRun[],
  {
    stoppedBy,
    failures: failed,
    json,
  }: {
    readonly stoppedBy: Signal | null;
    readonly failures: ReadonlyMap<SweepRun, Failure>;
    readonly json: boolean;
  },
  io: Io,
): number {
  const failures = [...failed].map(([run, failure]) => ({ run: run.name, ...failure }));
  const done = runs.filter((run) => isDone(out, run)).length;
  if (json) io.stdout.write(`${JSON.stringify({ type: "result", done, runs: runs.length, failures })}\n`);
  else {
    for (const { run, message } of failures) io.stdout.write(`${run} failed: ${message}\n`);
    if (failures.length > 0) {
      io.stdout.write(
        `To try ${failures.length === 1 ? "it" : "them"} again, remove ${join(out, "failures")}.\n`,
      );
    }
    if (stoppedBy) {
      const rest = counted(runs.length - done - failures.length, "run");
      io.stdout.write(`${stoppedBy}: stopped, ${rest} to go; the same command goes on.\n`);
    } else if (done > 0) io.stdout.write(`Compare them: hebbian compare ${shellWord(out)}\n`);
  }
  if (stoppedBy) return codeOf(stoppedBy);
  return failures[0]?.code ?? codeOf("ok");
}

/** Of each run, by its id: the options in which it differs from others. */
function labelsOf(runs: readonly SweepRun[]): Map<string, string> {
  const names = [...new Set(runs.flatMap(({ options }) => Object.keys(options)))];
  const telling = names.filter((key) =>
    runs.some(({ options }) => shownOption(options[key]) !== shownOption(runs[0]!.options[key])),
  );
  return new Map(
    runs.map(({ id, options, experiment }) => {
      const parts = telling.map((key) => (key === "network" ? "" : `${key} `) + shownOption(options[key]));
      return [id, parts.join(", ") || experiment.name];
    }),
  );
}
