import { afterAll, describe, expect, it } from "vitest";
import { init } from "../src/devices/init.js";
import {
  Linear,
  Lstm,
  PlasticConnection,
  PlasticReadout,
  PlasticRnn,
  Projected,
  stacked,
} from "../src/layers/index.js";
import { loadModel } from "../src/lifetime/index.js";
import { readModelFile, readSafetensors } from "../src/models/index.js";
import { decayingHebb, defineRule, oja } from "../src/rules/index.js";
import { defineMap, map, Parameter, Tape, type Tensor, type TraceState } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { decodeModel, live, type Network, saveModel } from "../src/training/index.js";
import { modelFileOf, networks } from "./support/networks.js";

const reference = await init({ device: "reference" });
const wasm = await init({ device: "wasm", threads: 1 });
afterAll(async () => {
  await reference.dispose();
  await wasm.dispose();
});
const gaussian = (of: string) => random(3, of, 0);

const STEPS = 6;
const numbers = (size: number, of = "numbers") => {
  const rng = random(4, of, 0);
  return Float32Array.from({ length: size }, () => rng.normal() / 2);
};

function expectNear(got: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(got.length).toBe(expected.length);
  Array.from(got).forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k]!, 4);
  });
}

/** What a network answers on the device that it lies on, step by step, to [steps, inputs] numbers. */
function answersOf(network: Network, inputs: Float32Array, device = reference): number[] {
  const tape = new Tape(device, 1, false);
  const { name, size, tail } = network.inputs[0]!;
  const { step } = network.steps.find(({ given }) => given.length === 1 && given[0] === name)!;
  let state = network.begin(tape);
  let answer: number[] = [];
  for (let t = 0; t < inputs.length / size; t++) {
    const row = [...inputs.subarray(t * size, (t + 1) * size), ...tail];
    const taken = step(tape, state, [tape.constant(1, row.length, row)]);
    state = taken.state;
    answer = Array.from(device.read(taken.output.value)).slice(0, network.answers);
  }
  return answer;
}

/** What the saved network answers to the same. */
async function livedAnswers(file: Uint8Array, inputs: Float32Array): Promise<Float32Array> {
  const model = await loadModel(file);
  const life = model.begin();
  const { size } = model.inputs[0]!;
  let answer: Float32Array = new Float32Array();
  for (let t = 0; t < inputs.length / size; t++)
    answer = life.step(inputs.subarray(t * size, (t + 1) * size));
  return answer;
}

