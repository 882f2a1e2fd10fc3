/**
 * What a kernel does, as a tree of typed nodes: printed as WebAssembly (wasm/encode.ts), as C, as text for people (text.ts).
 * Nodes are as high-level as they are written: a `for`, a sum over lanes, a product added to a sum. Each printer lowers
 * them to what its language has.
 */

import type { Formula } from "../../formulas/index.js";

/** "i32": whole numbers and places in memory (as wide as the target's words); "vector": as many float32 as it has lanes. */
export type ValueType = "i32" | "f32" | "f64" | "vector";

/** A variable of a function; the first ones are its parameters. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** A function that another one calls. */
export interface Callee {
  readonly index: number;
  readonly params: readonly Local[];
  readonly results: readonly ValueType[];
  /** What it is called by printers that have names. */
  readonly label: string;
}

/** Operators by name, each with the type of its result. Comparisons of vectors leave masks: all bits of a lane, or none. */
export const operators = {
  "i32.add": "i32",
  "i32.sub": "i32",
  "i32.mul": "i32",
  "i32.divU": "i32",
  "i32.and": "i32",
  "i32.shl": "i32",
  "i32.eqz": "i32",
  "i32.eq": "i32",
  "i32.ne": "i32",
  "i32.lt": "i32",
  "i32.gt": "i32",
  "i32.le": "i32",
  "i32.ge": "i32",
  /** The smaller of two locals. */
  "i32.min": "i32",
  /** Towards zero: at most 2^31 - 1, at least -2^31, 0 for NaN. */
  "i32.fromF32": "i32",
  "f32.add": "f32",
  "f32.mul": "f32",
  "f32.fromF64": "f32",
  "f64.add": "f64",
  "f64.mul": "f64",
  "f64.div": "f64",
  "f64.sqrt": "f64",
  "f64.min": "f64",
  "f64.fromF32": "f64",
  /** A number in all lanes. */
  "vector.splat": "vector",
  /** The sum of the lanes of a local, in a fixed order. */
  "vector.sum": "f32",
  "vector.add": "vector",
  "vector.sub": "vector",
  "vector.mul": "vector",
  "vector.div": "vector",
  "vector.neg": "vector",
  "vector.abs": "vector",
  "vector.sqrt": "vector",
  "vector.min": "vector",
  "vector.max": "vector",
  /** b < a ? b : a; with x first, NaN in x stays NaN. */
  "vector.pmin": "vector",
  /** a < b ? b : a. */
  "vector.pmax": "vector",
  "vector.nearest": "vector",
  /** a * b + c; whether the product is rounded by itself, the target says. */
  "vector.madd": "vector",
  /** c - a * b, likewise. */
  "vector.nmadd": "vector",
  "vector.eq": "vector",
  "vector.ne": "vector",
  "vector.lt": "vector",
  "vector.gt": "vector",
  "vector.le": "vector",
  "vector.ge": "vector",
  /** Whole numbers of 32 bits from float32, towards zero (at most 2^31 - 1, at least -2^31, 0 for NaN), and back. */
  "vector.toI32": "vector",
  "vector.fromI32": "vector",
  /** Bits as they are. */
  "vector.and": "vector",
  "vector.andnot": "vector",
  "vector.or": "vector",
  /** (mask, a, b): bits of a where the mask is set, else of b. */
  "vector.select": "vector",
  /** Lanes as whole numbers of 32 bits; shifts by an i32. */
  "bits.eq": "vector",
  "bits.add": "vector",
  "bits.sub": "vector",
  "bits.shl": "vector",
  "bits.shrU": "vector",
} as const satisfies Readonly<Record<string, ValueType>>;
export type Operator = keyof typeof operators;

/** What is loaded: "place" is a word of the target's width, "splat" one float32 in all lanes. */
export const loads = {
  i32: "i32",
  place: "i32",
  f32: "f32",
  f64: "f64",
  vector: "vector",
  splat: "vector",
} as const satisfies Readonly<Record<string, ValueType>>;
export type Loaded = keyof typeof loads;
export type Stored = "i32" | "f32" | "f64" | "vector";

/** On one 32-bit word that other threads use too. `notify` wakes up to `value` waiters and leaves how many it woke. */
export type Atomic = "load" | "store" | "add" | "sub" | "notify";

