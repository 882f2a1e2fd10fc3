import type { Io } from "../io.js";
import { counted, duration } from "../progress.js";
import { clearLine, clipped, ownCode } from "../terminalText.js";
import { textColumns } from "../textColumns.js";
import type { RunProgress } from "./local.js";
import type { SweepRun } from "./sweepRun.js";

/** Milliseconds between two pictures of the table: on a terminal, and between lines of a log. */
const LIVE = 250;
const LOGGED = 5000;

/** How far each condition of a sweep has come. */
export class SweepTable {
  private readonly progress = new Map<string, RunProgress>();
  private readonly began: number;
  private lastShown = -Infinity;
  private drawn = 0;
  /** Episodes that were lived before this process began. */
  private readonly before: number;

  /** `labels`: of each run's condition, by its id; `done`: runs that have a result already. */
  constructor(
    private readonly io: Pick<Io, "stdout" | "now">,
    private readonly runs: readonly SweepRun[],
    private readonly labels: ReadonlyMap<string, string>,
    done: readonly SweepRun[],
  ) {
    for (const { id } of done) this.progress.set(id, { state: "done" });
    this.began = io.now();
    this.before = this.lived();
  }

  see(run: SweepRun, progress: RunProgress): void {
    const known = this.progress.get(run.id);
    // A run that goes on says so before it knows from which episode.
    if (progress.state === "running" && known?.state === "running" && progress.episode === 0) return;
    this.progress.set(run.id, progress);
    this.show();
  }

  /** The table once more, with everything in it. */
  finish(): void {
    this.show(true);
  }

  private show(last = false): void {
    const { stdout, now } = this.io;
    if (!last && now() - this.lastShown < (stdout.isTTY ? LIVE : LOGGED)) return;
    this.lastShown = now();
    if (!stdout.isTTY) {
      stdout.write(last ? this.lines().join("\n").concat("\n") : `${this.summary()}\n`);
      return;
    }
    const room = (stdout.rows ?? 24) - 2;
    const lines = this.lines();
    // The last line sums up the others, and is there in any case.
    const shown = lines.length > room ? [...lines.slice(0, room - 1), lines.at(-1)!] : lines;
    const up = this.drawn > 0 ? ownCode(`\x1b[${this.drawn}A`) : "";
    stdout.write(`${up}${shown.map((line) => clearLine + clipped(line, stdout.columns! - 1)).join("\n")}\n`);
    this.drawn = shown.length;
  }

  private lines(): string[] {
    const rows = [...grouped(this.runs, ({ id }) => this.labels.get(id)!)].map(([label, runs]) => {
      const states = runs.map(({ id }) => this.progress.get(id)?.state ?? "waiting");
      const count = (state: string) => states.filter((each) => each === state).length;
      const failed = count("failed");
      const share = runs.reduce((sum, run) => sum + this.shareOf(run), 0) / runs.length;
      return [
        label,
        `${count("done")} of ${runs.length} done`,
        count("running") > 0 ? `${count("running")} running` : "",
        `${Math.floor(100 * share)} %`,
        failed > 0 ? `${failed} failed` : "",
      ];
    });
    return [
      ...textColumns(rows, { right: [3] })
        .trimEnd()
        .split("\n"),
      this.summary(),
    ];
  }

  private summary(): string {
    const states = this.runs.map(({ id }) => this.progress.get(id)?.state);
    const done = states.filter((state) => state === "done").length;
    const failed = states.filter((state) => state === "failed").length;
    const seconds = (this.io.now() - this.began) / 1000;
    const lived = this.lived();
    const all = this.runs.reduce((sum, { episodes }) => sum + episodes, 0);
    const left = ((all - lived) * seconds) / (lived - this.before);
    return [
      `${done} of ${counted(this.runs.length, "run")} done`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(Number.isFinite(left) && left > 0 ? [`about ${duration(left)} left`] : []),
    ].join(", ");
  }

  private lived(): number {
    return this.runs.reduce((sum, run) => sum + this.shareOf(run) * run.episodes, 0);
  }

  /** How much of a run is over, 0 to 1. */
  private shareOf(run: SweepRun): number {
    const progress = this.progress.get(run.id);
    if (progress?.state === "done" || progress?.state === "failed") return 1;
    return progress?.state === "running" ? Math.min(1, progress.episode / Math.max(1, run.episodes)) : 0;
  }
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}
