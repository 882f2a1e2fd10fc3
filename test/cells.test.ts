import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Device } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import {
  type Cell,
  FastWeightsRnn,
  fanOutModulator,
  Gru,
  irnn,
  Lstm,
  type PlasticityOptions,
  PlasticRnn,
  Projected,
  plainRnn,
  plastic,
  singleModulator,
  stacked,
} from "../src/layers/index.js";
import {
  clippedHebb,
  connectionModulation,
  decayingHebb,
  fanOutModulation,
  oja,
  retroactive,
  simpleModulation,
  withRates,
} from "../src/rules/index.js";
import { defineMap, map, sum, Tape, type Tensor } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { startEngine } from "./support/engine.js";
import { runs } from "./support/runs.js";

const reference = await init({ device: "reference" });
const engines = [await startEngine(1), await startEngine(2)];
const devices: Readonly<Record<string, Device>> = {
  reference,
  "1 thread": engines[0]!,
  "2 threads": engines[1]!,
};
afterAll(async () => {
  for (const device of [reference, ...engines]) await device.dispose();
});

type Maker = (device: Device, inputs: number, neurons: number) => Cell<unknown>;
const std = 0.4;
const gaussian = (of: string) => random(3, of, 0);
const projected = (device: Device, inputs: number, rnn: PlasticRnn) =>
  new Projected(device, "input", inputs, rnn, gaussian("input"));

const cells: Readonly<Record<string, Maker>> = {
  "plastic RNN": (device, inputs, neurons) =>
    projected(device, inputs, new PlasticRnn(device, { neurons, rule: decayingHebb, std }, gaussian("rnn"))),
  "modulated RNN": (device, inputs, neurons) =>
    projected(
      device,
      inputs,
      new PlasticRnn(
        device,
        { neurons, rule: simpleModulation, modulator: singleModulator, std },
        gaussian("rnn"),
      ),
    ),
  "RNN with fanned-out modulation": (device, inputs, neurons) =>
    projected(
      device,
      inputs,
      new PlasticRnn(
        device,
        { neurons, rule: fanOutModulation, modulator: fanOutModulator, std },
        gaussian("rnn"),
      ),
    ),
  "retroactive RNN": (device, inputs, neurons) =>
    projected(
      device,
      inputs,
      new PlasticRnn(
        device,
        { neurons, rule: retroactive, modulator: singleModulator, std },
        gaussian("rnn"),
      ),
    ),
  LSTM: (device, inputs, neurons) => new Lstm(device, { inputs, neurons }, gaussian("lstm")),
  "plastic LSTM, its cell state as post": (device, inputs, neurons) =>
    new Lstm(
      device,
      { inputs, neurons, rule: withRates(clippedHebb, { alpha: "post" }), post: "cell" },
      gaussian("lstm"),
    ),
  "LSTM modulated from its cell state": (device, inputs, neurons) =>
    new Lstm(
      device,
      {
        inputs,
        neurons,
        rule: simpleModulation,
        modulator: singleModulator,
        modulatorReads: "cell",
        post: "read",
      },
      gaussian("lstm"),
    ),
  GRU: (device, inputs, neurons) => new Gru(device, { inputs, neurons }, gaussian("gru")),
  "plastic GRU, its output as post": (device, inputs, neurons) =>
    new Gru(device, { inputs, neurons, rule: oja, post: "hidden" }, gaussian("gru")),
  "modulated GRU": (device, inputs, neurons) =>
    new Gru(device, { inputs, neurons, rule: fanOutModulation, modulator: fanOutModulator }, gaussian("gru")),
  "LSTM plastic from hidden and input, pre of the step before": (device, inputs, neurons) =>
    new Lstm(
      device,
      { inputs, neurons, rule: clippedHebb, from: "both", pre: "previous", alphaStd: 0.5 },
      gaussian("lstm"),
    ),
  "LSTM plastic from its input, eta per connection": (device, inputs, neurons) =>
    new Lstm(
      device,
      { inputs, neurons, rule: withRates(decayingHebb, { eta: "connection" }), from: "input" },
      gaussian("lstm"),
    ),
  "LSTM plastic from both, modulated from the step before, fanned out per connection": (
    device,
    inputs,
    neurons,
  ) =>
    new Lstm(
      device,
      {
        ...{ inputs, neurons, from: "both", modulatorReads: "previous" },
        ...{ rule: connectionModulation, modulator: singleModulator },
      },
      gaussian("lstm"),
    ),
  "GRU plastic from both, pre of the step before": (device, inputs, neurons) =>
    new Gru(
      device,
      { inputs, neurons, rule: decayingHebb, from: "both", pre: "previous", alphaStd: 0.5 },
      gaussian("gru"),
    ),
  "modulated GRU, plastic from its input, modulated from the step before": (device, inputs, neurons) =>
    new Gru(
      device,
      {
        ...{ inputs, neurons, from: "input", modulatorReads: "previous" },
        ...{ rule: fanOutModulation, modulator: fanOutModulator },
      },
      gaussian("gru"),
    ),
  "RNN plastic from both, pre of the step before": (device, inputs, neurons) =>
    new PlasticRnn(
      device,
      { inputs, neurons, rule: decayingHebb, std, from: "both", pre: "previous" },
      gaussian("rnn"),
    ),
  "modulated RNN, plastic from its input, modulated from the step before": (device, inputs, neurons) =>
    new PlasticRnn(
      device,
      {
        ...{ inputs, neurons, std, from: "input", modulatorReads: "previous" },
        ...{ rule: simpleModulation, modulator: singleModulator },
      },
      gaussian("rnn"),
    ),
  "RNN with fast weights, read once": (device, inputs, neurons) =>
    new FastWeightsRnn(device, { inputs, neurons, fixed: [] }, gaussian("fast")),
  "RNN with fast weights, read three times": (device, inputs, neurons) =>
    new FastWeightsRnn(device, { inputs, neurons, reads: 3, identity: 0.5, fixed: [] }, gaussian("fast")),
  IRNN: (device, inputs, neurons) => irnn(device, { inputs, neurons, identity: 0.5 }, gaussian("irnn")),
  "stack of a GRU and a plastic LSTM": (device, inputs, neurons) =>
    stacked([
      new Gru(device, { inputs, neurons: neurons + 1, name: "first" }, gaussian("gru")),
      new Lstm(
        device,
        { inputs: neurons + 1, neurons, rule: decayingHebb, name: "second" },
        gaussian("lstm"),
      ),
    ]),
};

