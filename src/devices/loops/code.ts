/** Makes the nodes of a kernel: a function for each instruction, `i32.add(get(a), i32.const(4))`. */
import type { About, Atomic, Callee, Code, Loaded, Local, Operator, Stored } from "./nodes.js";

export type { Code };

/** Argument word `index` of a kernel: a number, or a place in memory; `name`: what people know it by. */
export const word = (index: number, name: string): Code => ({ kind: "word", index, as: "place", name });
/** Argument word `index` of a kernel, as a float32, or as one in all lanes. */
export const floatWord = (index: number, name: string): Code => ({ kind: "word", index, as: "f32", name });
export const splatWord = (index: number, name: string): Code => ({ kind: "word", index, as: "splat", name });

/** Several statements one after the other; the last may be a value. */
export const seq = (...parts: readonly Code[]): Code => ({ kind: "seq", parts });
/** Nothing to do. */
export const nothing: Code = { kind: "seq", parts: [] };

const op =
  (name: Operator) =>
  (...args: Code[]): Code => ({ kind: "op", op: name, args });
const load =
  (what: Loaded) =>
  (address: Code, offset = 0): Code => ({ kind: "load", what, address, offset });
const store =
  (what: Stored) =>
  (address: Code, value: Code, offset = 0): Code => ({ kind: "store", what, address, value, offset });
const atomic =
  (what: Exclude<Atomic, "load">) =>
  (address: Code, value: Code): Code => ({ kind: "atomic", what, address, value });

export const get = (local: Local): Code => ({ kind: "get", local });
/** `about`: what the value is, for people. */
export const set = (local: Local, value: Code, about?: About): Code =>
  about ? { kind: "set", local, value, about } : { kind: "set", local, value };

export const i32 = {
  const: (value: number): Code => ({ kind: "number", type: "i32", value }),
  load: load("i32"),
  /** A word as wide as the target's: an address, or a number of bytes, in a table. */
  loadPlace: load("place"),
  store: store("i32"),
  add: op("i32.add"),
  sub: op("i32.sub"),
  mul: op("i32.mul"),
  divU: op("i32.divU"),
  and: op("i32.and"),
  shl: op("i32.shl"),
  eqz: op("i32.eqz"),
  eq: op("i32.eq"),
  ne: op("i32.ne"),
  lt: op("i32.lt"),
  gt: op("i32.gt"),
  le: op("i32.le"),
  ge: op("i32.ge"),
  atomicLoad: (address: Code): Code => ({ kind: "atomic", what: "load", address, value: null }),
  atomicStore: atomic("store"),
  atomicAdd: atomic("add"),
  atomicSub: atomic("sub"),
  notify: atomic("notify"),
  /** The smaller of two locals. */
  min: (a: Local, b: Local): Code => ({ kind: "op", op: "i32.min", args: [get(a), get(b)] }),
};

export const wait = (address: Code, expected: Code, nanoseconds: number): Code => ({
  kind: "wait",
  address,
  expected,
  nanoseconds,
});

export const f32 = {
  load: load("f32"),
  store: store("f32"),
  add: op("f32.add"),
  mul: op("f32.mul"),
  fromF64: op("f32.fromF64"),
};

export const f64 = {
  const: (value: number): Code => ({ kind: "number", type: "f64", value }),
  load: load("f64"),
  store: store("f64"),
  add: op("f64.add"),
  div: op("f64.div"),
  mul: op("f64.mul"),
  sqrt: op("f64.sqrt"),
  min: op("f64.min"),
  fromF32: op("f64.fromF32"),
};

/** Vectors of float32. */
export const vector = {
  load: load("vector"),
  store: store("vector"),
  /** One float32 from memory, in all lanes. */
  loadSplat: load("splat"),
  /** A float32 in all lanes. */
  splat: op("vector.splat"),
  /** A number in all lanes. */
  const: (value: number): Code => ({ kind: "splat", value, bits: false }),
  /** All bits of the first lanes. */
  mask: (lanes: number): Code => ({ kind: "mask", lanes }),
  extract: (lane: number, value: Code): Code => ({ kind: "extract", lane, value }),
  /** The sum of the lanes of a local, as f32. */
  sum: (v: Local): Code => ({ kind: "op", op: "vector.sum", args: [get(v)] }),
  /** The sums of the lanes of two or four locals, in the same order, as the first lanes. May change the locals. */
  sums: (...of: readonly Local[]): Code => ({ kind: "sums", of }),
  and: op("vector.and"),
  andnot: op("vector.andnot"),
  or: op("vector.or"),
  /** Bits of a where the mask is set, else of b. */
  select: (mask: Code, a: Code, b: Code): Code => ({ kind: "op", op: "vector.select", args: [mask, a, b] }),
  eq: op("vector.eq"),
  ne: op("vector.ne"),
  lt: op("vector.lt"),
  gt: op("vector.gt"),
  le: op("vector.le"),
  ge: op("vector.ge"),
  abs: op("vector.abs"),
  neg: op("vector.neg"),
  sqrt: op("vector.sqrt"),
  add: op("vector.add"),
  sub: op("vector.sub"),
  mul: op("vector.mul"),
  div: op("vector.div"),
  min: op("vector.min"),
  max: op("vector.max"),
  /** b < a ? b : a, in one instruction; with x first, NaN in x stays NaN. */
  pmin: op("vector.pmin"),
  pmax: op("vector.pmax"),
  nearest: op("vector.nearest"),
  toI32: op("vector.toI32"),
  fromI32: op("vector.fromI32"),
  madd: op("vector.madd"),
  nmadd: op("vector.nmadd"),
};

/** The same vectors as whole numbers of 32 bits. */
export const bits = {
  const: (value: number): Code => ({ kind: "splat", value, bits: true }),
  eq: op("bits.eq"),
  add: op("bits.add"),
  sub: op("bits.sub"),
  shl: op("bits.shl"),
  shrU: op("bits.shrU"),
};

export const call = (callee: Callee, ...args: Code[]): Code => ({ kind: "call", callee, args });
/** Calls entry `index` of the table with the kernel type. */
export const callIndirect = (index: Code, ...args: Code[]): Code => ({ kind: "callIndirect", index, args });

export const memoryFill = (address: Code, byte: Code, size: Code): Code => ({
  kind: "fill",
  address,
  byte,
  size,
});
export const memoryCopy = (to: Code, from: Code, size: Code): Code => ({ kind: "copy", to, from, size });

export const when = (condition: Code, then: Code, otherwise: Code | null = null): Code => ({
  kind: "if",
  condition,
  then,
  otherwise,
});
export const returnNow: Code = { kind: "return" };
export const drop = (value: Code): Code => ({ kind: "drop", value });

/** Runs the body, then again as long as the condition holds. */
export const doWhile = (body: Code, condition: Code): Code => ({ kind: "doWhile", body, condition });
/** Runs the body as long as the condition holds. */
export const whileLoop = (condition: Code, body: Code): Code => ({ kind: "while", condition, body });
/** Directly in the body of a `for`, where a vector's work ends: see the node. */
export const separator = (pointer: Local, never: number): Code => ({ kind: "separator", pointer, never });
/** Runs the body until it returns from the function. */
export const forever = (body: Code): Code => ({ kind: "forever", body });

/** for (i = from; i < to; i += step) body */
export const forRange = (local: Local, from: Code, to: Code, step: number, body: Code): Code => ({
  kind: "for",
  local,
  from,
  to,
  step,
  body,
});
export const increment = (i: Local, by: number): Code => set(i, i32.add(get(i), i32.const(by)));