describe("a network that is there is saved as it is, without being built again:", () => {
  it.each(Object.keys(networks))("%s", (name) => {
    const built = networks[name]!(reference);
    const saved = readModelFile(saveModel(built), "saved");
    const expected = readModelFile(modelFileOf(networks[name]!, reference), "expected");
    expect(saved.architecture).toEqual(expected.architecture);
    expect(saved.parameters).toEqual(expected.parameters);
  });

  it("the network of the README, after training, from the device that it was trained on", async () => {
    const network = new PlasticRnn(wasm, { neurons: 12, rule: decayingHebb, std: 0.3 }, gaussian("readme"));
    const inputs = numbers(STEPS * 12);
    const { outputs } = live(
      new Tape(wasm, 1, false),
      network,
      new Tape(wasm, 1, false).constant(STEPS, 12, inputs),
    );
    const expected = Array.from(wasm.read(outputs.at(-1)!.value));
    expectNear(await livedAnswers(saveModel(network), inputs), expected);
    // It goes on being trained: nothing of it has changed.
    const [w] = network.parameters;
    wasm.write(w!.value, numbers(144, "moved"));
    expect((await loadModel(saveModel(network))).parameter("recurrent", "w").values).toEqual(
      numbers(144, "moved"),
    );
  });

  it("a cell with a readout, a neuron that is always on, and fewer answers than outputs", async () => {
    const cell = new Lstm(reference, { inputs: 4, neurons: 5 }, gaussian("lstm"));
    const readout = new Linear(reference, "readout", 5, 3, gaussian("readout"));
    const file = saveModel(cell, {
      readout,
      tail: [1],
      answers: 2,
      input: "sensor",
      name: "mine",
      notes: { by: "me" },
    });
    const model = await loadModel(file);
    expect(model).toMatchObject({ name: "mine", inputs: [{ name: "sensor", size: 3 }], outputs: 2 });
    expect(model.provenance).toMatchObject({ by: "me" });
    const inputs = numbers(STEPS * 3);
    const tape = new Tape(reference, 1, false);
    let state = cell.begin(tape);
    let output: Tensor;
    for (let t = 0; t < STEPS; t++) {
      const step = cell.step(tape, state, tape.constant(1, 4, [...inputs.subarray(3 * t, 3 * t + 3), 1]));
      state = step.state;
      output = readout.apply(tape, step.output);
    }
    expectNear(await livedAnswers(file, inputs), Array.from(reference.read(output!.value)).slice(0, 2));
  });

  it("a stack behind a projection", async () => {
    const below = new PlasticRnn(
      reference,
      { neurons: 6, rule: oja, std: 0.3, name: "below" },
      gaussian("below"),
    );
    const above = new PlasticRnn(
      reference,
      { neurons: 6, rule: decayingHebb, std: 0.3, name: "above" },
      gaussian("above"),
    );
    const cell = stacked([new Projected(reference, "in", 3, below, gaussian("in")) as never, above as never]);
    const inputs = numbers(STEPS * 3);
    const network: Network = {
      inputs: [{ name: "input", size: 3, tail: [] }],
      answers: 6,
      begin: (tape) => cell.begin(tape),
      steps: [{ given: ["input"], step: (tape, state, [x]) => cell.step(tape, state as never, x!) }],
    };
    expectNear(await livedAnswers(saveModel(cell), inputs), answersOf(network, inputs));
  });

  it("a plastic readout with features of one's own: it learns what it is given a label for, and answers otherwise", async () => {
    const embedding = new Linear(reference, "embedding", 7, 6, gaussian("embedding"));
    const options = { inputs: 6, classes: 3, rule: oja, std: 0.3 };
    const readout = new PlasticReadout(reference, options, gaussian("readout"));
    const file = saveModel(readout, { size: 7, features: (tape, x) => embedding.apply(tape, x) });
    const model = await loadModel(file);
    expect(model.inputs).toEqual([
      { name: "picture", size: 7 },
      { name: "label", size: 3 },
    ]);
    const life = model.begin();
    const [a, b] = [numbers(7, "a"), numbers(7, "b")];
    for (let t = 0; t < 20; t++) {
      life.step({ picture: a, label: [1, 0, 0] });
      life.step({ picture: b, label: [0, 1, 0] });
    }
    const before = life.snapshot();
    life.step({ picture: a });
    const tensorsOf = (bytes: Uint8Array) => readSafetensors(bytes).tensors;
    expect(tensorsOf(life.snapshot())).toEqual(tensorsOf(before));
  });
});

/** A network of one connection that is used as `use` says, with what else it needs. */
const own = (size: number, begin: Network["begin"], step: Network["steps"][number]["step"]): Network => ({
  inputs: [{ name: "u", size, tail: [] }],
  answers: size,
  begin,
  steps: [{ given: ["u"], step }],
});

