import { compileFormula } from "../../formulas/index.js";
import { linearDecay } from "../../rules/linearDecay.js";
import type { Rule } from "../../rules/rule.js";
import type { TrainingNeed } from "../device.js";
import { scratchChunk } from "../engine/arena.js";
import { strideOf, type Target } from "../loops/target.js";

/** How the traces of an episode are kept for the way back. */
export interface TracePlan {
  /**
   * "forget": only the newest trace (no backward pass). "invert": a checkpoint every `segment` updates; between them
   * the trace is walked backwards. "recompute": between checkpoints it is computed again and kept for the segment.
   */
  readonly mode: "forget" | "invert" | "recompute";
  readonly segment: number;
  /** Bytes that traces and their adjoints will take, for `steps` updates. */
  readonly bytes: number;
}

export interface PlanOptions {
  readonly rule: Rule;
  readonly batch: number;
  readonly pre: number;
  readonly post: number;
  /** Updates in the episode, if known. */
  readonly steps?: number;
  readonly differentiable: boolean;
  /** The decay factor of a linear rule at present, or null if the rule is not linear in its trace. */
  readonly decay: number | null;
  /** Bytes that are free. */
  readonly room: number;
  /** Floats in a vector: rows are padded to whole ones. */
  readonly lanes: number;
}

/** A rounding error grows by the inverse decay at each step back; this is as much as it may grow in a segment. */
const growthLimit = 4;
const longestInversion = 32;
const shortestInversion = 4;
/** All versions are kept where they fit a cache. */
const cacheBytes = 1024 * 1024;
/** Beyond the cache, at most so many times the square root of the steps are held, however much memory there is. */
const mostCopies = 3;
const typicalSteps = 100;

/** Chooses between keeping, recomputing and inverting traces. See docs/design.md, "Memory". */
export function planTraces(options: PlanOptions): TracePlan {
  const { rule, batch, pre, post, steps = typicalSteps, differentiable, decay, room } = options;
  const episode = pre * strideOf(post, options) * 4 * rule.traces.length;
  const version = batch * episode;
  if (!differentiable || version === 0)
    return { mode: "forget", segment: Number.POSITIVE_INFINITY, bytes: version };
  /** Checkpoints from the first on, `kept` versions of a segment, and the adjoint. */
  const copiesWith = (segment: number, kept: number) => Math.floor(steps / segment) + 1 + kept + 1;
  const bytesWith = (segment: number, kept: number) => version * copiesWith(segment, kept);
  if (version * steps <= cacheBytes) return { mode: "recompute", segment: 1, bytes: bytesWith(1, 0) };
  const inversion =
    decay === null || decay <= 0
      ? 0
      : decay >= 1
        ? longestInversion
        : Math.min(longestInversion, Math.floor(Math.log(growthLimit) / -Math.log(decay)));
  const isWithin = (copies: number) => copies <= mostCopies * Math.sqrt(steps);
  if (inversion >= shortestInversion && isWithin(copiesWith(inversion, 1)))
    return { mode: "invert", segment: inversion, bytes: bytesWith(inversion, 1) };
  let segment = episode <= cacheBytes / 8 ? 10 : 5;
  const isTooMuch = () => bytesWith(segment, segment) > room || !isWithin(copiesWith(segment, segment));
  while (segment < Math.sqrt(steps) && isTooMuch()) segment++;
  return { mode: "recompute", segment, bytes: bytesWith(segment, segment) };
}

/** Bytes that training a connection takes: see `Device.expectRoom`. */
export function estimateTraining(
  need: TrainingNeed & Pick<Target, "lanes">,
  decay: number | null,
  room: number,
): number {
  const { rule, pre, post } = need;
  const size = {
    layer: strideOf(1, need),
    pre: strideOf(pre, need),
    post: strideOf(post, need),
    connection: pre * strideOf(post, need),
  };
  const parameters = Object.values(rule.params).reduce((sum, { per }) => sum + size[per], 0) * 4;
  // Value, gradient and Adam's two moments of each.
  const others = 4 * parameters + activityBytes(need);
  const traces = planTraces({ ...need, differentiable: true, decay, room: room - others });
  return others + traces.bytes;
}

/** What an episode takes beside its traces: about six vectors a step, each with its adjoint; its recorded program. */
export const activityBytes = ({
  batch,
  pre,
  post,
  steps = typicalSteps,
  lanes,
}: Pick<PlanOptions, "batch" | "pre" | "post" | "steps" | "lanes">): number =>
  steps * batch * strideOf(Math.max(pre, post), { lanes }) * 4 * 12 + 2 * scratchChunk;

type Decay = (constant: (param: string) => number) => number | null;
const decays = new WeakMap<Rule, Decay>();

/** The factor on the trace in a rule that is linear in it, at the given values of its layer constants; else null. */
export function decayOf(rule: Rule, constant: (param: string) => number): number | null {
  let decay = decays.get(rule);
  if (!decay) {
    decay = compileDecay(rule);
    decays.set(rule, decay);
  }
  return decay(constant);
}

function compileDecay(rule: Rule): Decay {
  const linear = linearDecay(rule);
  if (!linear) return () => null;
  const constants = Object.keys(rule.params).filter((param) => rule.params[param]!.per === "layer");
  const factor = compileFormula(linear.factor, constants);
  return (constant) => factor(constants.map(constant));
}
