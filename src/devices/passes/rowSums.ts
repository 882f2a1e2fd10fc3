import {
  call,
  type Formula,
  hoist,
  keyOf,
  number,
  type Rate,
  rateOf,
  simplify,
} from "../../formulas/index.js";
import type { RowSum, RowTerm } from "./pass.js";

/**
 * The sums over columns that a sweep needs. What does not change along a row is taken out of the sum: so
 * d(pre) = sum A eta post and d(eta) = sum A (pre post - H) share sum A post, and d(eta) costs one more product, not three.
 */
export class RowSums {
  readonly #sums = new Map<string, RowSum>();

  constructor(private readonly rate: (name: string) => Rate) {}

  /** All that were asked for, each once: S0, S1, ... */
  get sums(): readonly RowSum[] {
    return [...this.#sums.values()];
  }

  /** The sum of a formula over the columns of a row, as terms. */
  add(formula: Formula): RowTerm[] {
    return this.expand(simplify(formula)).map((factors) => {
      const along = factors.filter((factor) => !this.isConstant(factor));
      const factor = product(factors.filter((each) => this.isConstant(each)));
      return { factor: simplify(factor), sum: this.shared(hoist(simplify(product(along)), this.rate)) };
    });
  }

  private shared(formula: Formula): string {
    const key = keyOf(formula);
    let sum = this.#sums.get(key);
    if (!sum) {
      sum = { name: `S${this.#sums.size}`, formula };
      this.#sums.set(key, sum);
    }
    return sum.name;
  }

  /** The formula as a sum of products; a factor that is itself a sum is multiplied out only if that frees a constant. */
  private expand(formula: Formula): Formula[][] {
    if (formula.kind === "call") {
      const [a, b] = formula.args as [Formula, Formula];
      if (formula.fn === "add") return [...this.expand(a), ...this.expand(b)];
      if (formula.fn === "sub") return [...this.expand(a), ...negated(this.expand(b))];
      if (formula.fn === "neg") return negated(this.expand(a));
      if (formula.fn === "mul") {
        const left = this.expandIfWorth(a);
        const right = this.expandIfWorth(b);
        return left.flatMap((x) => right.map((y) => [...x, ...y]));
      }
    }
    return [[formula]];
  }

  private expandIfWorth(formula: Formula): Formula[][] {
    const terms = this.expand(formula);
    const frees = terms.some((factors) =>
      factors.some((factor) => factor.kind !== "number" && this.isConstant(factor)),
    );
    return terms.length === 1 || frees ? terms : [[formula]];
  }

  private isConstant(formula: Formula): boolean {
    const rate = rateOf(formula, this.rate);
    return rate === "layer" || rate === "episode" || rate === "pre";
  }
}

const product = (factors: readonly Formula[]): Formula =>
  factors.length === 0 ? number(1) : factors.reduce((a, b) => call("mul", a, b));
const negated = (terms: Formula[][]): Formula[][] => terms.map((factors) => [number(-1), ...factors]);
