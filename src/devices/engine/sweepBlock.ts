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
/** In C, where rows of a block share what lies along a row: it costs as much to load as what lies in matrices. */
const sharedReadBlock = { rows: 4, width: 2 };
const sharedUpdateBlock = { rows: 2, width: 4 };
/** So large may matrices be at most, six of which a core's own cache is to hold on the way back. */
const cachedBytes = 64 * 1024;
const cachedBackwardBlock = { rows: 2, width: 2 };
/** Of what takes more vectors along a row than matrices, however large these are. */
const sharedBackwardBlock = { rows: 2, width: 1 };

/** Rows of a single episode that a thread takes at least. */
export const readRows = readBlock.rows;

/** The rows and vectors that the engine's kernel for a sweep takes at once. */
export function sweepBlock(pass: Pass, target: Target): Block {
  const { axes, lets, outputs } = pass;
  const isBackward = lets.some(({ renews }) => renews === undefined) || outputs.some(({ adds }) => adds);
  const bytes = axes.pre! * strideOf(axes.post!, target) * 4;
  const isUpdate = outputs.every(({ how }) => how === "store");
  const isWide = target.lanes > 4;
  if (isBackward) {
    if (isWide && takesMoreRows(pass)) return sharedBackwardBlock;
    return isWide && bytes <= cachedBytes ? cachedBackwardBlock : backwardBlock;
  }
  if (isUpdate) return isWide && bytes < streamedBytes ? sharedUpdateBlock : updateBlock;
  if (bytes >= streamedBytes) return streamedBlock;
  return isWide ? sharedReadBlock : readBlock;
}

/**
 * Whether more is loaded and stored along a row, the same for all rows, than of matrices: what delta rules have with their value,
 * what was recalled, and the adjoints of both.
 */
function takesMoreRows({ inputs, outputs, columnSums = [] }: Pass): boolean {
  // What has terms is added after the last row, from column sums.
  const touched = [...inputs, ...outputs.filter(({ terms }) => terms.length === 0)];
  const along = (rate: "post" | "connection") =>
    new Set(touched.filter((each) => each.along === rate).map(({ at }) => at));
  return along("post").size + columnSums.length > along("connection").size;
}
