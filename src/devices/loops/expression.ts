import { call, type Formula, keyOf, type Rate, rateOf } from "../../formulas/index.js";
import type { Pass, PassInput } from "../passes/pass.js";
import * as bits from "./bits.js";
import { type Code, get, seq, set } from "./code.js";
import { type Comparison, isComparison, splat, type VectorMath } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import type { About } from "./nodes.js";
import * as vector from "./vector.js";

/** A place in a loop nest where values are computed once: their code in order, and the local each one is in. */
export class Scope {
  readonly #statements: Code[] = [];
  readonly #values = new Map<string, Local>();

  /** `before`: a scope whose code runs before this one's, wherever this one's does. */
  constructor(private readonly before?: Scope) {}

  get code(): Code {
    return seq(...this.#statements);
  }
  find(key: string): Local | undefined {
    return this.#values.get(key) ?? this.before?.find(key);
  }
  /** `about`: what the value is, for people. */
  add(key: string, local: Local, code: Code, about: About): void {
    this.#statements.push(set(local, code, about));
    this.#values.set(key, local);
  }
  /** Code that belongs here and yields no named value: stores, accumulations. */
  run(code: Code): void {
    this.#statements.push(code);
  }
}

/** The scope in which values of each rate are computed, at one point of the loop nest. */
export type Scopes = Readonly<Record<Rate, Scope>>;

/**
 * Compiles formulas to vector code. Each subformula is computed in the outermost loop that its rate allows, and only
 * once there: hoisting of loop invariants and common subexpressions are the same thing.
 */
export class Expressions {
  /** `load`: an input's value, at the point of the loop nest that code is being made for. */
  constructor(
    private readonly f: FunctionBuilder,
    private readonly math: VectorMath,
    private readonly pass: Pick<Pass, "inputs" | "lets" | "reductions">,
    private readonly load: (input: PassInput) => Code,
  ) {}

  /** Code that pushes the formula's value; what it takes is added to the scopes. */
  value(formula: Formula, at: Scopes): Code {
    const scope = this.#scope(formula, at);
    const key = keyOf(formula);
    let local = scope.find(key);
    if (!local) {
      const code = this.#compute(formula, at);
      local = this.f.local("vector");
      scope.add(key, local, code, formula);
    }
    return get(local);
  }

  #scope(formula: Formula, at: Scopes): Scope {
    return at[rateOf(formula, (name) => this.#rate(name))];
  }

  /** Values that a pass names differ by connection. */
  #rate(name: string): Rate {
    const { inputs, lets, reductions } = this.pass;
    const input = inputs.find((each) => each.name === name);
    if (reductions?.some((each) => each.name === name)) return "pre";
    if (!input && !lets.some((each) => each.name === name))
      throw new Error(`no value for ${name} in this pass`);
    return input?.along ?? "connection";
  }

  #compute(formula: Formula, at: Scopes): Code {
    if (formula.kind === "number") return splat(formula.value);
    if (formula.kind === "name") {
      const input = this.pass.inputs.find(({ name }) => name === formula.name);
      if (!input) throw new Error(`${formula.name} is used before it is computed`);
      return this.load(input);
    }
    const [a, b] = formula.args as [Formula, Formula];
    const value = (part: Formula) => this.value(part, at);
    // A product of the innermost rate that nobody has computed yet is worth fusing with the sum it stands in.
    const fused = this.math.arithmetic.fuse?.(formula, value, (part) => {
      const scope = this.#scope(part, at);
      return scope === at.connection && !scope.find(keyOf(part));
    });
    if (fused) return fused;
    if (formula.fn === "mul") {
      // Times 0 or 1 is keeping or dropping. As where a clip drops a gradient in PyTorch, NaN is dropped too.
      if (isComparison(b)) return vector.and(value(a), this.#mask(b, at));
      if (isComparison(a)) return vector.and(value(b), this.#mask(a, at));
    }
    return this.math.apply(formula.fn, formula.args.map(value));
  }

  #mask({ fn, args }: Comparison, at: Scopes): Code {
    const clip = call("clip", ...args);
    const clipped = fn === "within" && this.#scope(clip, at).find(keyOf(clip));
    // What a clip left alone was within its bounds: one comparison, not two.
    if (clipped) return bits.eq(get(clipped), this.value(args[0]!, at));
    return this.math.mask(
      fn,
      args.map((arg) => this.value(arg, at)),
    );
  }
}
