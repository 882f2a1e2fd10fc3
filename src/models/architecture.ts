/**
 * What a trained network computes in a step, told so that it can be rebuilt without the program that trained it: a list of
 * operations on named vectors. A new kind of layer needs an entry here only if it is no chain of these operations.
 *
 * Every value is one vector for each life: an input, a state (the values that a step finds from the step before), or what
 * an operation of this step made. Parameters are the file's tensors, by name.
 */
import { type Formula, print } from "../formulas/index.js";
import { ruleData } from "../rules/data.js";
import type { Rule } from "../rules/rule.js";

export interface Input {
  readonly name: string;
  /** Numbers that a caller passes. */
  readonly size: number;
  /** Numbers that always follow them: a bias neuron that is always on. */
  readonly tail: readonly number[];
}

export interface State {
  readonly name: string;
  readonly size: number;
  /** What every number of it is at birth. */
  readonly start: number;
  /** The trace of neurons that it is, if it is one: what learns, and stays as it is in a frozen life. */
  readonly trace?: { readonly connection: string; readonly name: string };
}

/** All-to-all connections that change by a rule; one without traces never changes. */
export interface Connection {
  readonly name: string;
  readonly rule: Rule;
  /** Presynaptic and postsynaptic neurons. */
  readonly pre: number;
  readonly post: number;
  /** The tensor of each of the rule's parameters, by the rule's name for it: per layer [1, 1], post [1, post], connection [pre, post]. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type Operation =
  /** to = from @ W(traces); `vectors` holds the traces of neurons that the weight names, if there are any. */
  | {
      readonly op: "read";
      readonly connection: string;
      readonly from: string;
      readonly vectors?: Readonly<Record<string, string>>;
      readonly to: string;
    }
  /** A sum that the rule names (`reads`), with the vectors that it takes. */
  | {
      readonly op: "readNamed";
      readonly connection: string;
      readonly read: string;
      readonly vectors: Readonly<Record<string, string>>;
      readonly to: string;
    }
  /** The traces after one update; `vectors` holds all that the rule's updates take (`Rule.vectors`). */
  | { readonly op: "update"; readonly connection: string; readonly vectors: Readonly<Record<string, string>> }
  /** to = from @ weight, a tensor [size of from, size of to]. */
  | { readonly op: "product"; readonly from: string; readonly weight: string; readonly to: string }
  | ConvolveOperation
  | MapOperation;

/**
 * A convolution without padding: from [height, width, channels] to [outHeight, outWidth, filters], each one vector, row by
 * row, channels innermost; weight a tensor [kernelHeight * kernelWidth * channels, filters], bias [1, filters].
 */
export interface ConvolveOperation {
  readonly op: "convolve";
  readonly from: string;
  readonly weight: string;
  readonly bias: string;
  readonly to: string;
  readonly shape: ConvolutionShape;
}

interface ConvolutionShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** From one place of the kernel to the next, both ways. */
  readonly stride: number;
  readonly filters: number;
}

/** Places of the kernel from top to bottom and from left to right. */
export const placesOf = ({ height, width, kernelHeight, kernelWidth, stride }: ConvolutionShape) => ({
  down: Math.floor((height - kernelHeight) / stride) + 1,
  across: Math.floor((width - kernelWidth) / stride) + 1,
});

/** Element-wise formulas. Values and tensors ([1, n]) have `size` numbers, or one for all. */
export interface MapOperation {
  readonly op: "map";
  readonly size: number;
  /** The formulas' names: values, and tensors. */
  readonly values: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** A result is `size` numbers, or with `sum` the one number that they add up to. */
  readonly results: readonly { readonly to: string; readonly formula: Formula; readonly sum: boolean }[];
}

/** One step, for one choice of given inputs: a classifier may be given the label, or be asked for it. */
export interface StepProgram {
  readonly given: readonly string[];
  readonly operations: readonly Operation[];
  /** The value that each state takes over at the end. */
  readonly next: Readonly<Record<string, string>>;
  readonly output: string;
}

export interface Architecture {
  readonly inputs: readonly Input[];
  readonly states: readonly State[];
  readonly connections: readonly Connection[];
  readonly programs: readonly StepProgram[];
  /** How many of the output's numbers, from the first, are the answer. */
  readonly answers: number;
}

/** The version of the description that this program writes, and the only one that it reads. */
export const ARCHITECTURE_VERSION = 1;

/** The description as text (JSON), with rules and formulas as they are written. */
export function architectureText({ inputs, states, connections, programs, answers }: Architecture): string {
  return JSON.stringify({
    version: ARCHITECTURE_VERSION,
    inputs,
    states,
    answers,
    connections: connections.map(({ rule, ...connection }) => ({ ...connection, rule: ruleData(rule) })),
    programs: programs.map((program) => ({
      ...program,
      operations: program.operations.map((operation) =>
        operation.op === "map" ? { ...operation, results: operation.results.map(resultText) } : operation,
      ),
    })),
  });
}

const resultText = ({ formula, ...result }: MapOperation["results"][number]) => ({
  ...result,
  formula: print(formula),
});
