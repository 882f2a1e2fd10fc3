import { expect, it } from "vitest";
import { randomLoss, uniformNumbers } from "../../../test/graph.js";
import type { Device } from "../../devices/device.js";
import { init } from "../../devices/init.js";
import { ReferenceDevice } from "../../devices/reference/index.js";
import type { Rule } from "../../rules/index.js";
import * as rules from "../../rules/index.js";
import { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { openTraces, readTraces, updateTraces } from "./plastic.js";

const [STEPS, BATCH, PRE, POST] = [7, 2, 6, 5];

/** The passes over the traces that a device is asked for. */
interface Sweeps {
  forward: number;
  backward: number;
}

function counting(device: Device, sweeps: Sweeps): Device {
  return new Proxy(device, {
    get(_, key) {
      const value = Reflect.get(device, key, device);
      if (key === "traces") {
        return (options: Parameters<Device["traces"]>[0]) => {
          const traces = device.traces(options);
          const { forward, backward } = traces;
          traces.forward = (...all) => {
            sweeps.forward++;
            forward.apply(traces, all);
          };
          traces.backward = (...all) => {
            sweeps.backward++;
            backward.apply(traces, all);
          };
          return traces;
        };
      }
      return typeof value === "function" ? value.bind(device) : value;
    },
  });
}

/** A fast-weight memory, written then read at every step; `ahead`: reads know what the next step writes. */
function memory(device: Device, rule: Rule, ahead: boolean) {
  const sweeps: Sweeps = { forward: 0, backward: 0 };
  const tape = new Tape(counting(device, sweeps), BATCH);
  const widths = { episode: 1, pre: PRE, post: POST };
  const needed = { pre: "pre", post: "post", ...rule.signals } as const;
  const variables: Record<string, Tensor> = {};
  const variable = (name: string, cols: number) => {
    variables[name] = tape.variable(BATCH, cols, uniformNumbers(3, name, BATCH * cols, -0.4, 0.6));
    return variables[name];
  };
  const vectors = Array.from({ length: STEPS }, (_, t) =>
    Object.fromEntries(
      Object.entries(needed).map(([key, rate]) => [key, variable(`${key} ${t}`, widths[rate])]),
    ),
  );
  let traces = openTraces(tape, rule, {}, PRE, POST, STEPS);
  const outputs: Record<string, Tensor> = {};
  vectors.forEach((each, t) => {
    traces = updateTraces(traces, each);
    const read = readTraces(traces, variable(`q ${t}`, PRE), ahead ? vectors[t + 1] : undefined);
    traces = read.traces;
    outputs[`z ${t}`] = read.z;
  });
  const loss = randomLoss(tape, 5, outputs);
  tape.backward(loss);
  const numbers: Record<string, number[]> = {};
  for (const [key, { value }] of Object.entries(outputs)) numbers[key] = Array.from(device.read(value));
  for (const [key, { grad }] of Object.entries(variables))
    numbers[`d ${key}`] = Array.from(device.read(grad!));
  return { numbers, sweeps };
}

const corrected: readonly Rule[] = [
  rules.deltaRule,
  rules.gatedDelta,
  rules.kimiDelta,
  rules.gatedDelta2,
  rules.comba,
  rules.diagonalPlusLowRank,
  rules.gatedOja,
  rules.titans,
  rules.deltaProduct,
];

it.each(corrected.map((rule) => [rule.name, rule] as const))(
  "what %s reads for its next update with the output, it would read by itself; but in one pass a step",
  async (_, rule) => {
    const engine = await init({ device: "wasm", threads: 1 });
    for (const [device, rounding] of [
      [new ReferenceDevice(), 1e-12],
      [engine, 2e-5],
    ] as const) {
      const [together, apart] = [memory(device, rule, true), memory(device, rule, false)];
      for (const [key, expected] of Object.entries(apart.numbers)) {
        const scale = Math.max(1e-3, ...expected.map(Math.abs));
        together.numbers[key]!.forEach((value, k) => {
          expect(Math.abs(value - expected[k]!) / scale, `${rule.name}: ${key} at ${k}`).toBeLessThan(
            rounding,
          );
        });
      }
      // What the first update reads, nobody read before.
      expect(together.sweeps).toEqual({ forward: STEPS + 1, backward: STEPS + 1 });
      expect(apart.sweeps).toEqual({ forward: 2 * STEPS, backward: 2 * STEPS });
    }
    await engine.dispose();
  },
);

it("reads again where the update is told something else than was known ahead", () => {
  const tape = new Tape(new ReferenceDevice(), 1);
  const row = (cols: number, value: number) => tape.filled(1, cols, value);
  const beta = row(1, 1);
  const told = { pre: row(2, 0.5), post: row(2, 1), beta };
  const begun = openTraces(tape, rules.deltaRule, {}, 2, 2);
  const { traces } = readTraces(updateTraces(begun, told), row(2, 1), { ...told, post: row(2, 3) });
  const other = { ...told, pre: row(2, 1) };
  const { z } = readTraces(updateTraces(traces, other), row(2, 1));
  // H is 0.5 at first; the key [1, 1] recalls 1 of it, which is the value already.
  expect(Array.from(tape.device.read(z.value))).toEqual([1, 1]);
});
