import type { Rule } from "../../rules/rule.js";
import type { ConvolutionShape } from "../convolution.js";
import type { MapProgram } from "../device.js";
import type { Arguments } from "../loops/arguments.js";
import { type BasicKernel, basicArguments, emitBasic } from "../loops/basic.js";
import { type ConvolutionKernel, emitConvolution } from "../loops/convolution.js";
import { emitProducts, type ProductKernel } from "../loops/products.js";
import { emitRows, type RowKernel } from "../loops/rows.js";
import { schedule } from "../loops/schedule.js";
import { sweepArguments } from "../loops/sweepPlaces.js";
import { strideOf, type Target, vectorBytes } from "../loops/target.js";
import { type MapShape, mapPass } from "../passes/map.js";
import { keyOfPass } from "../passes/pass.js";
import { type SweepKind, sweepPass } from "../passes/sweep.js";
import type { Machine } from "./machine.js";
import { sweepBlock } from "./sweepBlock.js";

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
  private rowKernels: Readonly<Record<RowKernel, number>> | null = null;
  /** By the key of what they compute. */
  private readonly maps = new Map<string, number>();
  private readonly sweeps = new Map<string, SweepKernel>();
  /** What was asked for before, so that no pass need be derived again to find its kernel. */
  private readonly mapsOf = new WeakMap<MapProgram, Map<string, number>>();
  private readonly sweepsOf = new WeakMap<Rule, Map<string, SweepKernel>>();
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

  /** Made when something first moves rows: few networks do. */
  get rows(): Readonly<Record<RowKernel, number>> {
    this.rowKernels ??= this.machine.install(emitRows(this.target));
    return this.rowKernels;
  }

  /** The kernel of an element-wise program for buffers of these shapes; `key` tells shapes apart. */
  map(program: MapProgram, key: string, shape: () => MapShape): number {
    return remembered(this.mapsOf, program, key, () => {
      const pass = mapPass(program, shape());
      return found(
        this.maps,
        keyOfPass(pass),
        () => this.machine.install(schedule(pass, this.target, null)).map,
      );
    });
  }

  convolution(shape: ConvolutionShape): Readonly<Record<ConvolutionKernel, number>> {
    return found(this.convolutions, JSON.stringify(shape), () =>
      this.machine.install(emitConvolution(shape, this.target)),
    );
  }

  /** `key` tells kinds apart. */
  sweep(rule: Rule, key: string, kind: () => SweepKind): SweepKernel {
    return remembered(this.sweepsOf, rule, key, () => {
      const pass = sweepPass(rule, kind());
      return found(this.sweeps, keyOfPass(pass), () => ({
        index: this.machine.install(schedule(pass, this.target, sweepBlock(pass, this.target))).sweep,
        words: sweepArguments(pass),
      }));
    });
  }
}

/** What is known by a key, made when it is first asked for. */
function found<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}
const remembered = <Owner extends object, Value>(
  known: WeakMap<Owner, Map<string, Value>>,
  owner: Owner,
  key: string,
  make: () => Value,
): Value => {
  let own = known.get(owner);
  if (!own) {
    own = new Map();
    known.set(owner, own);
  }
  return found(own, key, make);
};
