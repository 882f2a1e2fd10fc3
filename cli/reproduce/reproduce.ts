import { dirname, join, relative } from "node:path";
import { experiments } from "../../src/experiments/index.js";
import { drawnCurves } from "../comparisonFigure.js";
import { UsageError } from "../exitCodes.js";
import { makeFolder, writeAtomic } from "../files.js";
import type { Io } from "../io.js";
import { lockFolder } from "../lock.js";
import { counted, duration } from "../progress.js";
import type { Start } from "../sweep/local.js";
import { carryOut } from "../sweep/sweep.js";
import { textColumns } from "../textColumns.js";
import type { Figure, ScaleName } from "./figure.js";
import { figures } from "./figures.js";
import { costLeft, gather, type NeededRun, neededRuns } from "./gather.js";
import { judge, overall } from "./judge.js";
import { page, type Report, verdictText } from "./page.js";

export interface ReproduceFlags {
  readonly scale: ScaleName;
  readonly seeds?: number;
  readonly out: string;
  readonly device: string;
  readonly workers?: number;
  /** Runs nothing: says what there is and what remains. */
  readonly plan?: boolean;
  /** Where the page goes, and its figures and numbers beside it. */
  readonly page?: string;
  readonly json?: boolean;
}

/** Runs what figures of the papers need, judges it and writes it down. Returns the exit code. */
export async function reproduce(name: string, flags: ReproduceFlags, io: Io, start?: Start): Promise<number> {
  const chosen = figuresNamed(name);
  const needed = new Map<Figure, NeededRun[]>();
  for (const figure of chosen) needed.set(figure, await neededRuns(flags.out, figure, flags));
  let code = 0;
  const left = [...needed.values()].flat().filter(({ done }) => done === null);
  const seconds = [...needed.values()].reduce((sum, runs) => sum + costLeft(flags.out, runs), 0);
  if (!flags.json) {
    const remains =
      left.length === 0
        ? "nothing"
        : `${counted(left.length, "run")}, about ${duration(seconds)} of one core`;
    io.stdout.write(`To run: ${remains}\n`);
  }
  if (!flags.plan && left.length > 0) {
    makeFolder(flags.out);
    const unlock = lockFolder(flags.out);
    try {
      code = await carryOut(
        flags.out,
        left.map(({ run }) => run),
        flags,
        io,
        start,
      );
    } finally {
      unlock();
    }
    for (const figure of chosen) needed.set(figure, await neededRuns(flags.out, figure, flags));
  }
  const reports = chosen.map((figure) => reportOf(figure, needed.get(figure)!, flags));
  await leave(reports, flags, name);
  if (flags.json) io.stdout.write(`${JSON.stringify(reports.map(numbersOf))}\n`);
  else io.stdout.write(textColumns(reports.map((report) => [report.figure.name, verdictText(report)])));
  return code;
}

function figuresNamed(name: string): Figure[] {
  if (name === "all") return Object.values(figures);
  const found = Object.hasOwn(figures, name) ? figures[name] : undefined;
  if (found) return [found];
  throw new UsageError(
    `there is no figure "${name}"; choose all, or one of ${Object.keys(figures).join(", ")}`,
  );
}

function reportOf(figure: Figure, needed: readonly NeededRun[], { scale, out }: ReproduceFlags): Report {
  const { metric } = experiments[figure.run.experiment]!;
  const gathered = gather(needed, metric);
  const claims = figure.claims.map((claim) => judge(claim, metric, gathered));
  return {
    figure,
    scale,
    metric,
    gathered,
    claims,
    verdict: overall(claims),
    runs: { needed: needed.length, done: needed.filter(({ done }) => done !== null).length },
    left: costLeft(out, needed),
    picture: null,
    numbers: null,
  };
}

/** A figure for programs. */
function numbersOf({ figure, scale, metric, gathered, claims, verdict, runs, left }: Report) {
  return {
    figure: figure.name,
    source: figure.source,
    says: figure.says,
    scale,
    experiment: figure.run.experiment,
    setting: figure.run.scales[scale].setting,
    metric: metric.name,
    conditions: gathered.conditions.map((condition) => ({
      ...condition,
      options: figure.run.scales[scale].conditions.find(({ label }) => label === condition.label)!.options,
    })),
    claims: claims.map(({ claim, ...judged }) => ({ claim: claim.words, ...judged })),
    verdict,
    runs,
    secondsLeft: Math.round(left),
  };
}

/** Numbers and curves of each figure into the folder of runs; with --page, the page, and what it shows beside it. */
async function leave(reports: readonly Report[], flags: ReproduceFlags, name: string): Promise<void> {
  const root = flags.page === undefined ? flags.out : join(dirname(flags.page), "results/reproduction");
  const shown: Report[] = [];
  for (const report of reports) {
    if (report.runs.done === 0) {
      shown.push(report);
      continue;
    }
    const base = join(root, report.figure.name);
    makeFolder(root);
    writeAtomic(`${base}.json`, `${JSON.stringify(numbersOf(report), null, 2)}\n`);
    const picture = await drawnCurves(report.gathered.comparison!, report.metric, base);
    const fromPage = (path: string) => relative(dirname(flags.page ?? root), path).replaceAll("\\", "/");
    shown.push({ ...report, numbers: fromPage(`${base}.json`), picture: fromPage(picture) });
  }
  if (flags.page !== undefined) {
    writeAtomic(flags.page, page(shown, `hebbian reproduce ${name} --scale ${flags.scale} --page <page>`));
  }
}
