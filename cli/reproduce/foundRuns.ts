import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { deviceKinds } from "../../src/devices/kinds.js";
import { codeOf } from "../exitCodes.js";
import { failureOf, isDone } from "../sweep/runState.js";
import { type RunRequest, runPath, type SweepRun, sweepRun } from "../sweep/sweepRun.js";

/** Devices differ by rounding alone, which no claim rests on: what one of them has made is as good. */
const devices = ["auto", ...deviceKinds];

/** A run, and what there is of it. */
export interface FoundRun {
  readonly run: SweepRun;
  /** The folder of a run of this configuration that has a result, whatever code and device made it; null if there is none. */
  readonly done: string | null;
  /** Whether training has diverged instead. */
  readonly diverged: boolean;
}

/** Finds runs in a folder as it is now. */
export class RunFinder {
  private readonly runs: readonly string[];
  private readonly failures: readonly string[];

  constructor(private readonly folder: string) {
    this.runs = namesIn(join(folder, "runs"));
    this.failures = namesIn(join(folder, "failures"));
  }

  async find(request: RunRequest): Promise<FoundRun> {
    const run = await sweepRun(request);
    let found = this.of(run);
    const mayBe = [...this.runs, ...this.failures].some((name) => name.startsWith(prefixOf(run)));
    for (const device of mayBe ? devices : []) {
      if (found.done !== null || found.diverged) break;
      if (device !== request.device) found = this.of(await sweepRun({ ...request, device }));
    }
    return { ...found, run };
  }

  /** That of this code first; then one of other code. */
  private of(run: SweepRun): FoundRun {
    const { folder } = this;
    const isSame = (name: string) => name.startsWith(`${prefixOf(run)}${run.configuration}-`);
    const first = (names: readonly string[]) => [run.name, ...names.filter(isSame)];
    const done = first(this.runs).find((name) => isDone(folder, { ...run, name }));
    const diverged = first(this.failures.map((file) => file.replace(/\.json$/, ""))).some(
      (name) => failureOf(folder, { ...run, name })?.code === codeOf("diverged"),
    );
    return { run, done: done === undefined ? null : runPath(folder, { name: done }), diverged };
  }
}

/** What the names of all runs of an experiment and a seed begin with. */
const prefixOf = ({ experiment, seed }: SweepRun): string => `${experiment.name}-seed${seed}-`;

const namesIn = (path: string): string[] => (existsSync(path) ? readdirSync(path).sort() : []);