const weigh = defineMap(["y", "c"], { e: "y * c" });

/** Lives an episode on inputs that a seed decides; the loss is a random sum of all outputs. */
function liveOnce(device: Device, cell: Cell<unknown>, batch: number, steps: number, seed: number) {
  const numbers = (what: string, count: number) =>
    random(seed, what, 0).fillNormal(new Float64Array(count), 1);
  const tape = new Tape(device, batch);
  const outputs: Tensor[] = [];
  let state = cell.begin(tape, steps);
  let loss: Tensor | null = null;
  const add = defineMap(["a", "b"], { c: "a + b" });
  for (let t = 0; t < steps; t++) {
    const x = tape.constant(batch, cell.inputs, numbers(`x${t}`, batch * cell.inputs));
    const step = cell.step(tape, state, x);
    state = step.state;
    outputs.push(step.output);
    const c = tape.constant(batch, cell.neurons, numbers(`c${t}`, batch * cell.neurons));
    const term = sum(tape, map(tape, weigh, [step.output, c])[0]!);
    loss = loss ? map(tape, add, [loss, term])[0]! : term;
  }
  return { tape, outputs, loss: loss! };
}

const release = (cell: Cell<unknown>) => {
  for (const parameter of cell.parameters) parameter.release();
};

describe.each(Object.entries(cells))("%s", (_, make) => {
  it("has the gradients of finite differences", () => {
    const cell = make(reference, 2, 3);
    const { tape, loss } = liveOnce(reference, cell, 2, 4, 1);
    tape.backward(loss);
    const step = 1e-5;
    for (const { name, value, grad } of cell.parameters) {
      const gradient = Array.from(reference.read(grad));
      const start = Array.from(reference.read(value));
      const lossWith = (k: number, by: number) => {
        reference.write(value, start.with(k, start[k]! + by));
        return reference.read(liveOnce(reference, cell, 2, 4, 1).loss.value)[0]!;
      };
      const expected = start.map((_, k) => (lossWith(k, step) - lossWith(k, -step)) / (2 * step));
      reference.write(value, start);
      const largest = Math.max(0.01, ...expected.map(Math.abs));
      expected.forEach((slope, k) => {
        expect(Math.abs(slope - gradient[k]!) / largest, `${name}[${k}]`).toBeLessThan(1e-6);
      });
    }
    release(cell);
  });

  it("does the same on the engine as on the reference device, at any size and on any number of threads", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("1 thread", "2 threads"),
        fc.constantFrom(1, 3, 17, 51, 65),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 99 }),
        (threads, neurons, inputs, batch, steps, seed) => {
          const run = (device: Device) => {
            const cell = make(device, inputs, neurons);
            // Float32 values on both, so that only the arithmetic differs; small ones: large networks would be chaotic.
            for (const { value } of cell.parameters) {
              const shrink = neurons > 20 ? 0.3 : 1;
              device.write(
                value,
                Float32Array.from(device.read(value), (each) => shrink * each),
              );
            }
            const { tape, outputs, loss } = liveOnce(device, cell, batch, steps, seed);
            tape.backward(loss);
            const result = {
              last: Array.from(device.read(outputs.at(-1)!.value)),
              ...Object.fromEntries(
                cell.parameters.map(({ name, grad }) => [name, Array.from(device.read(grad))]),
              ),
            };
            release(cell);
            return result as Record<string, number[]>;
          };
          const expected = run(reference);
          const got = run(devices[threads]!);
          const scale = Math.max(...Object.values(expected).flat().map(Math.abs), 1e-3);
          for (const [name, values] of Object.entries(expected)) {
            const largest = Math.max(1e-3 * scale, ...values.map(Math.abs));
            values.forEach((value, k) => {
              expect(Math.abs(got[name]![k]! - value) / largest, `${name}[${k}]`).toBeLessThan(1e-4);
            });
          }
        },
      ),
      { numRuns: runs(8) },
    );
  });

  it("refuses an input of another shape", () => {
    const cell = make(reference, 2, 3);
    const tape = new Tape(reference, 2);
    const state = cell.begin(tape);
    expect(() => cell.step(tape, state, tape.filled(2, 5, 0))).toThrow(/\[2, \d\].*got \[2, 5\]/);
    release(cell);
  });
});

