/** How a rule is written down: equations as text, and what their names stand for. */
import { didYouMean, FormulaError, quote } from "../formulas/errors.js";
import { isCallable } from "../formulas/signatures.js";

/** How a rule's constant is shared: one number, one for each presynaptic or postsynaptic neuron, or for each connection. */
export type ParamRate = "layer" | "pre" | "post" | "connection";
/** A signal comes from outside the connection: one number an episode, or one for each presynaptic or postsynaptic neuron. */
export type SignalRate = "episode" | "pre" | "post";
/** A trace belongs to a connection, or to a neuron at one of its ends. */
export type TraceRate = "pre" | "post" | "connection";
/** A read has a value for each neuron at one end: the sum over the neurons at the other. */
export type ReadRate = "pre" | "post";

/** A plasticity rule, as `defineRule` takes it: equations as text. */
export interface RuleDefinition {
  readonly name: string;
  /** Where the rule comes from: paper and equation. */
  readonly source?: string;
  /**
   * Traces by name, with their value at the start of an episode: one for each connection (`{ H: 0 }`), or for each neuron
   * at one end (`{ theta: { per: "post", init: 0 } }`).
   */
  readonly traces: Readonly<Record<string, number | { readonly per: TraceRate; readonly init: number }>>;
  /** Learned constants beside w and alpha, e.g. `{ eta: { per: "layer", init: 0.01 } }`. */
  readonly params?: Readonly<Record<string, { readonly per: ParamRate; readonly init: number }>>;
  readonly signals?: Readonly<Record<string, SignalRate>>;
  /**
   * Sums over all connections of a neuron, by name: `{ r: { per: "post", sum: "pre * H" } }` is r_j = sum_i pre_i H_ij. A read
   * that updates name is taken from the traces as they were before the update.
   */
  readonly reads?: Readonly<Record<string, { readonly per: ReadRate; readonly sum: string }>>;
  /** The effective weight, over w, alpha, params and traces. */
  readonly weight: string;
  /**
   * The next value of each trace, over w, alpha, params, signals, traces, reads, pre and post; `next(S)` is the next value of
   * another trace.
   */
  readonly update: Readonly<Record<string, string>>;
}

/** What every connection has, declared by no rule. */
export const RESERVED: readonly string[] = ["pre", "post", "w", "alpha"];
/** What the sum x @ W is called among the reads. */
export const MAIN_READ = "read";
/** The function of updates that no other formula has. */
export const NEXT = "next";

const PARAM_RATES: readonly ParamRate[] = ["layer", "pre", "post", "connection"];
const SIGNAL_RATES: readonly SignalRate[] = ["episode", "pre", "post"];
const TRACE_RATES: readonly TraceRate[] = ["pre", "post", "connection"];
const READ_RATES: readonly ReadRate[] = ["pre", "post"];

/** A trace's rate and start, however it is written. */
export const declaredTrace = (
  declared: RuleDefinition["traces"][string],
): { readonly per: TraceRate; readonly init: number } =>
  typeof declared === "number" ? { per: "connection", init: declared } : declared;

/** Throws for the first declaration that is wrong, with a caret under its name. */
export function checkDeclarations(definition: RuleDefinition): void {
  const { name, traces, params = {}, signals = {}, reads = {}, update } = definition;
  const declared = new Set<string>();
  const nameProblem = (entry: string): string | null => {
    if (RESERVED.includes(entry) || entry === NEXT || isCallable(entry) || entry in {}) {
      return `the name ${quote(entry)} is taken; choose another`;
    }
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(entry)) {
      return `expected a name of letters, digits and _, beginning with no digit, got ${quote(entry)}`;
    }
    if (declared.has(entry)) return `the name ${quote(entry)} is declared twice; choose another`;
    declared.add(entry);
    return null;
  };
  const startProblem = (value: number): string | null =>
    Number.isFinite(value) ? null : `expected a finite number to start from, got ${value}`;
  const rateProblem = (rate: string, rates: readonly string[]): string | null =>
    rates.includes(rate) ? null : `expected a number per ${rates.join(" or ")}, got ${quote(String(rate))}`;
  const check = <T>(
    kind: string,
    entries: Readonly<Record<string, T>>,
    problemOf: (entry: string, value: T) => string | null,
  ): void => {
    let line = `${kind}: `;
    for (const [entry, value] of Object.entries(entries)) {
      const problem = problemOf(entry, value);
      if (problem) {
        throw new FormulaError(`rule ${quote(name)}: ${problem}`, `${line}${entry}`, line.length);
      }
      line += `${entry}, `;
    }
  };
  check("traces", traces, (trace, each) => {
    const { per, init } = declaredTrace(each);
    return nameProblem(trace) ?? rateProblem(per, TRACE_RATES) ?? startProblem(init);
  });
  check("params", params, (param, { per, init }) => {
    return nameProblem(param) ?? rateProblem(per, PARAM_RATES) ?? startProblem(init);
  });
  check("signals", signals, (signal, per) => nameProblem(signal) ?? rateProblem(per, SIGNAL_RATES));
  check("reads", reads, (read, { per }) => {
    if (read === MAIN_READ) return `the name ${quote(read)} is that of x @ W; choose another`;
    return nameProblem(read) ?? rateProblem(per, READ_RATES);
  });
  check("traces", traces, (trace) => {
    return Object.hasOwn(update, trace) ? null : `trace ${quote(trace)} has no update; give it one`;
  });
  check("update", update, (trace) => {
    const hint = didYouMean(trace, Object.keys(traces)) || "; declare it with its starting value";
    return Object.hasOwn(traces, trace) ? null : `an update of ${quote(trace)}, which is no trace${hint}`;
  });
}
