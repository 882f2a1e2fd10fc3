/** Instructions as functions from operand code to code: `i32.add(get(a), i32.const(4))`. */
import { type Code, signed, unsigned } from "./encoding.js";
import type { FunctionBuilder, Local } from "./module.js";

export type { Code };

/** Several statements one after the other. */
export function seq(...parts: readonly Code[]): Code {
  const bytes: number[] = [];
  for (const part of parts) for (const byte of part) bytes.push(byte);
  return bytes;
}

const op =
  (opcode: readonly number[]) =>
  (...args: Code[]): Code =>
    seq(...args, opcode);
const load =
  (opcode: readonly number[], align: number) =>
  (address: Code, offset = 0): Code =>
    seq(address, opcode, [align, ...unsigned(offset)]);
const store =
  (opcode: readonly number[], align: number) =>
  (address: Code, value: Code, offset = 0): Code =>
    seq(address, value, opcode, [align, ...unsigned(offset)]);
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

export const get = (local: Local): Code => [0x20, ...unsigned(local.index)];
export const set = (local: Local, value: Code): Code => seq(value, [0x21, ...unsigned(local.index)]);
export const tee = (local: Local, value: Code): Code => seq(value, [0x22, ...unsigned(local.index)]);

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: load([0x28], 2),
  store: store([0x36], 2),
  add: op([0x6a]),
  sub: op([0x6b]),
  mul: op([0x6c]),
  divU: op([0x6e]),
  and: op([0x71]),
  shl: op([0x74]),
  eqz: op([0x45]),
  eq: op([0x46]),
  ne: op([0x47]),
  lt: op([0x48]),
  gt: op([0x4a]),
  le: op([0x4c]),
  ge: op([0x4e]),
  atomicLoad: load([0xfe, 0x10], 2),
  atomicStore: store([0xfe, 0x17], 2),
  atomicAdd: store([0xfe, 0x1e], 2),
  atomicSub: store([0xfe, 0x25], 2),
  /** Wakes up to `count` waiters; leaves how many it woke. */
  notify: store([0xfe, 0x00], 2),
  /** The smaller of two locals. */
  min: (a: Local, b: Local): Code => seq(get(a), get(b), get(a), get(b), [0x48], [0x1b]),
};

/** Waits until notified, or the word at `address` differs from `expected`, or `nanoseconds` pass; leaves a code. */
export const wait = (address: Code, expected: Code, nanoseconds: number): Code =>
  seq(address, expected, [0x42, ...signed(nanoseconds)], [0xfe, 0x01, 2, 0]);

export const f32 = {
  const: (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)],
  load: load([0x2a], 2),
  store: store([0x38], 2),
  add: op([0x92]),
  sub: op([0x93]),
  mul: op([0x94]),
  div: op([0x95]),
  sqrt: op([0x91]),
  min: op([0x96]),
  fromF64: op([0xb6]),
};

export const f64 = {
  const: (value: number): Code => [0x44, ...new Uint8Array(new Float64Array([value]).buffer)],
  load: load([0x2b], 3),
  store: store([0x39], 3),
  add: op([0xa0]),
  div: op([0xa3]),
  mul: op([0xa2]),
  sqrt: op([0x9f]),
  min: op([0xa4]),
  fromF32: op([0xbb]),
};

export const v128 = {
  load: load(simd(0x00), 4),
  store: store(simd(0x0b), 4),
  /** One float32 from memory, in all four lanes. */
  loadSplat: load(simd(0x09), 2),
  const: (lanes: readonly [number, number, number, number]): Code => [
    ...simd(0x0c),
    ...new Uint8Array(new Float32Array(lanes).buffer),
  ],
  constI32: (lanes: readonly [number, number, number, number]): Code => [
    ...simd(0x0c),
    ...new Uint8Array(new Int32Array(lanes).buffer),
  ],
  and: op(simd(0x4e)),
  andnot: op(simd(0x4f)),
  or: op(simd(0x50)),
  xor: op(simd(0x51)),
  /** Bits of a where the mask is set, else of b. */
  select: (mask: Code, a: Code, b: Code): Code => seq(a, b, mask, simd(0x52)),
};

