import type { Loaded, Operator, Stored } from "../loops/nodes.js";

/**
 * Operators that are one instruction, of those that lives use too; some others are put together in instructions.ts. From 0x100
 * on they have the prefix 0xfd (vectors), and their number is what is above.
 */
export const opcodes: Readonly<Partial<Record<Operator, number>>> = {
  "i32.add": 0x6a,
  "i32.mul": 0x6c,
  "i32.eq": 0x46,
  "i32.lt": 0x48,
  "f32.add": 0x92,
  "vector.splat": 0x113,
  "vector.add": 0x1e4,
  "vector.sub": 0x1e5,
  "vector.mul": 0x1e6,
  "vector.div": 0x1e7,
  "vector.neg": 0x1e1,
  "vector.abs": 0x1e0,
  "vector.sqrt": 0x1e3,
  "vector.min": 0x1e8,
  "vector.max": 0x1e9,
  "vector.pmin": 0x1ea,
  "vector.pmax": 0x1eb,
  "vector.nearest": 0x16a,
  "vector.eq": 0x141,
  "vector.ne": 0x142,
  "vector.lt": 0x143,
  "vector.gt": 0x144,
  "vector.le": 0x145,
  "vector.ge": 0x146,
  "vector.toI32": 0x1f8,
  "vector.fromI32": 0x1fa,
  "vector.and": 0x14e,
  "vector.andnot": 0x14f,
  "vector.or": 0x150,
  "bits.eq": 0x137,
  "bits.add": 0x1ae,
  "bits.sub": 0x1b1,
  "bits.shl": 0x1ab,
  "bits.shrU": 0x1ad,
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
