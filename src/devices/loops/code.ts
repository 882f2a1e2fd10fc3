/** Makes the nodes of a kernel: a function for each instruction, `i32.add(get(a), i32.const(4))`. */
import * as i32 from "./i32.js";
import { get } from "./makers.js";
import type { About, Callee, Code, Local } from "./nodes.js";

export { type Code, get };

/** Argument word `index` of a kernel: a number, or a place in memory; `name`: what people know it by. */
export const word = (index: number, name: string): Code => ({ kind: "word", index, as: "place", name });
/** Argument word `index` of a kernel, as a float32, or as one in all lanes. */
export const floatWord = (index: number, name: string): Code => ({ kind: "word", index, as: "f32", name });
export const splatWord = (index: number, name: string): Code => ({ kind: "word", index, as: "splat", name });

/** Several statements one after the other; the last may be a value. */
export const seq = (...parts: readonly Code[]): Code => ({ kind: "seq", parts });
/** Nothing to do. */
export const nothing: Code = { kind: "seq", parts: [] };

/** `about`: what the value is, for people. */
export const set = (local: Local, value: Code, about?: About): Code =>
  about ? { kind: "set", local, value, about } : { kind: "set", local, value };

export const wait = (address: Code, expected: Code, nanoseconds: number): Code => ({
  kind: "wait",
  address,
  expected,
  nanoseconds,
});

export const callFunction = (callee: Callee, ...args: Code[]): Code => ({ kind: "call", callee, args });
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
