import type { Device } from "../src/devices/device.js";
import { decayingHebb, defineRule, gatedDelta, kimiDelta, type Rule } from "../src/rules/index.js";
import {
  defineMap,
  map,
  openTraces,
  Parameter,
  readTraces,
  sum,
  type Tape,
  updateTraces,
} from "../src/tape/index.js";
import { type FastKind, fastGates } from "./fastProblem.js";
import { kept, type Network } from "./oursNetwork.js";
import type { Problem } from "./problem.js";

const weighted = defineMap(["a", "b"], { p: "a * b" });
const add = defineMap(["a", "b"], { s: "a + b" });

const rules: Readonly<Record<FastKind, Rule>> = {
  // The trace alone, as a memory has it.
  "fast-hebb": defineRule({ ...decayingHebb.definition, weight: "H" }),
  "fast-gated-delta": gatedDelta,
  "fast-kda": kimiDelta,
};

/** A fast-weight memory: a plastic connection that is written, then read while the next step's key is known. */
export function fastMemory(device: Device, problem: Problem, kind: FastKind): Network {
  const { neurons, batch, steps } = problem.sizes as Record<"neurons" | "batch" | "steps", number>;
  const rule = rules[kind];
  const gates = Object.entries(fastGates[kind]);
  const parameter = (name: string, rows: number, cols: number) =>
    new Parameter(name, device, rows, cols, problem.params[name]!);
  const told = Object.fromEntries([
    ["pre", parameter("k", steps * batch, neurons)],
    ["post", parameter("v", steps * batch, neurons)],
    ...gates.map(([name, per]) => [name, parameter(name, steps * batch, per === "key" ? neurons : 1)]),
  ]) as Record<string, Parameter>;
  const query = parameter("q", steps * batch, neurons);
  const constants = Object.keys(rule.params).map((name) => parameter(name, 1, 1));
  const co = kept(device, steps * batch, neurons, problem.inputs.co!);
  return {
    parameters: [...Object.values(told), query, ...constants],
    nameOf: ({ name }) => name,
    loss(tape: Tape) {
      const all = Object.entries(told).map(([key, each]) => [key, tape.param(each)] as const);
      const vectors = Array.from({ length: steps }, (_, t) =>
        Object.fromEntries(all.map(([key, tensor]) => [key, tape.rows(tensor, t * batch, batch)])),
      );
      const params = Object.fromEntries(constants.map((each) => [each.name, tape.param(each)]));
      const [queries, weights] = [tape.param(query), tape.input(co)];
      let traces = openTraces(tape, rule, params, neurons, neurons, steps);
      const terms = vectors.map((each, t) => {
        const at = t * batch;
        const read = readTraces(updateTraces(traces, each), tape.rows(queries, at, batch), vectors[t + 1]);
        traces = read.traces;
        return map(tape, weighted, [read.z, tape.rows(weights, at, batch)])[0]!;
      });
      // Summed up as numbers for each neuron first.
      return sum(
        tape,
        terms.reduce((a, b) => map(tape, add, [a, b])[0]!),
      );
    },
  };
}
