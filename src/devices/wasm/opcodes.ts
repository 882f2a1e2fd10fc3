import type { Loaded, Operator, Stored } from "../loops/nodes.js";

/** Operators of one type that WebAssembly counts one after another, from `first` on. */
const inTurn = (
  type: string,
  first: number,
  operators: string,
): Readonly<Partial<Record<Operator, number>>> =>
  Object.fromEntries(operators.split(" ").map((each, k) => [`${type}.${each}`, first + k]));

/**
 * Operators that are one instruction, of those that lives use too; some others are put together in instructions.ts. From 0x100
 * on they have the prefix 0xfd (vectors), and their number is what is above.
 */
export const opcodes: Readonly<Partial<Record<Operator, number>>> = {
  "i32.eq": 0x46,
  "i32.lt": 0x48,
  "i32.add": 0x6a,
  "i32.mul": 0x6c,
  "f32.add": 0x92,
  "vector.splat": 0x113,
  ...inTurn("vector", 0x141, "eq ne lt gt le ge"),
  ...inTurn("vector", 0x14e, "and andnot or"),
  "vector.nearest": 0x16a,
  ...inTurn("vector", 0x1e0, "abs neg"),
  ...inTurn("vector", 0x1e3, "sqrt add sub mul div min max pmin pmax"),
  "vector.toI32": 0x1f8,
  "vector.fromI32": 0x1fa,
  "bits.eq": 0x137,
  "bits.shl": 0x1ab,
  "bits.shrU": 0x1ad,
  "bits.add": 0x1ae,
  "bits.sub": 0x1b1,
};

export const vectorSelect = 0x152;
export const vectorConst = 0x10c;
export const extractLane = 0x11f;

/** With the alignment, as a power of two, that the instruction is told. */
export const loadOpcodes: Readonly<Record<Loaded, readonly [opcode: number, align: number]>> = {
  i32: [0x28, 2],
  place: [0x28, 2],
  f32: [0x2a, 2],
  f64: [0x2b, 3],
  vector: [0x100, 4],
  splat: [0x109, 2],
};
export const storeOpcodes: Readonly<Record<Stored, readonly [opcode: number, align: number]>> = {
  i32: [0x36, 2],
  f32: [0x38, 2],
  f64: [0x39, 3],
  vector: [0x10b, 4],
};
