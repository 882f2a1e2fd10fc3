import type { Architecture, State, StepProgram } from "../models/index.js";
import type * as z from "../schema/index.js";
import { Tape, Tensor, type TraceState } from "../tape/index.js";
import type { ModelState } from "./checkpoint.js";
import type { Experiment, ImageData } from "./experiment.js";
import type { Network, NetworkStep } from "./network.js";
import { buildModel, resolveOptions } from "./options.js";
import { Recorder } from "./recorder.js";

/**
 * How the network of a trained model is built, for its file. It is found out by letting the network take a step on a device
 * that only writes down what it is asked for. `images`: any of the right size, for experiments that need some.
 *
 * @throws OptionsError if the options are none of this experiment's; Error for a network that no model file can describe
 */
export function describeModel<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  { options: given, seed }: Pick<ModelState, "options" | "seed">,
  images: ImageData | null,
): Architecture {
  const recorder = new Recorder();
  const options = resolveOptions(experiment, given);
  const model = buildModel(experiment, { options, device: recorder.device, seed, images });
  recorder.know(model.parameters);
  return describeNetwork(recorder, model.network);
}

/** As `describeModel`, for a network that was built on the recorder's device and whose parameters it knows. */
export function describeNetwork(recorder: Recorder, network: Network): Architecture {
  const tape = new Tape(recorder.device, 1, false);
  const states = leaves(network.begin(tape)).tensors.map(({ path, tensor }): State => {
    const start = recorder.constantOf(tensor.value);
    if (start === null) throw new Error(`a network's state must begin as one number, ${path} does not`);
    return { name: path, size: tensor.cols, start };
  });
  const programs = network.steps.map((step) => describeStep(recorder, tape, network, step, states));
  const inputs = network.inputs.map(({ name, size, tail }) => ({ name, size, tail }));
  const { answers } = network;
  return { inputs, states, connections: recorder.connections, programs, answers };
}

function describeStep(
  recorder: Recorder,
  tape: Tape,
  network: Network,
  { given, step }: NetworkStep,
  states: readonly State[],
): StepProgram {
  const named = (name: string, size: number, rows = 1): Tensor => {
    const tensor = tape.filled(rows, size / rows, 0);
    recorder.call(tensor.value, name);
    return tensor;
  };
  const inputs = given.map((name) => {
    const { size, tail, rows } = network.inputs.find((input) => input.name === name)!;
    return named(name, size + tail.length, rows);
  });
  const old = new Map(states.map(({ name, size }) => [name, named(name, size)]));
  return recorder.during(() => {
    // Traces know how often they were updated, hence those of a new life.
    const { output, state, modulator } = step(tape, replaced(network.begin(tape), old), inputs);
    const { tensors, traces } = leaves(state);
    for (const { history, pending } of traces) {
      if (!pending) continue;
      // The device would hear of it only in the next step.
      const vectors = Object.entries(pending).map(([key, { value }]) => [key, value] as const);
      recorder.update(history.traces, Object.fromEntries(vectors));
    }
    const next = tensors.map(({ path, tensor }) => [path, recorder.valueOf(tensor.value)]);
    return {
      given,
      next: Object.fromEntries(next),
      output: recorder.valueOf(output.value),
      modulator: modulator ? recorder.valueOf(modulator.value) : null,
    };
  });
}

interface Leaves {
  readonly tensors: { readonly path: string; readonly tensor: Tensor }[];
  readonly traces: TraceState[];
}

const isTraces = (value: object): value is TraceState => "history" in value;
/** "y" of a cell, "cell1.y" of the second in a stack. */
const pathTo = (path: string, key: string): string => {
  const step = /^\d/.test(key) ? `cell${key}` : key;
  return path === "" ? step : `${path}.${step}`;
};

/** The tensors and traces of a state, however deep they lie. */
function leaves(value: unknown, path = "", found: Leaves = { tensors: [], traces: [] }): Leaves {
  if (typeof value !== "object" || value === null) return found;
  if (value instanceof Tensor) found.tensors.push({ path: path || "state", tensor: value });
  else if (isTraces(value)) found.traces.push(value);
  else for (const [key, each] of Object.entries(value)) leaves(each, pathTo(path, key), found);
  return found;
}

/** The same state with other tensors, by their paths. */
function replaced(value: unknown, tensors: ReadonlyMap<string, Tensor>, path = ""): unknown {
  if (typeof value !== "object" || value === null || isTraces(value)) return value;
  if (value instanceof Tensor) return tensors.get(path || "state");
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    replaced(each, tensors, pathTo(path, key)),
  ]);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
