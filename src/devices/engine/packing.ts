import { columnsOf, packArguments, packedRowBytes, packTransposedArguments } from "../loops/pack.js";
import type { EngineBuffer } from "./buffer.js";
import type { Kernels } from "./kernels.js";
import type { Arena } from "./machine.js";
import type { Program } from "./program.js";

/** Writes the commands that pack a factor for the products after them. Returns its place, until the episode's end. */
export class Packing {
  constructor(
    private readonly arena: Arena,
    private readonly program: Program,
    private readonly kernels: Kernels,
  ) {}

  /** The columns of a matrix. */
  columns(source: EngineBuffer): number {
    const { rows, cols, address, stride } = source;
    return this.push("pack", source, columnsOf(cols, this.kernels.target), rows, (packed) =>
      packArguments.words({ packed, source: address, stride, rows }),
    );
  }

  /** The columns of the transposes of so many blocks of its rows. */
  transposed(source: EngineBuffer, blocks = 1): number {
    const { cols: numbers, address, stride } = source;
    const rows = source.rows / blocks;
    const extent = blocks * columnsOf(rows, this.kernels.target);
    return this.push("packTransposed", source, extent, numbers, (packed) =>
      packTransposedArguments.words({ packed, source: address, stride, rows, numbers }),
    );
  }

  private push(
    kernel: "pack" | "packTransposed",
    source: EngineBuffer,
    extent: number,
    rows: number,
    words: (packed: number) => number[],
  ): number {
    const packed = this.arena.scratch(extent * rows * packedRowBytes(this.kernels.target));
    this.program.push({
      kernel: this.kernels.products[kernel],
      split: { by: "rows", extent, grain: 1, work: source.rows * source.cols },
      words: words(packed),
      reads: [source],
    });
    return packed;
  }
}
