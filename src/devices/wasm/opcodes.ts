import type { Atomic, Loaded, Operator, Stored } from "../loops/nodes.js";

/**
 * Operators that are one instruction; the others are put together in instructions.ts. From 0x100 on they have the prefix 0xfd
 * (vectors), and their number is what is above.
 */
export const opcodes: Readonly<Record<Operator, number | null>> = {
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.divU": 0x6e,
  "i32.and": 0x71,
  "i32.shl": 0x74,
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt": 0x48,
  "i32.gt": 0x4a,
  "i32.le": 0x4c,
  "i32.ge": 0x4e,
  "i32.min": null,
  "f32.add": 0x92,
  "f32.mul": 0x94,
  "f32.fromF64": 0xb6,
  "f64.add": 0xa0,
  "f64.mul": 0xa2,
  "f64.div": 0xa3,
  "f64.sqrt": 0x9f,
  "f64.min": 0xa4,
  "f64.fromF32": 0xbb,
  "vector.splat": 0x113,
  "vector.sum": null,
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
  "vector.madd": null,
  "vector.nmadd": null,
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
  "vector.select": null,
  "bits.eq": 0x137,
  "bits.add": 0x1ae,
  "bits.sub": 0x1b1,
  "bits.shl": 0x1ab,
  "bits.shrU": 0x1ad,
};

export const relaxedMadd = 0x205;
export const relaxedNmadd = 0x206;
export const vectorSelect = 0x152;
export const vectorConst = 0x10c;
export const extractLane = 0x11f;
export const shuffle = 0x10d;

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
/** After the prefix 0xfe. */
export const atomicOpcodes: Readonly<Record<Atomic | "wait", number>> = {
  load: 0x10,
  store: 0x17,
  add: 0x1e,
  sub: 0x25,
  notify: 0x00,
  wait: 0x01,
};
