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
import type { Output, SharedSum, SumTerm } from "./pass.js";

/**
 * Sums that several outputs share. What does not change along a row is taken out of a sum over its columns: so
 * d(pre) = sum A eta post and d(eta) = sum A (pre post - H) share sum A post, and d(eta) costs one more product, not three.
 * Likewise for what does not change along a column.
 */
export class SharedSums {
  readonly #sums = new Map<string, SharedSum>();

  /** `letter`: what the sums are called. `along`: a factor of one of these rates is taken out. */
  private constructor(
    private readonly letter: string,
    private readonly along: ReadonlySet<Rate>,
    private readonly rate: (name: string) => Rate,
  ) {}

  /** Sums over the columns of a row: S0, S1, ... */
  static ofRows(rate: (name: string) => Rate): SharedSums {
    return new SharedSums("S", new Set<Rate>(["layer", "episode", "pre"]), rate);
  }
  /** Sums over the rows of a column: C0, C1, ... */
  static ofColumns(rate: (name: string) => Rate): SharedSums {
    return new SharedSums("C", new Set<Rate>(["layer", "episode", "post"]), rate);
  }

  /** All that were asked for, each once. */
  get sums(): readonly SharedSum[] {
    return [...this.#sums.values()];
  }

  /** The sum of a formula over a row (a column), as terms. */
  add(formula: Formula): SumTerm[] {
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
      sum = { name: `${this.letter}${this.#sums.size}`, formula };
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
    return this.along.has(rateOf(formula, this.rate));
  }
}

const product = (factors: readonly Formula[]): Formula =>
  factors.length === 0 ? number(1) : factors.reduce((a, b) => call("mul", a, b));
const negated = (terms: Formula[][]): Formula[][] => terms.map((factors) => [number(-1), ...factors]);

/**
 * Outputs along `post`, and the sums over rows that several of them share: these get terms. Sums of their own stay as they are:
 * a shared one is kept in memory of its own, which only pays where it stands for several. What a delta rule's adjoint has for
 * the value and for what was recalled is one sum: sum A pre, times beta and times -beta.
 */
export function sharedByColumns(
  outputs: readonly Output[],
  rate: (name: string) => Rate,
): { readonly outputs: Output[]; readonly columnSums: readonly SharedSum[] } {
  const all = SharedSums.ofColumns(rate);
  const isOfColumns = ({ along, how, adds }: Output) => along === "post" && how === "sum" && adds;
  let sharing = outputs.filter(isOfColumns).map((output) => ({ output, terms: all.add(output.formula) }));
  for (;;) {
    const users = (sum: string) =>
      sharing.filter(({ terms }) => terms.some((term) => term.sum === sum)).length;
    const left = sharing.filter(({ terms }) => terms.every(({ sum }) => users(sum) > 1));
    if (left.length === sharing.length) break;
    sharing = left;
  }
  const taken = new Set(sharing.flatMap(({ terms }) => terms.map(({ sum }) => sum)));
  if (taken.size >= sharing.length) return { outputs: [...outputs], columnSums: [] };
  // Named afresh, without those that nobody shares.
  const columns = SharedSums.ofColumns(rate);
  const termsOf = new Map(sharing.map(({ output }) => [output, columns.add(output.formula)]));
  return {
    outputs: outputs.map((output) => ({ ...output, terms: termsOf.get(output) ?? output.terms })),
    columnSums: columns.sums,
  };
}