/** What a value is: a formula, or words. */
export type About = Formula | string;

export type Code =
  | { readonly kind: "seq"; readonly parts: readonly Code[] }
  | { readonly kind: "get"; readonly local: Local }
  /** `about`: what the value is, in words or as a formula, for people. */
  | { readonly kind: "set"; readonly local: Local; readonly value: Code; readonly about?: About }
  | { readonly kind: "number"; readonly type: "i32" | "f32" | "f64"; readonly value: number }
  /** A number in all lanes, known beforehand: a float32, or (`bits`) a whole number of 32 bits. */
  | { readonly kind: "splat"; readonly value: number; readonly bits: boolean }
  /** A mask of the first so many lanes. */
  | { readonly kind: "mask"; readonly lanes: number }
  /** Argument word `index` of a kernel, as a place or number, as a float32, or as one in all lanes; `name`: for people. */
  | {
      readonly kind: "word";
      readonly index: number;
      readonly as: "place" | "f32" | "splat";
      readonly name: string;
    }
  | { readonly kind: "op"; readonly op: Operator; readonly args: readonly Code[] }
  | { readonly kind: "load"; readonly what: Loaded; readonly address: Code; readonly offset: number }
  | {
      readonly kind: "store";
      readonly what: Stored;
      readonly address: Code;
      readonly value: Code;
      readonly offset: number;
    }
  | { readonly kind: "atomic"; readonly what: Atomic; readonly address: Code; readonly value: Code | null }
  /** Waits until notified, or the word at `address` differs from `expected`, or `nanoseconds` pass; leaves a code. */
  | { readonly kind: "wait"; readonly address: Code; readonly expected: Code; readonly nanoseconds: number }
  | { readonly kind: "extract"; readonly lane: number; readonly value: Code }
  /** The sums of the lanes of two or four locals, in the same order, as the first lanes of a vector. May change the locals. */
  | { readonly kind: "sums"; readonly of: readonly Local[] }
  | { readonly kind: "call"; readonly callee: Callee; readonly args: readonly Code[] }
  /** Calls entry `index` of the table of kernels. */
  | { readonly kind: "callIndirect"; readonly index: Code; readonly args: readonly Code[] }
  | { readonly kind: "fill"; readonly address: Code; readonly byte: Code; readonly size: Code }
  | { readonly kind: "copy"; readonly to: Code; readonly from: Code; readonly size: Code }
  | { readonly kind: "if"; readonly condition: Code; readonly then: Code; readonly otherwise: Code | null }
  /** for (local = from; local < to; local += step) body; `to` is looked at before each turn. */
  | {
      readonly kind: "for";
      readonly local: Local;
      readonly from: Code;
      readonly to: Code;
      readonly step: number;
      readonly body: Code;
    }
  | { readonly kind: "while"; readonly condition: Code; readonly body: Code }
  /** Runs the body, then again as long as the condition holds. */
  | { readonly kind: "doWhile"; readonly body: Code; readonly condition: Code }
  /** Runs the body until it returns from the function. */
  | { readonly kind: "forever"; readonly body: Code }
  /**
   * Directly in the body of a `for`, where work on one vector ends. Compilers of WebAssembly put off a sum that is needed in
   * the next turn only, and keep all its terms in registers until there; they get a branch that is never taken, as `pointer`
   * never is the address `never`. Others need nothing.
   */
  | { readonly kind: "separator"; readonly pointer: Local; readonly never: number }
  | { readonly kind: "return" }
  /** Computes a value for what it does besides. */
  | { readonly kind: "drop"; readonly value: Code };

/** The type of a node's value; null for a statement. */
export function typeOf(code: Code): ValueType | null {
  switch (code.kind) {
    case "seq":
      return code.parts.length > 0 ? typeOf(code.parts.at(-1)!) : null;
    case "get":
      return code.local.type;
    case "number":
      return code.type;
    case "op":
      return operators[code.op];
    case "load":
      return loads[code.what];
    case "word":
      return code.as === "place" ? "i32" : code.as === "f32" ? "f32" : "vector";
    case "splat":
    case "mask":
    case "sums":
      return "vector";
    case "extract":
      return "f32";
    case "wait":
      return "i32";
    case "atomic":
      return code.what === "store" ? null : "i32";
    case "call":
      return code.callee.results[0] ?? null;
    default:
      return null;
  }
}
