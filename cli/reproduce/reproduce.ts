import { dirname, join, relative } from "node:path";
import { experiments } from "../../src/experiments/index.js";
import { drawnCurves } from "../comparisonFigure.js";
import { codeOf, UsageError } from "../exitCodes.js";
import { makeFolder, writeAtomic } from "../files.js";
import type { Io } from "../io.js";
import { counted, duration } from "../progress.js";
import type { Start } from "../sweep/local.js";
import { codeFor, tellFailures, tellStopped } from "../sweep/sweep.js";
import { textColumns } from "../textColumns.js";
import { costLeft } from "./cost.js";
import type { Figure } from "./figure.js";
import { figures } from "./figures.js";
import { gather } from "./gather.js";
import { GRID_SEED } from "./grid.js";
import { judge, overall } from "./judge.js";
import { type Asked, allNeeds, countsOf, type Need } from "./needs.js";
import { page, type Report, verdictText } from "./page.js";
import { runMissing } from "./runMissing.js";

export interface ReproduceFlags extends Asked {
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
  let needs = await allNeeds(chosen, flags);
  if (!flags.json) io.stdout.write(`To run: ${remains(flags.out, [...needs.values()].flat())}\n`);
  let code = codeOf("ok");
  const { needed, done } = countsOf([...needs.values()].flat());
  if (!flags.plan && done < needed) {
    const carried = await runMissing(chosen, flags, io, start);
    needs = await allNeeds(chosen, flags);
    if (!flags.json) {
      const now = countsOf([...needs.values()].flat());
      tellFailures(flags.out, carried.failures, io);
      if (carried.stoppedBy) tellStopped(carried.stoppedBy, now.needed - now.done, io);
    }
    code = codeFor(carried);
  }
  const reports = chosen.map((figure) => reportOf(figure, needs.get(figure)!, flags));
  await leave(reports, flags, name);
  if (flags.json) io.stdout.write(`${JSON.stringify(reports.map(numbersOf))}\n`);
  else io.stdout.write(textColumns(reports.map((report) => [report.figure.name, verdictText(report)])));
  return code;
}

/** "nothing", or how many runs and how long. */
function remains(out: string, needs: readonly Need[]): string {
  const { needed, done, trialsLeft } = countsOf(needs);
  if (done === needed) return "nothing";
  const grid = trialsLeft > 0 ? ` (${trialsLeft} of them to choose learning rates)` : "";
  return `${counted(needed - done, "run")}${grid}, about ${duration(costLeft(out, needs))} of one core`;
}

function figuresNamed(name: string): Figure[] {
  if (name === "all") return Object.values(figures);
  const found = Object.hasOwn(figures, name) ? figures[name] : undefined;
  if (found) return [found];
  throw new UsageError(
    `there is no figure "${name}"; choose all, or one of ${Object.keys(figures).join(", ")}`,
  );
}

function reportOf(figure: Figure, needs: readonly Need[], { scale, out }: ReproduceFlags): Report {
  const { metric } = experiments[figure.run.experiment]!;
  const gathered = gather(
    needs.flatMap(({ seeds }) => seeds),
    metric,
  );
  const claims = figure.claims.map((claim) => judge(claim, metric, gathered));
  const { needed, done } = countsOf(needs);
  return {
    figure,
    scale,
    metric,
    needs,
    gathered,
    claims,
    verdict: overall(claims),
    runs: { needed, done },
    left: costLeft(out, needs),
    picture: null,
    numbers: null,
  };
}

/** A figure for programs. */
function numbersOf({ figure, scale, metric, needs, gathered, claims, verdict, runs, left }: Report) {
  const { setting, rates, gridEpisodes } = figure.run.scales[scale];
  const needOf = (label: string) => needs.find(({ condition }) => condition.label === label)!;
  return {
    figure: figure.name,
    source: figure.source,
    says: figure.says,
    scale,
    experiment: figure.run.experiment,
    setting,
    metric: metric.name,
    ...(rates && {
      grid: {
        seed: GRID_SEED,
        rates,
        ...(gridEpisodes !== undefined && { episodes: gridEpisodes }),
        networks: needs.map(({ condition, trials, choice }) => ({
          label: condition.label,
          scores: trials.map(({ outcome }) => outcome),
          rate: choice?.rate ?? null,
          edge: choice?.edge ?? null,
        })),
      },
    }),
    conditions: gathered.conditions.map((condition) => {
      const { condition: asked, choice } = needOf(condition.label);
      return { ...condition, options: { ...asked.options, ...(choice && { lr: choice.rate }) } };
    }),
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
    const { comparison } = report.gathered;
    const picture = comparison && (await drawnCurves(comparison, report.metric, base));
    const fromPage = (path: string) => relative(dirname(flags.page ?? root), path).replaceAll("\\", "/");
    shown.push({ ...report, numbers: fromPage(`${base}.json`), picture: picture && fromPage(picture) });
  }
  if (flags.page !== undefined) {
    writeAtomic(flags.page, page(shown, `hebbian reproduce ${name} --scale ${flags.scale} --page <page>`));
  }
}
