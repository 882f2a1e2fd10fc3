import { afterAll, describe, expect, it } from "vitest";
import { startEngine } from "../../../test/support/engine.js";
import type { Device } from "../../devices/device.js";
import { ReferenceDevice } from "../../devices/reference/index.js";
import { Lstm, singleModulator, stacked } from "../../layers/index.js";
import { decayingHebb, retroactive } from "../../rules/index.js";
import { random } from "../../tasks/index.js";
import { Carry, defineMap, map, sum, Tape, type Tensor } from "../index.js";

const reference = new ReferenceDevice();
const engines = [await startEngine(1), await startEngine(2)] as const;
afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

const [batch, inputs, neurons, steps] = [3, 5, 7, 4];
const squared = defineMap(["y"], { e: "y * y" });
const added = defineMap(["a", "b"], { c: "a + b" });

/** Two plastic layers, with a loss of every step's output. */
function network(device: Device) {
  const rng = random(1, "weights", 0);
  const cell = stacked([
    new Lstm(device, { inputs, neurons, rule: decayingHebb, name: "below" }, rng),
    new Lstm(
      device,
      { inputs: neurons, neurons, rule: retroactive, modulator: singleModulator, name: "above" },
      rng,
    ),
  ]);
  type State = ReturnType<typeof cell.begin>;
  const walk = (tape: Tape, from: State, input: (t: number) => Tensor, count: number) => {
    let state = from;
    const losses: Tensor[] = [];
    for (let t = 0; t < count; t++) {
      const step = cell.step(tape, state, input(t));
      state = step.state;
      losses.push(sum(tape, map(tape, squared, [step.output])[0]!));
    }
    return { state, losses, loss: losses.reduce((a, b) => map(tape, added, [a, b])[0]!) };
  };
  const gradients = () => cell.parameters.map(({ grad }) => Array.from(device.read(grad)));
  return { cell, walk, gradients };
}

const shown = (first: number): Float32Array => {
  const rng = random(2, "inputs", first);
  return Float32Array.from({ length: steps * batch * inputs }, () => rng.normal());
};
const stepOf = (all: Float32Array, t: number) => all.slice(t * batch * inputs, (t + 1) * batch * inputs);

/** Three segments, captured: their losses and gradients. */
function segments(device: Device, count = 3) {
  const { cell, walk, gradients } = network(device);
  const carry = new Carry(device);
  const input = device.allocate(steps * batch, inputs);
  let losses: readonly Tensor[] = [];
  const segment = () => {
    const tape = new Tape(device, batch);
    const from = carry.resume(tape, cell.begin(tape, steps));
    const all = tape.input(input);
    const walked = walk(tape, from, (t) => tape.rows(all, t * batch, batch), steps);
    carry.keep(walked.state);
    losses = walked.losses;
    tape.backward(walked.loss);
  };
  device.write(input, shown(0));
  const captured = device.capture(segment);
  const results = Array.from({ length: count }, (_, k) => {
    if (k > 0) {
      device.write(input, shown(k));
      captured.repeat();
    }
    return { losses: losses.map(({ value }) => device.read(value)[0]!), gradients: gradients() };
  });
  return { results, carry, captured, input, losses: () => losses };
}

describe("what a segment leaves for the next", () => {
  it("is what an episode without a break has at that time", () => {
    const { cell, walk } = network(reference);
    const tape = new Tape(reference, batch, false);
    const all = Array.from({ length: 3 }, (_, k) => shown(k));
    const input = (t: number) => tape.constant(batch, inputs, stepOf(all[Math.floor(t / steps)]!, t % steps));
    const whole = walk(tape, cell.begin(tape), input, 3 * steps).losses.map(
      ({ value }) => reference.read(value)[0]!,
    );
    const { results } = segments(reference);
    results
      .flatMap(({ losses }) => losses)
      .forEach((loss, t) => {
        expect(loss).toBeCloseTo(whole[t]!, 10);
      });
  });

  it("has no gradient into the segment before: a segment's is that of a fresh tape with the state as numbers", () => {
    const { results, carry } = segments(reference, 1);
    const kept = carry.read();
    const { cell, walk, gradients } = network(reference);
    const tape = new Tape(reference, batch);
    const fresh = cell.begin(tape, steps);
    const states = fresh.map((state, k) => {
      const constant = (key: string) => {
        const { shape, data } = kept[`${k}.${key}`]!;
        return tape.constant(...shape, data);
      };
      const { history } = state.traces;
      for (const trace of history.rule.traces) history.traces.load(trace, constant(`traces.${trace}`).value);
      return { ...state, y: constant("y"), c: constant("c") };
    });
    const from = states as unknown as typeof fresh;
    const next = shown(1);
    const { loss } = walk(tape, from, (t) => tape.constant(batch, inputs, stepOf(next, t)), steps);
    tape.backward(loss);
    const expected = gradients();
    expect(results).toHaveLength(1);
    const second = segments(reference, 2).results[1]!;
    second.gradients.forEach((gradient, p) => {
      gradient.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[p]![k]!, 10);
      });
    });
  });

  it.each([0, 1])("comes out of the engine as out of the reference device, captured (engine %i)", (which) => {
    const expected = segments(reference).results;
    segments(engines[which]!).results.forEach(({ losses, gradients }, k) => {
      losses.forEach((loss, t) => {
        expect(loss).toBeCloseTo(expected[k]!.losses[t]!, 4);
      });
      gradients.forEach((gradient, p) => {
        const other = expected[k]!.gradients[p]!;
        const largest = Math.max(1e-3, ...other.map(Math.abs));
        gradient.forEach((value, n) => {
          expect(Math.abs(value - other[n]!) / largest).toBeLessThan(1e-4);
        });
      });
    });
  });

  it("goes on from what was read, with the same bits, and begins anew after a reset", () => {
    const [engine] = engines;
    const first = segments(engine, 2);
    const kept = first.carry.read();
    const next = (of: typeof first, k: number) => {
      engine.write(of.input, shown(k));
      of.captured.repeat();
      return of.losses().map(({ value }) => engine.read(value)[0]!);
    };
    const expected = next(first, 2);
    const resumed = segments(engine, 1);
    resumed.carry.write(kept);
    expect(next(resumed, 2)).toEqual(expected);
    resumed.carry.reset();
    expect(next(resumed, 0)).toEqual(first.results[0]!.losses);
    expect(() => resumed.carry.write({ y: kept["0.y"]! })).toThrow("carry.write: expected 0.c [3, 7]");
    for (const each of [first, resumed]) {
      each.captured.release();
      each.carry.release();
    }
  });
});
