/** How a rule is written down: equations as text, and what their names stand for. */
import { isCallable } from "../formulas/signatures.js";
import type { RuleReader, Section } from "./faults.js";

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

export const PARAM_RATES: readonly ParamRate[] = ["layer", "pre", "post", "connection"];
const SIGNAL_RATES: readonly SignalRate[] = ["episode", "pre", "post"];
const TRACE_RATES: readonly TraceRate[] = ["pre", "post", "connection"];
const READ_RATES: readonly ReadRate[] = ["pre", "post"];

/** A trace's rate and start, however it is written. */
export const declaredTrace = (
  declared: RuleDefinition["traces"][string],
): { readonly per: TraceRate; readonly init: number } =>
  typeof declared === "number" ? { per: "connection", init: declared } : declared;

/** Throws for the first declaration that is wrong. */
export function checkDeclarations(definition: RuleDefinition, reader: RuleReader): void {
  const { traces, params = {}, signals = {}, reads = {}, update } = definition;
  const declared = new Set<string>();
  const expectName = (section: Section, entry: string): void => {
    const isTaken = RESERVED.includes(entry) || entry === NEXT || isCallable(entry) || entry in {};
    if (isTaken) throw reader.declared(section, entry, "a name that is taken");
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(entry)) throw reader.declared(section, entry, "no name");
    if (declared.has(entry)) throw reader.declared(section, entry, "declared twice");
    declared.add(entry);
  };
  /** Names in a section, each with a rate out of these and perhaps a number to start from. */
  const check = (
    section: Section,
    entries: Readonly<Record<string, unknown>>,
    rates: readonly string[],
    aboutOf: (entry: string) => { readonly per: string; readonly init?: number },
  ): void => {
    for (const entry of Object.keys(entries)) {
      if (section === "reads" && entry === MAIN_READ) {
        throw reader.declared(section, entry, "the name of x @ W");
      }
      expectName(section, entry);
      const { per, init = 0 } = aboutOf(entry);
      if (!rates.includes(per)) throw reader.declared(section, entry, "no such rate", per, rates);
      if (!Number.isFinite(init)) {
        throw reader.declared(section, entry, "no finite number to start from", init);
      }
    }
  };
  check("traces", traces, TRACE_RATES, (trace) => declaredTrace(traces[trace]!));
  check("params", params, PARAM_RATES, (param) => params[param]!);
  check("signals", signals, SIGNAL_RATES, (signal) => ({ per: signals[signal]! }));
  check("reads", reads, READ_RATES, (read) => reads[read]!);
  for (const trace of Object.keys(traces)) {
    if (!Object.hasOwn(update, trace)) throw reader.declared("traces", trace, "no update");
  }
  for (const trace of Object.keys(update)) {
    if (!Object.hasOwn(traces, trace)) throw reader.declared("update", trace, "no such trace");
  }
}
