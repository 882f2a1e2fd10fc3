import type { Formula } from "./tree.js";

const keys = new WeakMap<Formula, string>();

/** A string that two formulas share exactly if they are equal as trees. Remembered for each node. */
export function keyOf(formula: Formula): string {
  let key = keys.get(formula);
  if (key === undefined) {
    if (formula.kind === "number") key = `#${formula.value}`;
    else if (formula.kind === "name") key = formula.name;
    else key = `${formula.fn}(${formula.args.map(keyOf).join(",")})`;
    keys.set(formula, key);
  }
  return key;
}

/** True if two formulas are equal as trees. */
export const same = (a: Formula, b: Formula): boolean => a === b || keyOf(a) === keyOf(b);

/** The formula with every subtree that equals `part` replaced by `by`. */
export function exchange(formula: Formula, part: Formula, by: Formula): Formula {
  if (same(formula, part)) return by;
  if (formula.kind !== "call") return formula;
  return { ...formula, args: formula.args.map((arg) => exchange(arg, part, by)) };
}
