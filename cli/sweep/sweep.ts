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
    const each = unique(runs);
    const carried = await carryOut(out, each, flags, io, { labels: labelsOf(each), start });
    return report(out, each, carried, io, Boolean(flags.json));
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

/** How it went with some runs. */
export interface Carried {
  readonly stoppedBy: Signal | null;
  /** Of runs that have no result, and would fail again. */
  readonly failures: ReadonlyMap<SweepRun, Failure>;
}

/**
 * Runs what is not done yet in a sweep's folder, in this order, and tells how it goes.
 *
 * @param labels of each run's condition, by its id
 */
export async function carryOut(
  out: string,
  runs: readonly SweepRun[],
  { json, ...engine }: Omit<SweepFlags, keyof DefinitionFlags>,
  io: Io,
  { labels, start }: { readonly labels: ReadonlyMap<string, string>; readonly start: Start | undefined },
): Promise<Carried> {
  const done = runs.filter((run) => isDone(out, run));
  const failed = runs.filter((run) => !done.includes(run) && failureOf(out, run));
  const left = runs.filter((run) => !done.includes(run) && !failed.includes(run));
  const print = (record: object) => io.stdout.write(`${JSON.stringify(record)}\n`);
  const table = json ? null : new SweepTable(io, runs, labels, done);
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
    await onEngine(out, left, engine, { watch, signal: abort.signal, ...(start && { start }) });
  } finally {
    stopListening();
  }
  table?.finish();
  return { stoppedBy, failures };
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

/** Says what came of a sweep; returns the exit code. */
function report(
  out: string,
  runs: readonly SweepRun[],
  { stoppedBy, failures }: Carried,
  io: Io,
  json: boolean,
): number {
  const done = runs.filter((run) => isDone(out, run)).length;
  if (json) {
    const failed = [...failures].map(([run, failure]) => ({ run: run.name, ...failure }));
    io.stdout.write(`${JSON.stringify({ type: "result", done, runs: runs.length, failures: failed })}\n`);
  } else {
    tellFailures(out, failures, io);
    if (stoppedBy) tellStopped(stoppedBy, runs.length - done - failures.size, io);
    else if (done > 0) io.stdout.write(`Compare them: hebbian compare ${shellWord(out)}\n`);
  }
  return codeFor({ stoppedBy, failures });
}

/** Which runs failed and why, and how they are tried again; nothing where none did. */
export function tellFailures(out: string, failures: Carried["failures"], io: Io): void {
  for (const [{ name }, { message }] of failures) io.stdout.write(`${name} failed: ${message}\n`);
  if (failures.size === 0) return;
  io.stdout.write(`To try ${failures.size === 1 ? "it" : "them"} again, remove ${join(out, "failures")}.\n`);
}

export const tellStopped = (signal: Signal, left: number, io: Io): void =>
  io.stdout.write(`${signal}: stopped, ${counted(left, "run")} to go; the same command goes on.\n`);

/** The exit code: of the signal, else of the first that failed. */
export const codeFor = ({ stoppedBy, failures }: Carried): number =>
  stoppedBy ? codeOf(stoppedBy) : ([...failures.values()][0]?.code ?? codeOf("ok"));

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
