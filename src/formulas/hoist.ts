import { keyOf } from "./keys.js";
import { joinRates, type Rate, rateOf, rates } from "./rates.js";
import { signatures } from "./signatures.js";
import { simplify } from "./simplify.js";
import { call, type Formula, number } from "./tree.js";

/** Something that is added, or multiplied with others, with its sign set apart. */
interface Signed {
  readonly negative: boolean;
  readonly formula: Formula;
}

/**
 * The formula with its sums and products regrouped so that what changes seldom is computed first and by itself:
 * `post * eta * pre` becomes `eta * pre * post`, where `eta * pre` is computed once a row instead of once a connection.
 * Divisors of a lower rate become factors `1 / divisor`. The value is the same up to rounding, unless a regrouped
 * product overflows on its way.
 */
export function hoist(formula: Formula, rateOfName: (name: string) => Rate): Formula {
  const known = new Map<Formula, Rate>();
  const rateOfNode = (node: Formula) => rateOf(node, rateOfName, known);
  // Derivatives share subtrees: each is regrouped once.
  const done = new Map<Formula, Formula>();

  const visit = (node: Formula): Formula => {
    if (node.kind !== "call") return node;
    let result = done.get(node);
    if (result === undefined) {
      const isArithmetic = signatures[node.fn].operator !== undefined;
      result = isArithmetic ? unsigned(signed(node)) : { ...node, args: node.args.map(visit) };
      done.set(node, result);
    }
    return result;
  };

  const signed = (node: Formula): Signed => {
    if (node.kind === "call") {
      if (node.fn === "add" || node.fn === "sub" || node.fn === "neg") return sum(terms(node, false));
      if (node.fn === "mul" || node.fn === "div") return product(factors(node));
    }
    return { negative: false, formula: visit(node) };
  };

  /** The terms of nested sums, differences and signs. */
  const terms = (node: Formula, negative: boolean): Signed[] => {
    if (node.kind === "call") {
      const [a, b] = node.args as [Formula, Formula];
      if (node.fn === "add") return [...terms(a, negative), ...terms(b, negative)];
      if (node.fn === "sub") return [...terms(a, negative), ...terms(b, !negative)];
      if (node.fn === "neg") return terms(a, !negative);
    }
    const term = signed(node);
    return [{ ...term, negative: term.negative !== negative }];
  };

  /** The factors of nested products, signs, and quotients whose divisor has a lower rate. */
  const factors = (node: Formula): Signed[] => {
    if (node.kind === "call") {
      const [a, b] = node.args as [Formula, Formula];
      if (node.fn === "mul") return [...factors(a), ...factors(b)];
      if (node.fn === "neg") return [{ negative: true, formula: number(1) }, ...factors(a)];
      if (node.fn === "div") {
        const over = rateOfNode(a);
        const under = rateOfNode(b);
        if (over !== under && joinRates(over, under) === over) {
          return [...factors(a), { negative: false, formula: simplify(call("div", number(1), visit(b))) }];
        }
        return [{ negative: false, formula: call("div", visit(a), visit(b)) }];
      }
    }
    return [signed(node)];
  };

  const sum = (items: Signed[]): Signed => byRate(items, addUp);

  const product = (items: Signed[]): Signed => {
    const negative = items.filter((item) => item.negative).length % 2 === 1;
    // Equal products written in different orders become equal trees.
    const ordered = items
      .map((item) => item.formula)
      .filter((factor) => !(factor.kind === "number" && factor.value === 1))
      .sort(numbersFirst)
      .map((formula) => ({ negative: false, formula }));
    return { negative, formula: byRate(ordered, multiplyUp).formula };
  };

  /** Combines items of one rate with each other, lower rates first, then the results. */
  const byRate = (items: readonly Signed[], combine: (items: readonly Signed[]) => Signed): Signed => {
    const group = Object.fromEntries(rates.map((rate) => [rate, [] as Signed[]])) as Record<Rate, Signed[]>;
    for (const item of items) group[rateOfNode(item.formula)].push(item);
    const { layer, episode, pre, post, connection } = group;
    const few = [...layer, ...episode];
    // Numbers of low rate join one of the vectors: once a neuron is less than once a connection.
    const vectors = pre.length > 0 ? [[...few, ...pre], post] : [[...few, ...post]];
    const hoisted = vectors.filter((vector) => vector.length > 0).map(combine);
    // The factors that differ between connections are one factor together: other formulas may share it.
    const inner = combine === multiplyUp && connection.length > 1 ? [combine(connection)] : connection;
    return combine([...hoisted, ...inner]);
  };

  return visit(formula);
}

function addUp(terms: readonly Signed[]): Signed {
  // Begin with a positive term, if there is one, so that no sign has to be turned by itself.
  const first = terms.find((term) => !term.negative) ?? terms[0]!;
  const formula = terms
    .filter((term) => term !== first)
    .reduce<Formula>(
      (total, term) => call(term.negative === first.negative ? "add" : "sub", total, term.formula),
      first.formula,
    );
  return { negative: first.negative, formula };
}

function multiplyUp(factors: readonly Signed[]): Signed {
  const formulas = factors.map((factor) => factor.formula);
  return {
    negative: false,
    formula: formulas.length === 0 ? number(1) : formulas.reduce((a, b) => call("mul", a, b)),
  };
}

function unsigned({ negative, formula }: Signed): Formula {
  return negative ? negated(formula) : formula;
}

/** -(a * b * c) as (-a) * b * c, likewise in sums: they begin with the lowest rate, where a sign costs least. */
function negated(formula: Formula): Formula {
  if (formula.kind === "number") return number(0 - formula.value);
  if (formula.kind === "name") return call("neg", formula);
  const [a, b] = formula.args as [Formula, Formula];
  if (formula.fn === "mul") return call("mul", negated(a), b);
  if (formula.fn === "add") return call("sub", negated(a), b);
  if (formula.fn === "sub") return call("sub", b, a);
  return call("neg", formula);
}

function numbersFirst(a: Formula, b: Formula): number {
  if ((a.kind === "number") !== (b.kind === "number")) return a.kind === "number" ? -1 : 1;
  const [keyA, keyB] = [keyOf(a), keyOf(b)];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}
