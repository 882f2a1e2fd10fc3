import type { Operator } from "../loops/nodes.js";

const infix = (sign: string) => (a: string, b: string) => `(${a} ${sign} ${b})`;
const called =
  (name: string) =>
  (...args: string[]) =>
    `${name}(${args.join(", ")})`;
const ofBits =
  (sign: string, type = "bits") =>
  (a: string, b: string) =>
    `(vector)((${type})${a} ${sign} (${type})${b})`;
const shifted = (sign: string) => (a: string, b: string) => `(vector)((ubits)${a} ${sign} (int)${b})`;
const compared = (sign: string) => (a: string, b: string) => `(vector)(${a} ${sign} ${b})`;

/** How an operator looks in C, given its arguments; what C has no sign for is a function of prelude.ts. */
export const operatorText: Record<Operator, (...args: string[]) => string> = {
  "i32.add": infix("+"),
  "i32.sub": infix("-"),
  "i32.mul": infix("*"),
  // Never of negative numbers.
  "i32.divU": (a, b) => `(word)((unsigned long long)${a} / (unsigned long long)${b})`,
  "i32.and": infix("&"),
  "i32.shl": infix("<<"),
  "i32.eqz": (a) => `(${a} == 0)`,
  "i32.eq": infix("=="),
  "i32.ne": infix("!="),
  "i32.lt": infix("<"),
  "i32.gt": infix(">"),
  "i32.le": infix("<="),
  "i32.ge": infix(">="),
  "i32.min": called("least_word"),
  "i32.fromF32": called("whole_word"),
  "f32.add": infix("+"),
  "f32.mul": infix("*"),
  "f32.fromF64": (a) => `(float)${a}`,
  "f64.add": infix("+"),
  "f64.mul": infix("*"),
  "f64.div": infix("/"),
  "f64.sqrt": called("__builtin_sqrt"),
  "f64.min": called("least64"),
  "f64.fromF32": (a) => `(double)${a}`,
  "vector.splat": called("splat"),
  "vector.sum": called("sum"),
  "vector.add": infix("+"),
  "vector.sub": infix("-"),
  "vector.mul": infix("*"),
  "vector.div": infix("/"),
  "vector.neg": (a) => `(-${a})`,
  "vector.abs": called("absolute"),
  "vector.sqrt": called("root"),
  "vector.min": called("least"),
  "vector.max": called("greatest"),
  "vector.pmin": called("pmin"),
  "vector.pmax": called("pmax"),
  "vector.nearest": called("nearest"),
  "vector.madd": called("madd"),
  "vector.nmadd": called("nmadd"),
  "vector.eq": compared("=="),
  "vector.ne": compared("!="),
  "vector.lt": compared("<"),
  "vector.gt": compared(">"),
  "vector.le": compared("<="),
  "vector.ge": compared(">="),
  "vector.toI32": called("to_i32"),
  "vector.fromI32": called("from_i32"),
  "vector.and": ofBits("&"),
  "vector.andnot": ofBits("& ~"),
  "vector.or": ofBits("|"),
  "vector.select": called("select"),
  "bits.eq": ofBits("=="),
  "bits.add": ofBits("+", "ubits"),
  "bits.sub": ofBits("-", "ubits"),
  "bits.shl": shifted("<<"),
  "bits.shrU": shifted(">>"),
};
