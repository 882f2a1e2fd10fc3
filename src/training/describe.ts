import type { Architecture, State, StepProgram } from "../models/index.js";
import type * as z from "../schema/index.js";
import { type Parameter, Tape, Tensor, type TraceState } from "../tape/index.js";
import type { ModelState } from "./checkpoint.js";
import type { Experiment, ExperimentData } from "./experiment.js";
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
  images: ExperimentData | null,
): Architecture {
  const model = { experiment: experiment.name, options: given, seed, episode: 0, parameters: {} };
  return adaptModel(experiment, model, {}, images).architecture;
}

/**
 * A trained model with some options other than in training, as an experiment can adapt it (`Model.adapted`): a few-shot
 * classifier to another number of classes. The network is built once, on a device that holds nothing.
 *
 * @throws as `describeModel`
 */
export function adaptModel<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  model: ModelState,
  changes: Readonly<Record<string, unknown>>,
  images: ExperimentData | null,
): { readonly model: ModelState; readonly architecture: Architecture } {
  const { seed } = model;
  const recorder = new Recorder();
  const options = resolveOptions(experiment, { ...model.options, ...changes });
  const built = buildModel(experiment, { options, device: recorder.device, seed, images });
  recorder.know(built.parameters);
  const parameters = built.adapted?.(model.parameters) ?? model.parameters;
  return { model: { ...model, options, parameters }, architecture: describeNetwork(recorder, built.network) };
}

/** Tells the recorder of every parameter that a step uses, on whatever device it lies. */
class RecordingTape extends Tape {
  constructor(readonly recorder: Recorder) {
    super(recorder.device, 1, false);
  }

  override param(parameter: Parameter): Tensor {
    this.recorder.know([parameter]);
    return super.param(parameter);
  }
}

/** As `describeModel`, for a network that is there, on the recorder's device or any other: its steps are only written down. */
export function describeNetwork(recorder: Recorder, network: Network): Architecture {
  const tape = new RecordingTape(recorder);
  const begin = () => {
    recorder.restart();
    return network.begin(tape);
  };
  const states = leaves(begin()).tensors.map(({ path, tensor, of }): State => {
    const start = recorder.constantOf(tensor.value);
    if (start === null) throw new Error(`a network's state must begin as one number, ${path} does not`);
    const trace = of && { connection: recorder.connectionOf(of.traces.history.traces), name: of.trace };
    return { name: path, size: tensor.cols, start, ...(trace && { trace }) };
  });
  const programs = network.steps.map((step) =>
    describeStep(recorder, tape, { inputs: network.inputs, begin }, step, states),
  );
  const inputs = network.inputs.map(({ name, size, tail }) => ({ name, size, tail }));
  const { answers } = network;
  return { inputs, states, connections: recorder.connections, programs, answers };
}

function describeStep(
  recorder: Recorder,
  tape: Tape,
  network: Pick<Network, "inputs"> & { begin(): unknown },
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
    const { output, state, modulator } = step(tape, replaced(network.begin(), old), inputs);
    const { tensors, traces } = leaves(state);
    for (const { history, pending, neurons } of traces) {
      if (history.newest > 1 && Object.keys(neurons).length > 0) {
        throw new Error(
          `a step of this network updates ${history.rule.name} twice, whose neurons have traces: no model file can say that yet`,
        );
      }
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
  /** `of`: the trace of neurons that a tensor is. */
  readonly tensors: {
    readonly path: string;
    readonly tensor: Tensor;
    readonly of?: { readonly traces: TraceState; readonly trace: string };
  }[];
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
  else if (isTraces(value)) {
    found.traces.push(value);
    for (const [trace, tensor] of Object.entries(value.neurons))
      found.tensors.push({ path: pathTo(path, trace), tensor, of: { traces: value, trace } });
  } else for (const [key, each] of Object.entries(value)) leaves(each, pathTo(path, key), found);
  return found;
}

/** The same state with other tensors, by their paths. */
function replaced(value: unknown, tensors: ReadonlyMap<string, Tensor>, path = ""): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isTraces(value)) return { ...value, neurons: replaced(value.neurons, tensors, path) };
  if (value instanceof Tensor) return tensors.get(path || "state");
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    replaced(each, tensors, pathTo(path, key)),
  ]);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
