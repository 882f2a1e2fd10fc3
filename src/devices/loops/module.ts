/** Kernels under construction, before they are printed for a machine. */

import type { Callee, Code, Local, ValueType } from "./nodes.js";
import type { Target } from "./target.js";

export type { Local, ValueType };

/** As many of one type as a literal number says. */
type Tuple<Item, Count extends number, Made extends Item[] = []> = Made["length"] extends Count
  ? Made
  : Tuple<Item, Count, [...Made, Item]>;

/** A function under construction: its parameters, its locals, its body. */
export class FunctionBuilder implements Callee {
  readonly params: readonly Local[];
  /** Types of the locals that are not parameters. */
  readonly localTypes: ValueType[] = [];
  body: Code = { kind: "seq", parts: [] };

  constructor(
    readonly target: Target,
    readonly index: number,
    /** By which it is called from outside; null for one that only other functions call. */
    readonly exported: string | null,
    readonly label: string,
    params: readonly ValueType[],
    readonly results: readonly ValueType[],
  ) {
    this.params = params.map((type, i) => ({ index: i, type }));
  }

  local(type: ValueType): Local {
    this.localTypes.push(type);
    return { index: this.params.length + this.localTypes.length - 1, type };
  }
  locals<Count extends number>(type: ValueType, count: Count): Tuple<Local, Count> {
    return Array.from({ length: count }, () => this.local(type)) as Tuple<Local, Count>;
  }
}

/** The type of every kernel, and of every entry of the table: address of its argument words, from, to, thread. */
export const kernelParams = ["i32", "i32", "i32", "i32"] as const;
/** What printers that have names call them. */
export const kernelParamNames: readonly string[] = ["args", "from", "to", "thread"];

/** Whether a function has a kernel's parameters, and so their names. */
export const isKernel = ({ exported, params }: FunctionBuilder): boolean =>
  exported !== null && params.length === kernelParams.length;

/** Kernels that are made together, and the functions that they call. `Name`: the kernels' names. */
export class KernelModule<Name extends string = string> {
  readonly functions: FunctionBuilder[] = [];

  constructor(readonly target: Target) {}

  /** A function; with a name, others can call it from outside. */
  func(
    exported: string | null,
    params: readonly ValueType[],
    results: readonly ValueType[] = [],
    label: string = exported ?? `function ${this.functions.length}`,
  ): FunctionBuilder {
    const builder = new FunctionBuilder(this.target, this.functions.length, exported, label, params, results);
    this.functions.push(builder);
    return builder;
  }

  kernel(name: Name, label: string = name): FunctionBuilder {
    return this.func(name, kernelParams, [], label);
  }
}
