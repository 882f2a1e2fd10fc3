import { namesIn } from "../../formulas/index.js";
import type { NeuronTrace, Rule } from "../../rules/rule.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { type MapDefinition, map, mapOf } from "./map.js";

type Tensors = Readonly<Record<string, Tensor>>;

/** The updates of all traces of a rule that belong to the neurons at one end. */
interface Update {
  readonly traces: readonly string[];
  readonly inputs: readonly string[];
  readonly definition: MapDefinition;
}

const updates = new WeakMap<Rule["neuronTraces"], readonly Update[]>();

function updatesOf({ neuronTraces }: Rule): readonly Update[] {
  let known = updates.get(neuronTraces);
  if (!known) {
    known = (["pre", "post"] as const).flatMap((end) => updateAt(neuronTraces, end) ?? []);
    updates.set(neuronTraces, known);
  }
  return known;
}

function updateAt(all: Readonly<Record<string, NeuronTrace>>, end: NeuronTrace["per"]): Update | null {
  const entries = Object.entries(all).filter(([, { per }]) => per === end);
  if (entries.length === 0) return null;
  const traces = entries.map(([trace]) => trace);
  // The old traces first: they have the neurons' shape, whatever else the formulas take.
  const inputs = [...new Set([...traces, ...entries.flatMap(([, { update }]) => [...namesIn(update)])])];
  const outputs = Object.fromEntries(entries.map(([trace, { update }]) => [trace, update]));
  return { traces, inputs, definition: mapOf(inputs, outputs) };
}

/**
 * The traces of neurons after an update: per "pre" [batch, N], per "post" [batch, M]. `given`: parameters, reads, signals, pre and
 * post by name.
 */
export function nextNeuronTraces(tape: Tape, rule: Rule, old: Tensors, given: Tensors): Tensors {
  const next = updatesOf(rule).flatMap(({ traces, inputs, definition }) => {
    const results = map(
      tape,
      definition,
      inputs.map((key) => old[key] ?? given[key]!),
    );
    return traces.map((trace, k) => [trace, results[k]!] as const);
  });
  return Object.fromEntries(next);
}
