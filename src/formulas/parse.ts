import type jsep from "jsep";
import { didYouMean, FormulaError, quote } from "./errors.js";
import { arity, callable, functions, isCallable } from "./functions.js";
import { cureFor, MAX_DEPTH, readSyntax, tooDeep } from "./syntax.js";
import { call, type Formula, type FunctionName, name, number } from "./tree.js";

const BINARY: ReadonlyMap<string, FunctionName> = new Map([
  ["+", "add"],
  ["-", "sub"],
  ["*", "mul"],
  ["/", "div"],
]);

/**
 * Reads a formula: numbers, names, calls of the known functions, `+ - * /`, signs and parentheses, nothing else.
 * Products bind tighter than sums, signs tighter than products; operators of one kind group from the left.
 *
 * @throws FormulaError with the text and the column of the first thing that is wrong.
 */
export function parseFormula(text: string): Formula {
  const { root, columns } = readSyntax(text);

  const fail = (problem: string, node: jsep.Expression, offset = 0): never => {
    throw new FormulaError(problem, text, (columns.get(node) ?? 0) + offset);
  };

  const tree = (node: jsep.Expression, depth: number): Formula => {
    // Chains such as a + b + c... nest deeply without a parenthesis; everything behind the parser recurses.
    if (depth > MAX_DEPTH) throw tooDeep(text, columns.get(node) ?? 0);
    switch (node.type) {
      case "Literal":
        return number(literal(node as jsep.Literal));
      case "Identifier":
        return name(checkedName(node as jsep.Identifier));
      case "UnaryExpression": {
        const { operator, argument } = node as jsep.UnaryExpression;
        const inner = tree(argument, depth + 1);
        if (operator === "+") return inner;
        // A number with signs is one number; -0 is not written as a number, so that print need not know it.
        const isNumber = inner.kind === "number" && inner.value !== 0;
        return isNumber ? number(-inner.value) : call("neg", inner);
      }
      case "BinaryExpression": {
        const { operator, left, right } = node as jsep.BinaryExpression;
        return call(BINARY.get(operator)!, tree(left, depth + 1), tree(right, depth + 1));
      }
      case "CallExpression": {
        const { callee, arguments: args } = node as jsep.CallExpression;
        const fn = checkedFunction(node, (callee as jsep.Identifier).name, args.length);
        return call(fn, ...args.map((arg) => tree(arg, depth + 1)));
      }
      default:
        // jsep's own "this", or what a plugin of the host program's adds to jsep.
        return fail(`expected a number, a name or a function call, got "${node.type}"`, node);
    }
  };

  const literal = (node: jsep.Literal): number => {
    if (typeof node.value !== "number")
      return fail(`expected a number or a name, got ${quote(node.raw)}`, node);
    if (!Number.isFinite(node.value)) {
      return fail(`expected a number that float64 can hold, got ${quote(node.raw)}`, node);
    }
    return node.value;
  };

  const checkedName = (node: jsep.Identifier): string => {
    const odd = node.name.search(/[^\p{L}\p{N}_]/u);
    if (odd >= 0) {
      const character = String.fromCodePoint(node.name.codePointAt(odd)!);
      fail(
        `expected a name of letters, digits and _, got ${quote(character)} in it${cureFor(character)}`,
        node,
        odd,
      );
    }
    if (isCallable(node.name)) {
      fail(`expected a name, got the function ${node.name}; write ${signature(node.name)}`, node);
    }
    return node.name;
  };

  const checkedFunction = (node: jsep.Expression, fn: string, given: number): FunctionName => {
    if (!isCallable(fn)) {
      const known = callable.join(", ");
      const hint = didYouMean(fn, callable) || "; write a product with *";
      return fail(`unknown function ${quote(fn)}, expected one of ${known}${hint}`, node);
    }
    if (given !== arity(fn)) {
      fail(`expected ${signature(fn)}, got ${given} argument${given === 1 ? "" : "s"}`, node);
    }
    return fn;
  };

  return tree(root, 0);
}

const signature = (fn: FunctionName): string => `${fn}(${functions[fn].args.join(", ")})`;
