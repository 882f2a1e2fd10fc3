import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { PlasticConnection } from "../src/layers/index.js";
import { loadModel } from "../src/lifetime/index.js";
import { frozen, type Rule } from "../src/rules/index.js";
import {
  changeTraces,
  defineMap,
  map,
  matmul,
  Parameter,
  Tape,
  type TraceState,
  traceValue,
} from "../src/tape/index.js";
import { type Network, saveModel } from "../src/training/index.js";
import { uniformNumbers } from "./graph.js";
import { testedRules } from "./rules.js";

const device = new ReferenceDevice();
const [SIZE, POST, STEPS] = [5, 3, 6];
const tanhOf = defineMap(["z"], { y: "0.5 * tanh(z)" });
const plus = defineMap(["a", "b"], { y: "a + b" });

interface State {
  readonly traces: TraceState;
}

/** A memory with this rule: it is read, updated by what follows from the input, and read again. */
function memoryOf(rule: Rule): Network & { readonly connection: PlasticConnection } {
  const options = { name: "memory", rule, pre: SIZE, post: POST, std: 0.4 };
  let drawn = 0;
  const normal = () => uniformNumbers(7, `draw ${drawn++}`, 1)[0]!;
  const connection = new PlasticConnection(device, options, { normal });
  const widths = { episode: 1, pre: SIZE, post: POST };
  const needed = { pre: "pre", post: "post", ...rule.signals } as const;
  const weights = Object.entries(needed).map(([key, rate]) => {
    const numbers = uniformNumbers(3, key, SIZE * widths[rate], -0.5, 0.5);
    return [key, new Parameter(`to.${key}`, device, SIZE, widths[rate], numbers)] as const;
  });
  return {
    connection,
    inputs: [{ name: "x", size: SIZE, tail: [] }],
    answers: POST,
    begin: (tape): State => ({ traces: connection.begin(tape) }),
    steps: [
      {
        given: ["x"],
        step(tape, state, [x]) {
          const told = Object.fromEntries(
            weights.map(([key, to]) => [key, map(tape, tanhOf, [matmul(tape, x!, tape.param(to))])[0]!]),
          );
          const before = connection.read((state as State).traces, x!);
          const learned = connection.update(before.traces, told);
          const after = connection.read(learned, x!);
          return {
            output: map(tape, plus, [before.z, after.z])[0]!,
            state: { traces: after.traces },
          };
        },
      },
    ],
  };
}

const input = (t: number) => uniformNumbers(5, `input ${t}`, SIZE, -1, 1);
const traceNames = (rule: Rule) => [...rule.traces, ...Object.keys(rule.neuronTraces)];

/** The network on a tape: its answers, and its traces at the end. */
class Taped {
  private readonly tape = new Tape(device, 1, false);
  private state: State;
  constructor(private readonly network: ReturnType<typeof memoryOf>) {
    this.state = network.begin(this.tape) as State;
  }
  step(numbers: ArrayLike<number>): number[] {
    const { output, state } = this.network.steps[0]!.step(this.tape, this.state, [
      this.tape.constant(1, SIZE, Array.from(numbers)),
    ]);
    this.state = state as State;
    return Array.from(device.read(output.value));
  }
  trace(name: string): number[] {
    const { value, traces } = traceValue(this.state.traces, name);
    this.state = { traces };
    return Array.from(device.read(value.value));
  }
  /** As a life forgets: what is left of each trace's distance from where it began. */
  fade(kept: number): void {
    const { rule } = this.network.connection;
    const start = (name: string) => rule.initial[name] ?? rule.neuronTraces[name]!.init;
    const traces = changeTraces(this.state.traces, rule, (values, name) =>
      Array.from(values, (value) => start(name) + kept * (value - start(name))),
    );
    this.state = { traces };
  }
  freeze(): void {
    const { rule } = this.network.connection;
    this.state = { traces: changeTraces(this.state.traces, frozen(rule), (values) => values) };
  }
}

const near = (got: ArrayLike<number>, expected: readonly number[], of: string) => {
  expect(got.length, of).toBe(expected.length);
  expected.forEach((value, k) => {
    expect(Math.abs(got[k]! - value), `${of} at ${k}`).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)));
  });
};

const rules = testedRules.filter(
  ({ reads, neuronTraces, signals }) =>
    Object.keys(reads).length + Object.keys(neuronTraces).length > 0 ||
    Object.values(signals).includes("pre"),
);

describe.each(rules.map((rule) => [rule.name, rule] as const))("a memory by %s", (_, rule) => {
  const network = memoryOf(rule);
  const file = saveModel(network);

  it("lives step by step as it does on the tape, all its traces too", async () => {
    const [life, taped] = [(await loadModel(file)).begin(), new Taped(network)];
    for (let t = 0; t < STEPS; t++) near(life.step(input(t)), taped.step(input(t)), `answer ${t}`);
    for (const name of traceNames(rule)) near(life.trace(undefined, name).values, taped.trace(name), name);
  });

  it("keeps every bit of its traces while it is frozen, and answers as if nothing were updated", async () => {
    const [life, taped] = [(await loadModel(file)).begin(), new Taped(network)];
    for (let t = 0; t < 3; t++) [life.step(input(t)), taped.step(input(t))];
    life.freeze();
    taped.freeze();
    const traces = () => traceNames(rule).map((name) => life.trace(undefined, name).values);
    const before = traces();
    for (let t = 3; t < STEPS; t++) near(life.step(input(t)), taped.step(input(t)), `answer ${t}`);
    expect(traces()).toEqual(before);
  });

  it("goes on from a snapshot bit for bit, and a fork that lives on differs in its traces", async () => {
    const model = await loadModel(file);
    const life = model.begin();
    for (let t = 0; t < 3; t++) life.step(input(t));
    const [again, fork] = [model.resume(life.snapshot()), life.fork()];
    expect(again.step(input(3))).toEqual(life.step(input(3)));
    expect(again.diff(life).map(({ trace, differing }) => [trace, differing])).toEqual(
      traceNames(rule).map((name) => [name, 0]),
    );
    expect(fork.diff(life).some(({ differing }) => differing > 0)).toBe(true);
    const { trace } = life.diff(fork)[0]!;
    expect(life.synapse(undefined, 1, 2)).toHaveProperty(trace);
  });
});

const ofNeurons = rules.filter(({ neuronTraces }) => Object.keys(neuronTraces).length > 0);
it.each(ofNeurons.map((rule) => [rule.name, rule] as const))(
  "traces of neurons of %s fade in a life with a half-life, as those of connections do",
  async (_, rule) => {
    const network = memoryOf(rule);
    const halfLife = 4;
    const [life, taped] = [(await loadModel(saveModel(network))).begin({ halfLife }), new Taped(network)];
    life.step(input(0));
    taped.step(input(0));
    taped.fade(2 ** (-1 / halfLife));
    for (const name of Object.keys(rule.neuronTraces))
      near(life.trace(undefined, name).values, taped.trace(name), name);
  },
);
