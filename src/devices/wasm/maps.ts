import type { Buffer, MapProgram } from "../device.js";
import type { Machine } from "../engine/machine.js";
import type { Extent } from "../loops/map.js";
import { vectorBytes, wholeVectors } from "../loops/target.js";
import type { Kernels } from "./kernels.js";
import { tailMasks } from "./layout.js";
import { own } from "./memory.js";
import type { Program, Split } from "./program.js";
import type { Sums } from "./sums.js";

/** Writes the commands of element-wise programs. What they sum over rows or columns is deferred, see `Sums`. */
export class Maps {
  constructor(
    private readonly machine: Machine,
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly sums: Sums,
  ) {}

  /** `batch`: as many rows as this are one of each episode. */
  run(
    map: MapProgram,
    inputs: readonly Buffer[],
    outputs: readonly (Buffer | null)[],
    accumulate: boolean,
    batch: number,
  ): void {
    let rows = 1;
    let cols = 1;
    for (const buffer of [...inputs, ...outputs]) {
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
      return fullRows ? (fullCols ? "full" : "column") : fullCols ? "row" : "single";
    };
    const inputExtents = inputs.map(extentOf);
    // A buffer of one row and one column counts as "column" in a row of many; as an output that is a sum over columns.
    const outputExtents = outputs.map((buffer) => buffer && singleIfOneByOne(buffer, extentOf(buffer)));
    const key = `${inputExtents}|${outputExtents.map((e) => e ?? "-")}|${accumulate}`;
    const kernel = this.kernels.map(map, key, () => ({
      inputs: inputExtents,
      outputs: outputExtents,
      accumulate,
    }));
    const work = rows * cols;
    const byEpisode = rows === batch && rows > 1;
    const split: Split = byEpisode
      ? { by: "episodes", work: work * 4 }
      : { by: "rows", extent: rows, grain: 1, work: rows > 1 ? work : 0 };
    if (byEpisode) this.sums.settleIfDeferred(inputs, outputs, accumulate);
    else this.sums.settle();

    const { memory, target } = this.machine;
    const rest = cols % target.lanes;
    const mask = rest === 0 ? 0 : memory.start + tailMasks + rest * vectorBytes(target);
    const words = [wholeVectors(cols - rest, target), mask];
    inputs.forEach((buffer, i) => {
      const { address, stride } = own(buffer);
      words.push(address, inputExtents[i] === "full" || inputExtents[i] === "column" ? stride : 0);
    });
    outputs.forEach((buffer, i) => {
      if (!buffer) return;
      const to = own(buffer);
      to.used = true;
      const extent = outputExtents[i]!;
      if (extent === "full" || extent === "column") {
        words.push(to.address, to.stride);
        return;
      }
      const slots = this.sums.defer(to, extent === "single", !accumulate);
      words.push(slots.address, slots.stride);
    });
    this.program.push(kernel, split, words);
    if (!byEpisode) this.sums.settle();
  }
}

/** A [1, 1] output of a longer row is a sum that several threads may add to, like any single number. */
const singleIfOneByOne = (buffer: Buffer, extent: Extent): Extent =>
  extent === "column" && buffer.rows === 1 ? "single" : extent;
