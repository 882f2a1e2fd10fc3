import type { FunctionName } from "./tree.js";

/** How a function is written. */
export interface Signature {
  /** The arguments' names, for messages and docs; their count is the arity. */
  readonly args: readonly string[];
  /** How it is written, if not as a call. */
  readonly operator?: "+" | "-" | "*" | "/";
}

/** Of every function: apart from what it computes, for those who only read or print formulas. */
export const signatures: Readonly<Record<FunctionName, Signature>> = {
  add: { args: ["a", "b"], operator: "+" },
  sub: { args: ["a", "b"], operator: "-" },
  mul: { args: ["a", "b"], operator: "*" },
  div: { args: ["a", "b"], operator: "/" },
  neg: { args: ["x"], operator: "-" },
  min: { args: ["a", "b"] },
  max: { args: ["a", "b"] },
  abs: { args: ["x"] },
  sign: { args: ["x"] },
  sqrt: { args: ["x"] },
  exp: { args: ["x"] },
  log: { args: ["x"] },
  tanh: { args: ["x"] },
  sigmoid: { args: ["x"] },
  clip: { args: ["x", "lo", "hi"] },
  where: { args: ["condition", "a", "b"] },
  less: { args: ["a", "b"] },
  within: { args: ["x", "lo", "hi"] },
};

/** How many arguments a function takes. */
export const arity = (fn: FunctionName): number => signatures[fn].args.length;

/** The functions that are written as calls, in the table's order. */
export const callable: readonly FunctionName[] = (Object.keys(signatures) as FunctionName[]).filter(
  (fn) => signatures[fn].operator === undefined,
);

/** True for the name of a function that is written as a call; never for what every object inherits. */
export const isCallable = (name: string): name is FunctionName => callable.includes(name as FunctionName);