describe("a network of one's own", () => {
  it("may have two connections that share their weights, each with traces of its own", async () => {
    const first = new PlasticConnection(
      reference,
      { name: "first", rule: decayingHebb, pre: 4, post: 4, std: 0.3 },
      gaussian("first"),
    );
    const shared = first.parameter("w");
    const second = new PlasticConnection(
      reference,
      { name: "second", rule: decayingHebb, pre: 4, post: 4, std: 0.3, w: shared },
      gaussian("second"),
    );
    const add = defineMap(["a", "b"], { y: "tanh(a + b)" });
    const network = own(
      4,
      (tape) => [first.begin(tape), second.begin(tape)],
      (tape, state, [u]) => {
        const [one, two] = state as [TraceState, TraceState];
        const [a, b] = [first.read(one, u!), second.read(two, u!)];
        const output = map(tape, add, [a.z, b.z])[0]!;
        const vectors = { pre: u!, post: output };
        return { output, state: [first.update(a.traces, vectors), second.update(b.traces, vectors)] };
      },
    );
    const file = saveModel(network);
    expect((await loadModel(file)).connections.map(({ name }) => name)).toEqual(["first", "second"]);
    const inputs = numbers(STEPS * 4);
    expectNear(await livedAnswers(file, inputs), answersOf(network, inputs));
  });

  it("may have connections whose rule has no parameter at all", async () => {
    const rule = defineRule({ name: "bare", traces: { H: 0 }, weight: "H", update: { H: "H + pre * post" } });
    const made = ["a", "b"].map(
      (name) => new PlasticConnection(reference, { name, rule, pre: 3, post: 3 }, gaussian(name)),
    ) as [PlasticConnection, PlasticConnection];
    const scale = new Parameter("scale", reference, 1, 3, [0.5, 0.25, 2]);
    const scaled = defineMap(["a", "b", "s", "u"], { y: "tanh(a - b + s * u)" });
    const network = own(
      3,
      (tape) => made.map((each) => each.begin(tape)),
      (tape, state, [u]) => {
        const [one, two] = state as [TraceState, TraceState];
        const [a, b] = [made[0].read(one, u!), made[1].read(two, u!)];
        const output = map(tape, scaled, [a.z, b.z, tape.param(scale), u!])[0]!;
        return {
          output,
          state: [
            made[0].update(a.traces, { pre: u!, post: output }),
            made[1].update(b.traces, { pre: output, post: u! }),
          ],
        };
      },
    );
    const file = saveModel(network);
    expect((await loadModel(file)).connections).toHaveLength(2);
    const inputs = numbers(STEPS * 3);
    expectNear(await livedAnswers(file, inputs), answersOf(network, inputs));
  });

  it("may use constants that lie on its device and are no parameters", async () => {
    const connection = new PlasticConnection(
      reference,
      { name: "r", rule: oja, pre: 3, post: 3, std: 0.3 },
      gaussian("constant"),
    );
    const offset = reference.allocate(1, 3);
    reference.write(offset, [0.5, -1, 2]);
    const moved = defineMap(["z", "o"], { y: "tanh(z + o)" });
    const network = own(
      3,
      (tape) => connection.begin(tape),
      (tape, state, [u]) => {
        const read = connection.read(state as TraceState, map(tape, moved, [u!, tape.input(offset)])[0]!);
        const output = map(tape, moved, [read.z, tape.input(offset)])[0]!;
        return { output, state: connection.update(read.traces, { pre: tape.input(offset), post: output }) };
      },
    );
    const inputs = numbers(STEPS * 3);
    expectNear(await livedAnswers(saveModel(network), inputs), answersOf(network, inputs));
  });

  it("whose layers have one name is refused, with the cure", () => {
    const cells = [1, 2].map((k) => new PlasticRnn(reference, { neurons: 3, rule: oja }, gaussian(`${k}`)));
    expect(() => saveModel(stacked(cells as never))).toThrow(
      /^two parameters of this network are called recurrent\.w; give their layers names of their own$/,
    );
  });

  it.each([
    [
      "a name that no file can have",
      "my layer",
      /^saveModel: no model file can hold this network \(.*my layer/,
    ],
    ["the name of what every object has", "constructor", /^saveModel: no model file can hold this network/],
  ])("whose layer has %s is refused when it is saved, not when it is loaded", (_, name, message) => {
    const cell = new PlasticRnn(reference, { neurons: 3, rule: oja, name }, gaussian("odd"));
    expect(() => saveModel(cell)).toThrow(message);
  });

  it("with a weight that is not finite is refused", () => {
    const cell = new PlasticRnn(reference, { neurons: 3, rule: oja }, gaussian("nan"));
    reference.write(cell.parameters[0]!.value, new Float32Array(9).fill(Number.NaN));
    expect(() => saveModel(cell)).toThrow(/no model file can hold this network .*recurrent\.w.*not finite/);
  });
});

it.each([
  ["nothing", undefined],
  ["an object that is no network", {}],
  ["a layer that takes no step", new Linear(reference, "l", 2, 2, gaussian("l"))],
])("saveModel refuses %s with a TypeError that says what it takes", (_, network) => {
  expect(() => saveModel(network as never)).toThrow(TypeError);
  expect(() => saveModel(network as never)).toThrow(
    /^saveModel: expected a cell, a plastic readout, or a network/,
  );
});

it("a saved model is read back by its parameters' names, to be trained on", () => {
  const cell = new PlasticRnn(reference, { neurons: 3, rule: oja }, gaussian("back"));
  const { parameters, experiment, episode } = decodeModel(
    saveModel(cell, { episode: 7, precision: "float16" }),
    "x",
  );
  expect([experiment, episode]).toEqual(["network", 7]);
  expect(new Set(Object.keys(parameters))).toEqual(new Set(cell.parameters.map(({ name }) => name)));
});
