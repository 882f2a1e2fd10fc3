import type { Metric } from "../../src/training/index.js";
import type { Estimate } from "../aggregate.js";
import type { Claim } from "./figure.js";

export type Verdict = "reproduced" | "weaker" | "contradicted" | "not run";

/** From the best to the worst; a figure is as good as the worst of its claims. */
const order: readonly Verdict[] = ["reproduced", "weaker", "contradicted", "not run"];

export interface JudgedClaim {
  readonly claim: Claim;
  readonly verdict: Verdict;
  /** Why. */
  readonly because: string;
}

/** Seeds below which an interval says too little for a verdict either way. */
export const FEWEST = 3;

/** What the runs of a figure say. */
export interface Evidence {
  /** The tests of a condition; null where none of its runs is done. */
  estimate(condition: string): Estimate | null;
  /** How much more of the metric the first condition has than the second, over the seeds that both have; null without any. */
  difference(first: string, second: string): (Estimate & { readonly seeds: number }) | null;
}

/**
 * What runs say of a claim:
 *
 * - reproduced: the 95 % interval lies on the right side altogether;
 * - weaker: the estimate does, but not the interval, or there are fewer than three seeds to compare; or a level is missed;
 * - contradicted: the interval lies on the wrong side altogether. A level that is missed contradicts a claim only of failure,
 *   as longer training may reach more.
 */
export function judge(claim: Claim, metric: Pick<Metric, "better">, evidence: Evidence): JudgedClaim {
  const sign = metric.better === "higher" ? 1 : -1;
  const made = (verdict: Verdict, because: string): JudgedClaim => ({ claim, verdict, because });
  if (claim.kind === "better") {
    const [first, second] = claim.than;
    const found = evidence.difference(first, second);
    if (!found) return made("not run", "no seed of both is done");
    const advantage = sign * found.interquartileMean;
    if (!isInterval(found))
      return made("weaker", `one seed alone has no interval; it is ${advantage > 0 ? "" : "not "}better`);
    const [least, most] = [sign * found.low, sign * found.high].sort((a, b) => a - b) as [number, number];
    const over = `over ${found.seeds} seeds`;
    if (found.seeds < FEWEST)
      return made("weaker", `${over} an interval is a guess; it is ${advantage > 0 ? "" : "not "}better`);
    if (least > 0) return made("reproduced", `the difference's interval is on that side, ${over}`);
    if (most < 0) return made("contradicted", `the difference's interval is on the other side, ${over}`);
    return made("weaker", `the difference's interval holds 0, ${over}`);
  }
  const found = evidence.estimate(claim.condition);
  if (!found) return made("not run", "no run of it is done");
  const beyond = (value: number) => sign * (value - claim.level);
  const [low, high] = isInterval(found)
    ? [found.low, found.high]
    : [found.interquartileMean, found.interquartileMean];
  const [least, most] = [beyond(low), beyond(high)].sort((a, b) => a - b) as [number, number];
  const alone = isInterval(found) ? "" : "; one seed alone has no interval";
  if (claim.kind === "reaches") {
    if (least >= 0 && alone === "") return made("reproduced", "its interval is beyond it");
    if (beyond(found.interquartileMean) >= 0)
      return made("weaker", `its mean is, its interval not altogether${alone}`);
    return made("weaker", `it is missed${alone}`);
  }
  if (most <= 0) return made(alone === "" ? "reproduced" : "weaker", `it stays below${alone}`);
  if (least > 0) return made(alone === "" ? "contradicted" : "weaker", `it does better${alone}`);
  return made("weaker", "its interval reaches beyond");
}

const isInterval = (estimate: Estimate): estimate is Required<Estimate> =>
  estimate.low !== undefined && estimate.high !== undefined;

/** Of a figure: as its worst claim; claims that nothing was run for count only if there are no others. */
export function overall(claims: readonly JudgedClaim[]): Verdict {
  const judged = claims.filter(({ verdict }) => verdict !== "not run");
  if (judged.length === 0) return "not run";
  return judged.reduce<Verdict>(
    (worst, { verdict }) => (order.indexOf(verdict) > order.indexOf(worst) ? verdict : worst),
    "reproduced",
  );
}
