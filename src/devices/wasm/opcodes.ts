import type { Atomic, Loaded, Operator, Stored } from "../loops/nodes.js";

/** An instruction of the prefix 0xfd: its number follows as LEB128. */
const simd = (opcode: number): readonly number[] =>
  opcode < 0x80 ? [0xfd, opcode] : [0xfd, (opcode & 0x7f) | 0x80, opcode >> 7];

/** Operators that are one instruction; the others are put together in encode.ts. */
export const opcodes: Readonly<Record<Operator, readonly number[] | null>> = {
  "i32.add": [0x6a],
  "i32.sub": [0x6b],
  "i32.mul": [0x6c],
  "i32.divU": [0x6e],
  "i32.and": [0x71],
  "i32.shl": [0x74],
  "i32.eqz": [0x45],
  "i32.eq": [0x46],
  "i32.ne": [0x47],
  "i32.lt": [0x48],
  "i32.gt": [0x4a],
  "i32.le": [0x4c],
  "i32.ge": [0x4e],
  "i32.min": null,
  "f32.add": [0x92],
  "f32.mul": [0x94],
  "f32.fromF64": [0xb6],
  "f64.add": [0xa0],
  "f64.mul": [0xa2],
  "f64.div": [0xa3],
  "f64.sqrt": [0x9f],
  "f64.min": [0xa4],
  "f64.fromF32": [0xbb],
  "vector.splat": simd(0x13),
  "vector.sum": null,
  "vector.add": simd(0xe4),
  "vector.sub": simd(0xe5),
  "vector.mul": simd(0xe6),
  "vector.div": simd(0xe7),
  "vector.neg": simd(0xe1),
  "vector.abs": simd(0xe0),
  "vector.sqrt": simd(0xe3),
  "vector.min": simd(0xe8),
  "vector.max": simd(0xe9),
  "vector.pmin": simd(0xea),
  "vector.pmax": simd(0xeb),
  "vector.nearest": simd(0x6a),
  "vector.madd": null,
  "vector.nmadd": null,
  "vector.eq": simd(0x41),
  "vector.ne": simd(0x42),
  "vector.lt": simd(0x43),
  "vector.gt": simd(0x44),
  "vector.le": simd(0x45),
  "vector.ge": simd(0x46),
  "vector.toI32": simd(0xf8),
  "vector.fromI32": simd(0xfa),
  "vector.and": simd(0x4e),
  "vector.andnot": simd(0x4f),
  "vector.or": simd(0x50),
  "vector.select": null,
  "bits.eq": simd(0x37),
  "bits.add": simd(0xae),
  "bits.sub": simd(0xb1),
  "bits.shl": simd(0xab),
  "bits.shrU": simd(0xad),
};

export const relaxedMadd = simd(0x105);
export const relaxedNmadd = simd(0x106);
export const vectorSelect = simd(0x52);
export const vectorConst = simd(0x0c);
export const extractLane = simd(0x1f);
export const shuffle = simd(0x0d);

/** With the alignment, as a power of two, that the instruction is told. */
export const loadOpcodes: Readonly<Record<Loaded, readonly number[]>> = {
  i32: [0x28, 2],
  place: [0x28, 2],
  f32: [0x2a, 2],
  f64: [0x2b, 3],
  vector: [...simd(0x00), 4],
  splat: [...simd(0x09), 2],
};
export const storeOpcodes: Readonly<Record<Stored, readonly number[]>> = {
  i32: [0x36, 2],
  f32: [0x38, 2],
  f64: [0x39, 3],
  vector: [...simd(0x0b), 4],
};
export const atomicOpcodes: Readonly<Record<Atomic, readonly number[]>> = {
  load: [0xfe, 0x10, 2],
  store: [0xfe, 0x17, 2],
  add: [0xfe, 0x1e, 2],
  sub: [0xfe, 0x25, 2],
  notify: [0xfe, 0x00, 2],
};
