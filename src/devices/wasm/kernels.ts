import type { ConvolutionShape } from "../convolution.js";
import type { MapProgram } from "../device.js";
import type { Machine } from "../engine/machine.js";
import { emitBasic } from "../loops/basic.js";
import { emitConvolution } from "../loops/convolution.js";
import { emitMap, type MapShape } from "../loops/map.js";
import { emitProducts } from "../loops/products.js";
import { emitSweep } from "../loops/sweep.js";
import { type SweepSpec, sweepArguments } from "../passes/sweep.js";

export interface SweepKernel {
  readonly index: number;
  /** Names of the argument words, in order. */
  readonly words: readonly string[];
}

/** Every kernel of the engine by its table index; emitted and compiled when first used. */
export class Kernels {
  readonly basic: Readonly<Record<string, number>>;
  readonly products: Readonly<Record<string, number>>;
  private readonly maps = new WeakMap<MapProgram, Map<string, number>>();
  private readonly sweeps = new Map<string, SweepKernel>();
  private readonly convolutions = new Map<string, Readonly<Record<string, number>>>();

  constructor(private readonly machine: Machine) {
    this.basic = machine.install(emitBasic(machine.target));
    this.products = machine.install(emitProducts(machine.target));
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
      index = this.machine.install(emitMap(program, shape(), this.machine.target)).map!;
      byShape.set(key, index);
    }
    return index;
  }

  convolution(shape: ConvolutionShape): Readonly<Record<string, number>> {
    const key = JSON.stringify(shape);
    let kernels = this.convolutions.get(key);
    if (!kernels) {
      kernels = this.machine.install(emitConvolution(shape, this.machine.target));
      this.convolutions.set(key, kernels);
    }
    return kernels;
  }

  sweep(key: string, spec: () => SweepSpec): SweepKernel {
    let kernel = this.sweeps.get(key);
    if (!kernel) {
      const made = spec();
      const { sweep } = this.machine.install(emitSweep(made, this.machine.target));
      kernel = { index: sweep!, words: sweepArguments(made) };
      this.sweeps.set(key, kernel);
    }
    return kernel;
  }
}
