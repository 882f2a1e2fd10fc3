import { derive, FormulaError, namesIn, print } from "../../src/formulas/index.js";
import { defineRule, type Rule } from "../../src/rules/index.js";
import { DefinitionError, readDefinition } from "./readDefinition.js";

/** How much one side of an equation moves with one name in it. */
export interface Derivative {
  readonly of: string;
  readonly by: string;
  readonly formula: string;
}

export interface Problem {
  readonly problem: string;
  /** The text with what is wrong, and the column of its first wrong character. */
  readonly line: string;
  readonly column: number;
}

export type Checked =
  | { readonly ok: true; readonly rule: Rule; readonly derivatives: readonly Derivative[] }
  | ({ readonly ok: false } & Problem);

/** Reads the rule in a program's text; says what is wrong, and where, if it is none. */
export function checkRule(code: string): Checked {
  try {
    const rule = defineRule(readDefinition(code));
    return { ok: true, rule, derivatives: derivativesOf(rule) };
  } catch (error) {
    if (error instanceof FormulaError) {
      return { ok: false, problem: error.problem, line: error.formula, column: error.column };
    }
    if (error instanceof DefinitionError) return { ok: false, ...lineOf(code, error) };
    // A part that is missing, or of another kind than it must be.
    return {
      ok: false,
      problem: error instanceof Error ? error.message : String(error),
      line: "",
      column: 0,
    };
  }
}

function lineOf(code: string, { problem, at }: DefinitionError): Problem {
  const begin = code.lastIndexOf("\n", at - 1) + 1;
  const end = code.indexOf("\n", at);
  return { problem, line: code.slice(begin, end < 0 ? undefined : end), column: at - begin };
}

function derivativesOf({ weight, update, neuronTraces, reads }: Rule): Derivative[] {
  const ofNeurons = Object.entries(neuronTraces).map(([trace, each]) => [trace, each.update] as const);
  const sums = Object.entries(reads).map(([read, { sum }]) => [read, sum] as const);
  return [...Object.entries({ weight, ...update }), ...ofNeurons, ...sums].flatMap(([of, formula]) =>
    [...namesIn(formula)].map((by) => ({ of, by, formula: print(derive(formula, by)) })),
  );
}
