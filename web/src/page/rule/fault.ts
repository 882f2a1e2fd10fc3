import { FormulaError } from "hebbian/formulas";
import { LineError, linesOf, type TypedRule } from "./typedRule.js";

/** Where a rule is wrong, and what is. */
export interface Fault {
  readonly field: "weight" | "H" | "more";
  readonly problem: string;
  /** The line that is wrong as it was typed, and the place in it, from 0. */
  readonly formula: string;
  readonly column: number;
}

/** Whose equation an error is about, as the library's errors begin. */
const EQUATION = /^rule "yours", (?:(weight)|update of (\w+)|read (\w+)): /;
const DECLARED = /^rule "yours": /;

/** What a visitor is told of an error in a typed rule; throws what is none. */
export function faultOf(error: unknown, { more }: TypedRule): Fault {
  if (error instanceof LineError) {
    return { field: "more", problem: error.problem, formula: error.text, column: error.column };
  }
  if (!(error instanceof FormulaError)) throw error;
  const [about, weight, trace, read] = EQUATION.exec(error.problem) ?? [];
  const { formula, column } = error;
  const problem = error.problem.replace(about ?? DECLARED, "");
  if (weight || trace === "H") return { field: weight ? "weight" : "H", problem, formula, column };
  // A name that was declared stands at the place of the error, in a line of the library's own.
  const name = trace ?? read ?? /^\w*/.exec(formula.slice(column))![0];
  const line = linesOf(more).findLast((each) => each.name === name);
  if (!line) return { field: "more", problem, formula, column };
  const at = about ? line.at + column : line.text.indexOf(name);
  return { field: "more", problem, formula: line.text, column: at };
}
