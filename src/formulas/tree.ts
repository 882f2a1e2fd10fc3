/**
 * The tree of a formula. Every node is immutable; equal subtrees may be shared.
 * `call` covers the operators too: `a + b` is `{ kind: "call", fn: "add", args: [a, b] }`.
 */
export type Formula = NumberNode | NameNode | CallNode;

/** A constant in a formula. */
export interface NumberNode {
  readonly kind: "number";
  readonly value: number;
}
/** A name in a formula: a neuron's activity, a trace, a parameter, a signal. */
export interface NameNode {
  readonly kind: "name";
  readonly name: string;
}
/** A function or an operator, applied to formulas. */
export interface CallNode {
  readonly kind: "call";
  readonly fn: FunctionName;
  readonly args: readonly Formula[];
}

/**
 * The functions a formula may call. `add sub mul div neg` are written as operators.
 * `where(c, a, b)` is a where c is not 0, else b. `less(a, b)` is 1 where a < b, else 0.
 * `within(x, lo, hi)` is 1 where lo <= x <= hi, else 0 (the derivative of clip, as PyTorch's clamp has it).
 */
export type FunctionName =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "neg"
  | "min"
  | "max"
  | "abs"
  | "sign"
  | "sqrt"
  | "exp"
  | "log"
  | "tanh"
  | "sigmoid"
  | "clip"
  | "where"
  | "less"
  | "within";

/** A constant as a formula. */
export const number = (value: number): NumberNode => ({ kind: "number", value });
/** A name as a formula. */
export const name = (text: string): NameNode => ({ kind: "name", name: text });
/** A function of some formulas as a formula; nothing is simplified. */
export const call = (fn: FunctionName, ...args: Formula[]): CallNode => ({ kind: "call", fn, args });

/** How the next value of a trace is written, which is a name like others: `next(H)`. */
export const nextName = (trace: string): string => `next(${trace})`;
/** The trace whose next value a name is; else null. */
export const nextOf = (text: string): string | null => /^next\((.*)\)$/.exec(text)?.[1] ?? null;

/** The names that occur in a formula, each once, in order of first appearance. */
export function namesIn(formula: Formula, found: Set<string> = new Set()): Set<string> {
  if (formula.kind === "name") found.add(formula.name);
  else if (formula.kind === "call") for (const arg of formula.args) namesIn(arg, found);
  return found;
}

/** The formula with every name in `replacements` replaced by its tree. */
export function substitute(formula: Formula, replacements: Readonly<Record<string, Formula>>): Formula {
  if (formula.kind === "name") {
    // A name like "constructor" must not find what every object inherits.
    return Object.hasOwn(replacements, formula.name) ? replacements[formula.name]! : formula;
  }
  if (formula.kind === "call") {
    return { ...formula, args: formula.args.map((arg) => substitute(arg, replacements)) };
  }
  return formula;
}
