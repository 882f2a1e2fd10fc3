import { signatures } from "./signatures.js";
import type { Formula } from "./tree.js";

/** How tightly a formula's outermost part binds. */
const SUM = 1;
const PRODUCT = 2;
const SIGN = 3;
const ATOM = 4;

/**
 * The formula as text that `parseFormula` reads back as a formula of the same value, bit for bit.
 * Parentheses stand only where the order of evaluation needs them.
 */
export function print(formula: Formula): string {
  if (formula.kind === "number") return String(formula.value);
  if (formula.kind === "name") return formula.name;
  const { fn, args } = formula;
  const { operator } = signatures[fn];
  if (operator === undefined) return `${fn}(${args.map(print).join(", ")})`;
  const own = binding(formula);
  if (fn === "neg") return `-${operand(args[0]!, own)}`;
  // Operators group from the left, so an operand to the right must bind tighter.
  return `${operand(args[0]!, own)} ${operator} ${operand(args[1]!, own + 1)}`;
}

const operand = (formula: Formula, atLeast: number): string =>
  binding(formula) < atLeast ? `(${print(formula)})` : print(formula);

function binding(formula: Formula): number {
  if (formula.kind === "number") return formula.value < 0 ? SIGN : ATOM;
  if (formula.kind === "name") return ATOM;
  if (formula.fn === "add" || formula.fn === "sub") return SUM;
  if (formula.fn === "mul" || formula.fn === "div") return PRODUCT;
  return formula.fn === "neg" ? SIGN : ATOM;
}
