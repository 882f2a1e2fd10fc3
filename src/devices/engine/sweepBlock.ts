import type { Block } from "../loops/sweepRows.js";
import { strideOf, type Target } from "../loops/target.js";
import type { Pass } from "../passes/pass.js";

/** Rows and vectors that a kernel takes at once: see docs/decisions/003-engine-measurements.md. */
const readBlock = { rows: 2, width: 5 };
/** Of matrices that no core's own cache holds: a single stream of each is what processors fetch ahead best. */
const streamedBlock = { rows: 1, width: 2 };
const streamedBytes = 1024 * 1024;
const updateBlock = { rows: 1, width: 5 };
const backwardBlock = { rows: 1, width: 8 };

/** Rows of a single episode that a thread takes at least. */
export const readRows = readBlock.rows;

/** The rows and vectors that the engine's kernel for a sweep takes at once. */
export function sweepBlock({ axes, lets, outputs }: Pass, target: Target): Block {
  const isBackward = lets.some(({ renews }) => renews === undefined) || outputs.some(({ adds }) => adds);
  if (isBackward) return backwardBlock;
  if (outputs.every(({ how }) => how === "store")) return updateBlock;
  return axes.pre! * strideOf(axes.post!, target) * 4 >= streamedBytes ? streamedBlock : readBlock;
}
