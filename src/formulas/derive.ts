import { functions } from "./functions.js";
import { simplify } from "./simplify.js";
import { type Formula, number } from "./tree.js";

/**
 * The derivative of a formula with respect to one of its names, simplified. At kinks it is what PyTorch takes:
 * clip passes the gradient on its bounds, min and max share it evenly on a tie, abs has 0 at 0.
 * Conditions and the steps `sign`, `less`, `within` have derivative 0.
 *
 * The values of tanh, sigmoid, exp, sqrt and quotients occur in their own derivatives as the same subtree.
 */
export function derive(formula: Formula, name: string): Formula {
  const start = simplify(formula);
  const depends = dependence(name);
  const done = new Map<Formula, Formula>();
  const visit = (node: Formula): Formula => {
    if (!depends(node)) return number(0);
    if (node.kind !== "call") return number(1);
    let result = done.get(node);
    if (result === undefined) {
      result = functions[node.fn].derivative(node, ...node.args, ...node.args.map(visit));
      done.set(node, result);
    }
    return result;
  };
  return simplify(visit(start));
}

/** Tells whether a node holds the name, looking at each node once. */
function dependence(name: string): (formula: Formula) => boolean {
  const known = new Map<Formula, boolean>();
  const depends = (formula: Formula): boolean => {
    if (formula.kind !== "call") return formula.kind === "name" && formula.name === name;
    let result = known.get(formula);
    if (result === undefined) {
      result = formula.args.some(depends);
      known.set(formula, result);
    }
    return result;
  };
  return depends;
}
