import { didYouMean, quote } from "./errors.js";
import { MAX_DEPTH, MAX_LENGTH, type Problems, readFormula, type Words } from "./reader.js";
import { callable, signatures } from "./signatures.js";
import type { Formula, FunctionName } from "./tree.js";

export { MAX_DEPTH, MAX_LENGTH } from "./reader.js";

/**
 * Reads a formula: numbers, names, calls of the known functions, `+ - * /`, signs and parentheses, nothing else.
 * Products bind tighter than sums, signs tighter than products; operators of one kind group from the left. `next(H)` is a
 * name of its own.
 *
 * @throws FormulaError with the text and the column of the first thing that is wrong.
 */
export const parseFormula = (text: string): Formula => readFormula(text, explained);

/** What to write instead, for things that people bring along from papers and programming languages. */
const CURES: Readonly<Record<string, string>> = {
  "^": "write a power as a product, x * x",
  "**": "write a power as a product, x * x",
  "=": "a formula is only the right-hand side of an equation",
  "<": "write less(a, b)",
  ">": "write less(b, a)",
  "<=": "write 1 - less(b, a)",
  ">=": "write 1 - less(a, b)",
  "?": "write where(condition, a, b)",
  ".": "there is no member access",
  "[": "there are no arrays and indices; a formula is about one connection",
  "(": "write a product with *, as in 2 * (a + b)",
  "\u2212": "write minus as -",
  "\u00b7": "write a product with *",
  "\u00d7": "write a product with *",
};
/** `; ` and what to write instead of a character or operator, if there is something. */
const cureFor = (found: string): string => (Object.hasOwn(CURES, found) ? `; ${CURES[found]}` : "");

const signature = (fn: FunctionName): string => `${fn}(${signatures[fn].args.join(", ")})`;

/** What was expected, what was found, and what to write instead. */
const EXPLANATIONS: { readonly [K in keyof Problems]: (...about: Problems[K]) => string } = {
  "too long": (length) =>
    `expected a formula of at most ${MAX_LENGTH} characters, got ${length}; split it in two`,
  "too deep": () => `expected at most ${MAX_DEPTH} levels of nesting; split the formula in two`,
  "not a number": (why) => `not a number: ${why}; write numbers as 2, 0.5 or 1e-3, and products as 2 * x`,
  "too large a number": (digits) => `expected a number that float64 can hold, got ${quote(digits)}`,
  unexpected: (expected, found) =>
    `expected ${expected}, got ${found ? quote(found) : "the end of the formula"}${cureFor(found)}`,
  "unknown operator": (found) => {
    const cure = cureFor(found) || "; comparisons are less(a, b), conditions where(condition, a, b)";
    return `expected one of the operators + - * /, got ${quote(found)}${cure}`;
  },
  "odd character in a name": (found) =>
    `expected a name of letters, digits and _, got ${quote(found)} in it${cureFor(found)}`,
  "a function without arguments": (fn) => `expected a name, got the function ${fn}; write ${signature(fn)}`,
  "a reserved word": (word) => `expected a number, a name or a function call, got ${quote(word)}`,
  "next of no name": () => "expected next(trace), the next value of a trace by its name",
  "unknown function": (fn) => {
    const hint = didYouMean(fn, callable) || "; write a product with *";
    return `unknown function ${quote(fn)}, expected one of ${callable.join(", ")}${hint}`;
  },
  "wrong number of arguments": (fn, given) =>
    `expected ${signature(fn)}, got ${given} argument${given === 1 ? "" : "s"}`,
};

/** For those who write formulas. */
export const explained: Words = (problem, ...about) => EXPLANATIONS[problem](...about);
