import type { Buffer, MapProgram } from "../device.js";
import { mapWords } from "../loops/map.js";
import type { Extent } from "../passes/map.js";
import { own } from "./buffer.js";
import type { WorkSplit } from "./command.js";
import type { Kernels } from "./kernels.js";
import type { Arena } from "./machine.js";
import type { Program } from "./program.js";
import type { Sums } from "./sums.js";

/** Writes the commands of element-wise programs. What they sum over rows or columns is deferred, see `Sums`. */
export class Maps {
  /** Masks of the first lanes of a vector: the one of n lanes is vector n. */
  private readonly masks: number;

  constructor(
    arena: Arena,
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly sums: Sums,
  ) {
    const { lanes } = kernels.target;
    this.masks = arena.keepZeroed(lanes * 4 * lanes);
    const floats = arena.floats(this.masks, lanes * lanes);
    const bits = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
    for (let first = 1; first < lanes; first++) bits.fill(-1, first * lanes, first * lanes + first);
  }

  /** `batch`: as many rows as this are one of each episode. */
  run(
    map: MapProgram,
    inputs: readonly Buffer[],
    results: readonly (Buffer | null)[],
    accumulate: boolean,
    batch: number,
  ): void {
    const outputs = results.slice(0, map.outputs.length);
    const rowOutputs = results.slice(map.outputs.length);
    let rows = 1;
    let cols = 1;
    for (const buffer of [...inputs, ...results]) {
      if (!buffer) continue;
      if (buffer.rows > rows) rows = buffer.rows;
      if (buffer.cols > cols) cols = buffer.cols;
    }
    const extentOf = (buffer: Buffer): Extent => {
      const fullRows = buffer.rows === rows;
      const fullCols = buffer.cols === cols;
      if ((!fullRows && buffer.rows !== 1) || (!fullCols && buffer.cols !== 1)) {
        throw new RangeError(
          `map: a buffer must be [${rows} or 1, ${cols} or 1], got [${buffer.rows}, ${buffer.cols}]`,
        );
      }
      // Where rows have one column, it is the row's: its reductions can do with it what they do with any number of a row.
      if (fullRows && cols === 1 && map.reductions) return "column";
      return fullRows ? (fullCols ? "full" : "column") : fullCols ? "row" : "single";
    };
    for (const buffer of rowOutputs) {
      if (!buffer || (buffer.rows === rows && buffer.cols === 1)) continue;
      throw new RangeError(`map: a row output must be [${rows}, 1], got [${buffer.rows}, ${buffer.cols}]`);
    }
    const inputExtents = inputs.map(extentOf);
    // A buffer of one row and one column counts as "column" in a row of many; as an output that is a sum over columns.
    const outputExtents = outputs.map((buffer) => buffer && singleIfOneByOne(buffer, extentOf(buffer)));
    const isComputed = rowOutputs.map((buffer) => buffer !== null);
    const key = `${inputExtents}|${outputExtents.map((e) => e ?? "-")}|${isComputed}|${accumulate}`;
    const kernel = this.kernels.map(map, key, () => ({
      inputs: inputExtents,
      outputs: outputExtents,
      rowOutputs: isComputed,
      accumulate,
    }));
    const work = rows * cols;
    const byEpisode = rows === batch && rows > 1;
    const split: WorkSplit = byEpisode
      ? { by: "episodes", work: work * 4 }
      : { by: "rows", extent: rows, grain: 1, work: rows > 1 ? work : 0 };
    const buffers = inputs.flatMap((buffer, i) => {
      const { address, stride } = own(buffer);
      return [address, inputExtents[i] === "full" || inputExtents[i] === "column" ? stride : 0];
    });
    const targets = results.flatMap((buffer, i) =>
      buffer ? [{ buffer: own(buffer), extent: outputExtents[i] ?? ("column" as const) }] : [],
    );
    const isSum = ({ extent }: (typeof targets)[number]) => extent === "row" || extent === "single";
    const sums = targets.filter(isSum).map(({ buffer }) => buffer);
    const direct = targets.filter((target) => !isSum(target)).map(({ buffer }) => buffer);
    this.program.push({
      kernel,
      split,
      reads: inputs.map(own),
      writes: accumulate ? direct : [...direct, ...sums],
      adds: accumulate ? sums : [],
      // Sums go to slots that are taken only once what waited in them is settled.
      words: () => {
        for (const target of targets) {
          const { buffer, extent } = target;
          const place = isSum(target) ? this.sums.defer(buffer, extent === "single", !accumulate) : buffer;
          buffers.push(place.address, place.stride);
        }
        const { lanes } = this.kernels.target;
        const rest = cols % lanes;
        const tailMask = rest > 0 ? this.masks + rest * 4 * lanes : 0;
        return mapWords(Math.floor(cols / lanes) * 4 * lanes, tailMask, buffers);
      },
    });
    if (!byEpisode) this.program.settle();
  }
}

/** A [1, 1] output of a longer row is a sum that several threads may add to, like any single number. */
const singleIfOneByOne = (buffer: Buffer, extent: Extent): Extent =>
  extent === "column" && buffer.rows === 1 ? "single" : extent;
