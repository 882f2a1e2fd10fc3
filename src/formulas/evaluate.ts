import { columnOfName, didYouMean, FormulaError, quote } from "./errors.js";
import { type Evaluator, functions } from "./functions.js";
import { print } from "./print.js";
import { type Formula, namesIn } from "./tree.js";

/**
 * A function that computes the formula in float64 from the values of `names`, given in that order.
 * Built from closures: nothing is generated as code.
 *
 * @throws FormulaError if the formula has a name that `names` lacks.
 */
export function compileFormula(formula: Formula, names: readonly string[]): Evaluator {
  const compile = (node: Formula): Evaluator => {
    if (node.kind === "number") {
      const { value } = node;
      return () => value;
    }
    if (node.kind === "name") {
      const index = names.indexOf(node.name);
      if (index < 0) throw unknownName(node.name, names, formula);
      return (values) => values[index]!;
    }
    return functions[node.fn].evaluator(...node.args.map(compile));
  };
  return compile(formula);
}

/** The formula's value in float64, with the names' values from `values`. Throws as `compileFormula` does. */
export function evaluate(formula: Formula, values: Readonly<Record<string, number>>): number {
  const names = [...namesIn(formula)].filter((name) => Object.hasOwn(values, name));
  return compileFormula(formula, names)(names.map((name) => values[name]!));
}

function unknownName(name: string, names: readonly string[], formula: Formula): FormulaError {
  const text = print(formula);
  const known = names.length > 0 ? `one of ${names.join(", ")}` : "no names at all";
  const problem = `unknown name ${quote(name)}, expected ${known}${didYouMean(name, names)}`;
  return new FormulaError(problem, text, columnOfName(text, name));
}