export const f32x4 = {
  splat: op(simd(0x13)),
  extract: (lane: number) => op([...simd(0x1f), lane]),
  eq: op(simd(0x41)),
  ne: op(simd(0x42)),
  lt: op(simd(0x43)),
  gt: op(simd(0x44)),
  le: op(simd(0x45)),
  ge: op(simd(0x46)),
  abs: op(simd(0xe0)),
  neg: op(simd(0xe1)),
  sqrt: op(simd(0xe3)),
  add: op(simd(0xe4)),
  sub: op(simd(0xe5)),
  mul: op(simd(0xe6)),
  div: op(simd(0xe7)),
  min: op(simd(0xe8)),
  max: op(simd(0xe9)),
  /** b < a ? b : a, in one instruction; with x first, NaN in x stays NaN. */
  pmin: op(simd(0xea)),
  pmax: op(simd(0xeb)),
  nearest: op(simd(0x6a)),
  toI32: op(simd(0xf8)),
  fromI32: op(simd(0xfa)),
  relaxedMadd: op(simd(0x105)),
  relaxedNmadd: op(simd(0x106)),
};

export const i32x4 = {
  eq: op(simd(0x37)),
  add: op(simd(0xae)),
  sub: op(simd(0xb1)),
  shl: op(simd(0xab)),
  shrU: op(simd(0xad)),
};

/** Four lanes of two vectors: 0 to 3 are the first one's, 4 to 7 the second one's. */
const shuffle = (...lanes: [number, number, number, number]) =>
  op([...simd(0x0d), ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))]);

/** The sum of the four lanes of a vector held in a local, as f32. */
export const horizontalSum = (v: Local): Code =>
  f32.add(
    f32.add(f32x4.extract(0)(get(v)), f32x4.extract(2)(get(v))),
    f32.add(f32x4.extract(1)(get(v)), f32x4.extract(3)(get(v))),
  );

/** Half the way to the horizontal sums of two vectors: those of a are lanes 0 and 2 of the result, of b 1 and 3. */
const halfSums = (a: Local, b: Local): Code =>
  f32x4.add(shuffle(0, 4, 1, 5)(get(a), get(b)), shuffle(2, 6, 3, 7)(get(a), get(b)));
/** The horizontal sums of two vectors, in the same order, as lanes 0 and 1. Changes a. */
export const horizontalSums2 = (a: Local, b: Local): Code =>
  seq(set(a, halfSums(a, b)), f32x4.add(get(a), shuffle(2, 3, 2, 3)(get(a), get(a))));
/** The horizontal sums of four vectors, in the same order. Changes a and c. */
export const horizontalSums4 = (a: Local, b: Local, c: Local, d: Local): Code =>
  seq(
    set(a, halfSums(a, b)),
    set(c, halfSums(c, d)),
    f32x4.add(shuffle(0, 1, 4, 5)(get(a), get(c)), shuffle(2, 3, 6, 7)(get(a), get(c))),
  );

export const call = (callee: FunctionBuilder, ...args: Code[]): Code =>
  seq(...args, [0x10, ...unsigned(callee.index)]);
/** Calls entry `index` of the table with the kernel type. */
export const callIndirect = (index: Code, ...args: Code[]): Code => seq(...args, index, [0x11, 0x00, 0x00]);

export const memoryFill = (address: Code, byte: Code, size: Code): Code =>
  seq(address, byte, size, [0xfc, 0x0b, 0x00]);
export const memoryCopy = (to: Code, from: Code, size: Code): Code =>
  seq(to, from, size, [0xfc, 0x0a, 0x00, 0x00]);

const nothing = 0x40;
export const when = (condition: Code, then: Code, otherwise: Code = []): Code =>
  otherwise.length === 0
    ? seq(condition, [0x04, nothing], then, [0x0b])
    : seq(condition, [0x04, nothing], then, [0x05], otherwise, [0x0b]);
export const returnNow: Code = [0x0f];
export const drop = (value: Code): Code => seq(value, [0x1a]);

/** Runs the body, then again as long as the condition holds. */
export const doWhile = (body: Code, condition: Code): Code =>
  seq([0x03, nothing], body, condition, [0x0d, 0, 0x0b]);
/** Runs the body as long as the condition holds. */
export const whileLoop = (condition: Code, body: Code): Code => when(condition, doWhile(body, condition));
/** Directly in the body of a `whileLoop` or `forRange`: leaves the loop if the condition holds. */
export const breakWhen = (condition: Code): Code => seq(condition, [0x0d, 1]);
/** Runs the body until it returns from the function. */
export const forever = (body: Code): Code => seq([0x03, nothing], body, [0x0c, 0, 0x0b]);

/** for (i = from; i < to; i += step) body */
export const forRange = (i: Local, from: Code, to: Code, step: number, body: Code): Code =>
  seq(set(i, from), whileLoop(i32.lt(get(i), to), seq(body, increment(i, step))));
export const increment = (i: Local, by: number): Code => set(i, i32.add(get(i), i32.const(by)));
