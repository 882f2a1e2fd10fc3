/** What may be wrong with a rule, and who says it how. */
import { briefWords, readFormula } from "../formulas/reader.js";
import type { Formula } from "../formulas/tree.js";

/** What is wrong with a name that a rule declares, and what the words for it are made of. */
export interface DeclarationProblems {
  "a name that is taken": [];
  "no name": [];
  "declared twice": [];
  "the name of x @ W": [];
  "no finite number to start from": [value: number];
  "no such rate": [rate: string, rates: readonly string[]];
  "no update": [];
  "no such trace": [];
}

/** What is wrong with a name in an equation. */
export interface EquationProblems {
  "known to updates only": [];
  "next of no trace": [trace: string, traces: readonly string[]];
  /** `elsewhere`: whether updates know it. */
  "unknown name": [known: readonly string[], elsewhere: boolean];
  "differs by other neurons": [rate: string, per: string];
  "next values that need each other": [circle: readonly string[]];
}

/** Where names are declared. */
export type Section = "traces" | "params" | "signals" | "reads" | "update";

/** How the equations of a rule are read, and what errors say. */
export interface RuleReader {
  /** `equation`: "weight", "update of H". Throws for a syntax error. */
  formula(text: string, equation: string): Formula;
  declared<K extends keyof DeclarationProblems>(
    section: Section,
    entry: string,
    problem: K,
    ...about: DeclarationProblems[K]
  ): Error;
  written<K extends keyof EquationProblems>(
    equation: string,
    text: string,
    name: string,
    problem: K,
    ...about: EquationProblems[K]
  ): Error;
}

/** For rules that a program wrote, such as those of a model file: says what is wrong and where, and gives no advice. */
export const briefReader: RuleReader = {
  formula: (text) => readFormula(text, briefWords),
  declared: (section, entry, problem, ..._) => new Error(`${section}: ${entry}: ${problem}`),
  written: (equation, _, name, problem, ...__) => new Error(`${equation}: ${name}: ${problem}`),
};
