import type { Metric } from "../../src/training/index.js";
import type { Estimate } from "../aggregate.js";
import { duration, shownMetric } from "../progress.js";
import type { Figure, ScaleName } from "./figure.js";
import type { Gathered } from "./gather.js";
import { GRID_SEED } from "./grid.js";
import type { JudgedClaim, Verdict } from "./judge.js";
import { type Need, openTrials } from "./needs.js";

/** A figure with all that is known of it. */
export interface Report {
  readonly figure: Figure;
  readonly scale: ScaleName;
  readonly metric: Metric;
  readonly needs: readonly Need[];
  readonly gathered: Gathered;
  readonly claims: readonly JudgedClaim[];
  readonly verdict: Verdict;
  /** Runs that it needs, and that are done. */
  readonly runs: { readonly needed: number; readonly done: number };
  /** Processor seconds that are left. */
  readonly left: number;
  /** Its curves, from the page; null without. */
  readonly picture: string | null;
  /** Its numbers, from the page. */
  readonly numbers: string | null;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (rows: readonly (readonly string[])[]): string => {
  const [head, ...body] = rows.map((row) => `| ${row.map(cell).join(" | ")} |`);
  return [head, `|${rows[0]!.map(() => "---").join("|")}|`, ...body].join("\n");
};

export const estimateText = (metric: Metric, { interquartileMean, low, high }: Estimate): string =>
  low === undefined || high === undefined
    ? shownMetric(metric, interquartileMean)
    : `${shownMetric(metric, interquartileMean)} (${shownMetric(metric, low)} to ${shownMetric(metric, high)})`;

/** "3e-4", "0.5". */
const rateText = (rate: number): string => (rate < 0.1 ? rate.toExponential() : String(rate));

/** "not run: about 2 h 5 min of one core" or how far it is. */
export function verdictText({ verdict, runs, left }: Report): string {
  const cost = `about ${duration(left)} of one core`;
  if (verdict === "not run") return `not run: ${cost}`;
  return runs.done < runs.needed
    ? `${verdict}, by ${runs.done} of ${runs.needed} runs; ${cost} left`
    : verdict;
}

/** docs/reproduction.md. */
export function page(reports: readonly Report[], command: string): string {
  return `${[
    "# Reproduction",
    `<!-- Written by: ${command} -->`,
    "Every figure and table of the two papers that reports a result: what the paper says, what we ran, and what came of it. This page is " +
      "written by `hebbian reproduce`, which runs what is missing, goes on where it was stopped, and uses what there is. Numbers are " +
      "interquartile means over seeds with the 95 % interval of a bootstrap over runs, each run tested on fresh episodes without any " +
      "further training ([compare](cli.md#compare)). Where settings differ from the papers' programs: " +
      "[005](decisions/005-departures-from-the-papers.md). Longer runs of single seeds, with pictures: [longer runs](longer-runs.md).",
    "Where a figure has a grid of learning rates it is the same for all its networks. Each network is trained once at every rate, with a " +
      `seed of its own (${GRID_SEED}), and tested on fresh episodes; the best rate is the network's, and only runs of other seeds at that ` +
      "rate are judged. Where there is no grid, networks learn at the rate that the figure's setting names, else at the published one " +
      "of the plastic network.",
    "A claim is **reproduced** where the interval lies on its side altogether; **weaker** where the estimate does but not the interval, " +
      "where a level is missed, or where fewer than three seeds can be compared; **contradicted** where the interval lies on the other side. A figure is as good as " +
      "the worst of its claims that runs say something of.",
    table([
      ["figure", "scale", "verdict"],
      ...reports.map((report) => [
        `[${report.figure.name}](#${report.figure.name})`,
        report.scale,
        verdictText(report),
      ]),
    ]),
    ...reports.map(section),
  ].join("\n\n")}\n`;
}

const choiceOf = ({ needs }: Report, label: string) =>
  needs.find(({ condition }) => condition.label === label)!.choice;

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

/** The grid of learning rates, what of it is still to be run, and which networks may do better beyond it. */
function gridText({ figure, scale, needs }: Report): string {
  const { rates = [], gridEpisodes } = figure.run.scales[scale];
  const tried = `Grid of learning rates: ${listed(rates.map(rateText))}`;
  const shorter =
    gridEpisodes === undefined
      ? ""
      : `, in runs of ${gridEpisodes} episodes (shorter runs favour higher rates, for all networks alike)`;
  const labelsOf = (is: (need: Need) => boolean) => needs.filter(is).map(({ condition }) => condition.label);
  const open = labelsOf((need) => openTrials(need).length > 0);
  const none = labelsOf((need) => need.choice === null && openTrials(need).length === 0);
  return [
    `${tried}${shorter}.`,
    ...(["lowest", "highest"] as const).flatMap((edge) => {
      const at = labelsOf(({ choice }) => choice?.edge === edge);
      return at.length > 0
        ? [`The best rate of ${listed(at)} is the ${edge} of them: beyond it there may be a better one.`]
        : [];
    }),
    ...(open.length > 0 ? [`Rates are still to be tried for ${listed(open)}.`] : []),
    ...(none.length > 0 ? [`At every rate the training of ${listed(none)} diverged.`] : []),
  ].join(" ");
}

function section(report: Report): string {
  const { figure, scale, metric, gathered, claims, picture, numbers } = report;
  const title = /[?!.]$/.test(figure.title) ? figure.title : `${figure.title}.`;
  const parts = [
    `## ${figure.name}`,
    `${title} ${figure.source}.`,
    `**The paper:** ${figure.says}`,
    `**Here** (scale ${scale}): ${figure.run.scales[scale].setting} Metric: ${metric.label}.`,
    `\`\`\`sh\nhebbian reproduce ${figure.name} --scale ${scale}\n\`\`\``,
  ];
  const hasGrid = report.needs.some(({ trials }) => trials.length > 0);
  if (hasGrid) parts.push(gridText(report));
  if (gathered.conditions.length > 0) {
    parts.push(
      table([
        ["network", ...(hasGrid ? ["rate"] : []), metric.label, "runs", "episodes"],
        ...gathered.conditions.map(({ label, estimate, seeds, trainedEpisodes }) => [
          label,
          ...(hasGrid ? [rateText(choiceOf(report, label)!.rate)] : []),
          estimateText(metric, estimate),
          String(seeds.length),
          String(trainedEpisodes),
        ]),
      ]),
    );
  }
  const judged = claims.filter(({ verdict }) => verdict !== "not run");
  if (judged.length > 0) {
    parts.push(
      judged
        .map(({ claim, verdict, because }) => `- ${claim.words}: **${verdict}** (${because}).`)
        .join("\n"),
    );
  }
  const [missing, not] = [claims.filter(({ verdict }) => verdict === "not run"), verdictText(report)];
  if (judged.length > 0 && missing.length > 0) {
    parts.push(`Nothing is run yet for: ${missing.map(({ claim }) => claim.words).join("; ")}.`);
  }
  parts.push(`Verdict: ${not}.${numbers ? ` [All numbers](${numbers}).` : ""}`);
  if (picture) parts.push(`![learning curves of ${figure.name}](${picture})`);
  return parts.join("\n\n");
}
