import { type CallNode, call, type Formula, keyOf, type Rate, rateOf } from "../../formulas/index.js";
import type { Input, Pass } from "../passes/pass.js";
import * as bits from "./bits.js";
import { type Code, get, seq, set } from "./code.js";
import { type Arithmetic, splat, type VectorMath } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import type { About } from "./nodes.js";
import * as vector from "./vector.js";

/** A place in a loop nest where values are computed once: their code in order, and the local each one is in. */
export class Scope {
  readonly #statements: Code[] = [];
  readonly #values = new Map<string, Local>();

  get code(): Code {
    return seq(...this.#statements);
  }
  find(key: string): Local | undefined {
    return this.#values.get(key);
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

/** Where a name's value comes from: its rate, and the code that loads it at one point of the loop nest. */
export interface Source {
  readonly rate: Rate;
  readonly load: (at: Scopes) => Code;
}

/** The sources of a pass: its inputs, and the values that it names, which are computed before they are used. */
export function sourcesOf({ inputs, lets }: Pass, load: (input: Input) => Code): Record<string, Source> {
  const sources: Record<string, Source> = {};
  for (const { name } of lets) sources[name] = { rate: "connection", load: () => unknown(name) };
  for (const input of inputs) sources[input.name] = { rate: input.along, load: () => load(input) };
  return sources;
}
function unknown(name: string): never {
  throw new Error(`${name} is used before it is defined`);
}

/**
 * Compiles formulas to vector code. Each subformula is computed in the outermost loop that its rate allows, and only
 * once there: hoisting of loop invariants and common subexpressions are the same thing.
 */
export class Expressions {
  constructor(
    private readonly f: FunctionBuilder,
    private readonly math: VectorMath,
    private readonly sources: Readonly<Record<string, Source>>,
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
    return at[rateOf(formula, (name) => this.#source(name).rate)];
  }

  #source(name: string): Source {
    const source = this.sources[name];
    if (!source) throw new Error(`no value for ${name} in this kernel`);
    return source;
  }

  #compute(formula: Formula, at: Scopes): Code {
    if (formula.kind === "number") return splat(formula.value);
    if (formula.kind === "name") return this.#source(formula.name).load(at);
    const [a, b] = formula.args as [Formula, Formula];
    const { madd, nmadd } = this.math.arithmetic;
    if (formula.fn === "add") {
      if (this.#isFreshProduct(b, at)) return this.#fused(madd, b, a, at);
      if (this.#isFreshProduct(a, at)) return this.#fused(madd, a, b, at);
    }
    if (formula.fn === "sub" && this.#isFreshProduct(b, at)) return this.#fused(nmadd, b, a, at);
    if (formula.fn === "mul") {
      // Times 0 or 1 is keeping or dropping. As where a clip drops a gradient in PyTorch, NaN is dropped too.
      if (isComparison(b)) return vector.and(this.value(a, at), this.#mask(b, at));
      if (isComparison(a)) return vector.and(this.value(b, at), this.#mask(a, at));
    }
    return this.math.apply(
      formula.fn,
      formula.args.map((arg) => this.value(arg, at)),
    );
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

  #fused(combine: Arithmetic["madd"], product: Formula, rest: Formula, at: Scopes): Code {
    const [u, v] = (product as { args: readonly Formula[] }).args as [Formula, Formula];
    return combine(this.value(u, at), this.value(v, at), this.value(rest, at));
  }

  /** A product of the innermost rate that nobody has computed yet is worth fusing with the sum it stands in. */
  #isFreshProduct(formula: Formula, at: Scopes): boolean {
    if (formula.kind !== "call" || formula.fn !== "mul" || formula.args.some(isComparison)) return false;
    const scope = this.#scope(formula, at);
    return scope === at.connection && !scope.find(keyOf(formula));
  }
}

type Comparison = CallNode & { readonly fn: "less" | "within" };
const isComparison = (formula: Formula): formula is Comparison =>
  formula.kind === "call" && (formula.fn === "less" || formula.fn === "within");