describe("plastic(cell)", () => {
  const plain: Readonly<Record<string, (device: Device, neurons: number) => Cell<unknown>>> = {
    RNN: (device, neurons) => plainRnn(device, { neurons, std }, gaussian("rnn")),
    "RNN with weights for its input": (device, neurons) =>
      plainRnn(device, { inputs: 3, neurons, std }, gaussian("rnn")),
    LSTM: (device, neurons) => new Lstm(device, { inputs: 3, neurons }, gaussian("lstm")),
    GRU: (device, neurons) => new Gru(device, { inputs: 3, neurons }, gaussian("gru")),
  };
  const outputsOf = (device: Device, cell: Cell<unknown>, batch: number) =>
    liveOnce(device, cell, batch, 5, 1).outputs.map((output) => Array.from(device.read(output.value)));
  // biome-ignore lint/suspicious/noExplicitAny: the three kinds of cell have nothing but `plastic` in common here
  const turned = (device: Device, cell: any, alpha: number, how: PlasticityOptions = {}): Cell<unknown> =>
    plastic<PlasticRnn>(
      device,
      cell,
      { rule: clippedHebb, alpha, ...how },
      gaussian("alpha"),
    ) as Cell<unknown>;
  /** Where connections of that cell can learn, and from which step. */
  const ways = (cell: Cell<unknown>): PlasticityOptions[] => {
    const sources =
      cell.connections.length > 1 ? (["hidden", "input", "both"] as const) : ["hidden" as const];
    return sources.flatMap((from) => [
      { from, pre: "present" },
      { from, pre: "previous" },
    ]);
  };

  it.each(Object.entries(plain))(
    "leaves the outputs of an %s bit for bit as they were, with alpha = 0",
    (_, make) => {
      fc.assert(
        fc.property(
          // By name: fast-check prints what fails, and a device is its whole memory.
          fc.constantFrom(...Object.keys(devices)),
          fc.constantFrom(1, 3, 51, 65, 130, 257),
          fc.integer({ min: 1, max: 9 }),
          fc.nat(),
          (name, neurons, batch, which) => {
            const device = devices[name]!;
            const cell = make(device, neurons);
            const before = outputsOf(device, cell, batch);
            const all = ways(cell);
            const learning = turned(device, cell, 0, all[which % all.length]);
            expect(outputsOf(device, learning, batch)).toEqual(before);
            release(learning);
          },
        ),
        { numRuns: runs(10) },
      );
    },
  );

  it.each(Object.entries(plain))(
    "makes an %s learn with another alpha, and gives alpha a gradient with 0",
    (_, make) => {
      const cell = make(reference, 4);
      const before = outputsOf(reference, cell, 1);
      expect(outputsOf(reference, turned(reference, cell, 0.5), 1)).not.toEqual(before);
      const learning = turned(reference, cell, 0);
      const { tape, loss } = liveOnce(reference, learning, 1, 5, 1);
      tape.backward(loss);
      const alpha = learning.parameters.find(({ name }) => name.endsWith(".alpha"))!;
      expect(Math.max(...Array.from(reference.read(alpha.grad), Math.abs))).toBeGreaterThan(0);
    },
  );

  it("lets each choice of connections and step change what a cell does", () => {
    for (const make of Object.values(plain)) {
      const cell = make(reference, 4);
      const all = [{}, ...ways(cell).slice(1)].map((how) =>
        JSON.stringify(outputsOf(reference, turned(reference, make(reference, 4), 0.5, how), 1)),
      );
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it("refuses connections from an input that has none", () => {
    const cell = plainRnn(reference, { neurons: 3 }, gaussian("rnn"));
    expect(() => plastic(reference, cell, { rule: oja, from: "both" }, gaussian("alpha"))).toThrow(
      /from is "both".*no weights for its input/,
    );
    expect(
      () => new PlasticRnn(reference, { neurons: 3, rule: oja, from: "input" }, gaussian("rnn")),
    ).toThrow(/from is "input".*how many `inputs`/);
  });

  it("refuses a cell that is plastic already", () => {
    const cell = new PlasticRnn(reference, { neurons: 3, rule: oja }, gaussian("rnn"));
    const fromInput = new Lstm(
      reference,
      { inputs: 2, neurons: 3, rule: oja, from: "input" },
      gaussian("lstm"),
    );
    for (const make of [
      () => plastic(reference, cell, { rule: oja }, gaussian("alpha")),
      () => plastic(reference, fromInput, { rule: oja }, gaussian("alpha")),
    ])
      expect(make).toThrow(/already learns by the rule oja/);
  });
});

describe("a network's parts must fit", () => {
  it("a rule with a signal needs a modulator that gives just that signal", () => {
    const make = (modulator?: typeof singleModulator) => () =>
      new PlasticRnn(reference, { neurons: 3, rule: simpleModulation, modulator }, gaussian("rnn"));
    expect(make()).toThrow(/simpleModulation are m per episode, of the modulator none/);
    expect(make(fanOutModulator)).toThrow(/of the modulator m per post/);
    expect(make(singleModulator)).not.toThrow();
  });

  it("a stack's cells take as many inputs as the cell below has neurons", () => {
    const lstm = (inputs: number, neurons: number) =>
      new Lstm(reference, { inputs, neurons }, gaussian("lstm"));
    expect(() => stacked([lstm(2, 3), lstm(4, 3)])).toThrow(
      /cell 1 takes 4 inputs, the cell below it has 3 neurons/,
    );
    expect(() => stacked([])).toThrow(/at least one cell/);
    expect(stacked([lstm(2, 3), lstm(3, 5)])).toMatchObject({ inputs: 2, neurons: 5 });
  });
});
