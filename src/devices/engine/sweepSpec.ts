import { linearDecay } from "../../rules/linearDecay.js";
import type { Rule } from "../../rules/rule.js";
import { strideOf, type Target } from "../loops/target.js";
import type { SweepSpec } from "../passes/sweep.js";

/** Rows and vectors that a kernel takes at once: see docs/decisions/003-engine-measurements.md. */
const readShape = { rows: 2, width: 5 };
/** Of matrices that no core's own cache holds: a single stream of each is what processors fetch ahead best. */
const streamedShape = { rows: 1, width: 2 };
const streamedBytes = 1024 * 1024;
const updateShape = { rows: 1, width: 5 };
const backwardShape = { rows: 1, width: 8 };

/** Rows of a single episode that a thread takes at least. */
export const readRows = readShape.rows;

/** What a sweep is asked for. */
export type SweepKind = Pick<SweepSpec, "direction" | "update" | "read" | "flush" | "wanted"> & {
  /** The trace before the update is found by inverting it. */
  readonly inverted: boolean;
};

/** The sweep that the engine makes for that, with the rows and vectors that are taken at once. */
export function sweepSpec(
  rule: Rule,
  pre: number,
  post: number,
  { inverted, ...kind }: SweepKind,
  target: Target,
): SweepSpec {
  const streamed = pre * strideOf(post, target) * 4 >= streamedBytes;
  const readingShape = streamed ? streamedShape : readShape;
  const shape = kind.direction === "backward" ? backwardShape : kind.read ? readingShape : updateShape;
  return { rule, pre, post, ...kind, inverse: inverted ? linearDecay(rule) : null, ...shape };
}
