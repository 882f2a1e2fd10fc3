import type { ConvolutionShape } from "../convolution.js";
import type { MapProgram } from "../device.js";
import { emitBasic } from "../loops/basic.js";
import { convolutionKernels, emitConvolution } from "../loops/convolution.js";
import { emitMap, type MapShape } from "../loops/map.js";
import type { KernelModule } from "../loops/module.js";
import { emitProducts } from "../loops/products.js";
import { emitSweep } from "../loops/sweep.js";
import { type SweepSpec, sweepArguments } from "../passes/sweep.js";
import { encodeWasm } from "./encode.js";
import { wasmTarget } from "./features.js";
import type { EngineMemory } from "./memory.js";
import type { Pool } from "./pool.js";

export interface SweepKernel {
  readonly index: number;
  /** Names of the argument words, in order. */
  readonly words: readonly string[];
}

/** Every kernel of the engine by its table index; emitted and compiled when first used. */
export class Kernels {
  private readonly target = wasmTarget();
  readonly basic: Readonly<Record<string, number>>;
  readonly products: Readonly<Record<string, number>>;
  private readonly maps = new WeakMap<MapProgram, Map<string, number>>();
  private readonly sweeps = new Map<string, SweepKernel>();
  private readonly convolutions = new Map<string, Readonly<Record<string, number>>>();

  constructor(
    private readonly pool: Pool,
    private readonly memory: EngineMemory,
  ) {
    const basic = [
      "zero",
      "copy",
      "add",
      "combine",
      "combineNumber",
      "sumOfSquares",
      "finite",
      "clip",
      "adam",
    ];
    this.basic = pool.install(this.encoded(emitBasic(this.target)), basic);
    this.products = pool.install(this.encoded(emitProducts(this.target)), [
      "matmul",
      "matmulTransposed",
      "outerSum",
    ]);
  }

  /** The kernel of an element-wise program for buffers of these shapes; `key` tells shapes apart. */
  map(program: MapProgram, key: string, shape: () => MapShape): number {
    let byShape = this.maps.get(program);
    if (!byShape) {
      byShape = new Map();
      this.maps.set(program, byShape);
    }
    let index = byShape.get(key);
    if (index === undefined) {
      index = this.pool.install(this.encoded(emitMap(program, shape(), this.target)), ["map"]).map!;
      byShape.set(key, index);
    }
    return index;
  }

  convolution(shape: ConvolutionShape): Readonly<Record<string, number>> {
    const key = JSON.stringify(shape);
    let kernels = this.convolutions.get(key);
    if (!kernels) {
      kernels = this.pool.install(this.encoded(emitConvolution(shape, this.target)), convolutionKernels);
      this.convolutions.set(key, kernels);
    }
    return kernels;
  }

  sweep(key: string, spec: () => SweepSpec): SweepKernel {
    let kernel = this.sweeps.get(key);
    if (!kernel) {
      const made = spec();
      const { sweep } = this.pool.install(this.encoded(emitSweep(made, this.target)), ["sweep"]);
      kernel = { index: sweep!, words: sweepArguments(made) };
      this.sweeps.set(key, kernel);
    }
    return kernel;
  }

  private encoded(module: KernelModule): Uint8Array<ArrayBuffer> {
    return encodeWasm(module, { shared: this.memory.shared });
  }
}
