import type { Atomic, Operator } from "../loops/nodes.js";

/** Operators that are one instruction, of those that only kernels of the engine use: numbers as in opcodes.ts. */
export const engineOpcodes: Readonly<Partial<Record<Operator, number>>> = {
  "i32.sub": 0x6b,
  "i32.divU": 0x6e,
  "i32.and": 0x71,
  "i32.shl": 0x74,
  "i32.eqz": 0x45,
  "i32.ne": 0x47,
  "i32.gt": 0x4a,
  "i32.le": 0x4c,
  "i32.ge": 0x4e,
  "f32.mul": 0x94,
  "f32.fromF64": 0xb6,
  "f64.add": 0xa0,
  "f64.mul": 0xa2,
  "f64.div": 0xa3,
  "f64.sqrt": 0x9f,
  "f64.min": 0xa4,
  "f64.fromF32": 0xbb,
};

export const relaxedMadd = 0x205;
export const relaxedNmadd = 0x206;
export const shuffle = 0x10d;

/** After the prefix 0xfe. */
export const atomicOpcodes: Readonly<Record<Atomic | "wait", number>> = {
  load: 0x10,
  store: 0x17,
  add: 0x1e,
  sub: 0x25,
  notify: 0x00,
  wait: 0x01,
};
