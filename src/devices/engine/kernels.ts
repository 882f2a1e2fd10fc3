import type { ConvolutionShape } from "../convolution.js";
import type { MapProgram } from "../device.js";
import type { Arguments } from "../loops/arguments.js";
import { type BasicKernel, basicArguments, emitBasic } from "../loops/basic.js";
import { type ConvolutionKernel, emitConvolution } from "../loops/convolution.js";
import { emitMap, type MapShape } from "../loops/map.js";
import { emitProducts, type ProductKernel } from "../loops/products.js";
import { emitSweep } from "../loops/sweep.js";
import { strideOf, type Target, vectorBytes } from "../loops/target.js";
import { type SweepSpec, sweepArguments } from "../passes/sweep.js";
import type { Machine } from "./machine.js";

export interface SweepKernel {
  readonly index: number;
  /** Names of the argument words, in order. */
  readonly words: readonly string[];
}

type Values<Kernel> =
  Kernel extends Arguments<infer Fields> ? Readonly<Record<keyof Fields & string, number>> : never;

/** Every kernel of the engine by its table index; emitted and compiled when first used. */
export class Kernels {
  readonly target: Target;
  private readonly basics: Readonly<Record<BasicKernel, number>>;
  readonly products: Readonly<Record<ProductKernel, number>>;
  private readonly maps = new WeakMap<MapProgram, Map<string, number>>();
  private readonly sweeps = new Map<string, SweepKernel>();
  private readonly convolutions = new Map<string, Readonly<Record<ConvolutionKernel, number>>>();

  constructor(private readonly machine: Machine) {
    this.target = machine.target;
    this.basics = machine.install(emitBasic(this.target));
    this.products = machine.install(emitProducts(this.target));
  }

  /** Vectors in so many bytes. */
  vectors(bytes: number): number {
    return bytes / vectorBytes(this.target);
  }
  /** Bytes from a row of so many numbers to the next. */
  strideOf(cols: number): number {
    return strideOf(cols, this.target) * 4;
  }

  /** A basic kernel with its arguments, as a command has them. */
  basic<Kernel extends BasicKernel>(
    kernel: Kernel,
    values: Values<(typeof basicArguments)[Kernel]>,
  ): { readonly kernel: number; readonly words: number[] } {
    // That these are the arguments of this kernel, the parameter's type has made sure of.
    return { kernel: this.basics[kernel], words: basicArguments[kernel].words(values as never) };
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
      index = this.machine.install(emitMap(program, shape(), this.target)).map!;
      byShape.set(key, index);
    }
    return index;
  }

  convolution(shape: ConvolutionShape): Readonly<Record<ConvolutionKernel, number>> {
    const key = JSON.stringify(shape);
    let kernels = this.convolutions.get(key);
    if (!kernels) {
      kernels = this.machine.install(emitConvolution(shape, this.target));
      this.convolutions.set(key, kernels);
    }
    return kernels;
  }

  sweep(key: string, spec: () => SweepSpec): SweepKernel {
    let kernel = this.sweeps.get(key);
    if (!kernel) {
      const made = spec();
      kernel = {
        index: this.machine.install(emitSweep(made, this.target)).sweep!,
        words: sweepArguments(made),
      };
      this.sweeps.set(key, kernel);
    }
    return kernel;
  }
}
