import fc from "fast-check";
import { afterAll, describe, test } from "vitest";
import { init } from "../src/devices/init.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import type { Rate } from "../src/formulas/index.js";
import type { Rule } from "../src/rules/rule.js";
import { openTraces, readTraces, type Tape, type Tensor, updateTraces } from "../src/tape/index.js";
import { type Graph, leaf, randomLoss, uniformNumbers } from "./graph.js";
import { expectGraphParity } from "./parity.js";
import { paramShape } from "./plasticEpisode.js";
import { testedRules } from "./rules.js";
import { interpretedDevice } from "./support/interpretedDevice.js";
import { runs } from "./support/runs.js";

/** One moment: what is read with and what each vector of the update is, by their places in the pool; whether the read knows them. */
interface Moment {
  readonly x: number;
  readonly vectors: readonly number[];
  readonly ahead: boolean;
}

interface Roles {
  readonly rule: Rule;
  readonly batch: number;
  readonly moments: readonly Moment[];
  /** Parameters of one shape that are one tensor: by the number of each parameter of the rule. */
  readonly params: readonly number[];
  readonly seed: number;
}

/**
 * An episode of a connection from `neurons` to as many, in which few tensors have all the roles: what is read with, what is learned
 * from at either end, signals, and what was read before. So several sums of a kernel are added to the same numbers.
 */
function sharedRoles({ rule, batch, moments, params, seed }: Roles, neurons: number): Graph {
  const size = 1 / Math.sqrt(neurons);
  const shared = Object.entries(rule.params).map(([key, { per }], k) => {
    const [rows, cols] = paramShape(per, neurons, neurons);
    const data =
      per === "connection"
        ? uniformNumbers(seed, key, rows * cols, -size, size)
        : uniformNumbers(seed, key, rows * cols, 0.1, 0.7);
    return [key, `${per} ${params[k]! % 2}`, { kind: "parameter" as const, rows, cols, data }] as const;
  });
  const leaves = {
    a: leaf(seed, "a", "input", batch, neurons, size),
    b: leaf(seed, "b", "input", batch, neurons, size),
    m: leaf(seed, "m", "input", batch, 1),
    ...Object.fromEntries(shared.map(([, name, each]) => [name, each])),
  };

  function build(tape: Tape, given: Readonly<Record<string, Tensor>>) {
    const pool = [given.a!, given.b!];
    const ofRule = Object.fromEntries(shared.map(([key, name]) => [key, given[name]!]));
    let traces = openTraces(tape, rule, ofRule, neurons, neurons);
    const outputs: Record<string, Tensor> = {};
    const wanted: [string, Rate][] = [["pre", "pre"], ["post", "post"], ...Object.entries(rule.signals)];
    for (const [t, { x, vectors, ahead }] of moments.entries()) {
      const pick = (k: number) => pool[k % pool.length]!;
      // With one neuron at each end, a signal of the episode can be one of them too.
      const told = Object.fromEntries(
        wanted.map(([key, rate], k) => [
          key,
          rate === "episode" && neurons > 1 ? given.m! : pick(vectors[k % vectors.length]!),
        ]),
      );
      const read = readTraces(traces, pick(x), ahead ? told : undefined);
      traces = updateTraces(read.traces, told);
      outputs[`z ${t}`] = read.z;
      pool.push(read.z);
    }
    outputs.last = readTraces(traces, given.a!).z;
    return { loss: randomLoss(tape, seed, outputs), outputs };
  }
  return { batch, leaves, build };
}

const roles = (rule: Rule): fc.Arbitrary<Roles> =>
  fc.record({
    rule: fc.constant(rule),
    batch: fc.integer({ min: 1, max: 3 }),
    moments: fc.array(
      fc.record({
        x: fc.nat(5),
        vectors: fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }),
        ahead: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    params: fc.array(fc.nat(1), {
      minLength: Object.keys(rule.params).length,
      maxLength: Object.keys(rule.params).length,
    }),
    seed: fc.nat(1000),
  });

const reference = new ReferenceDevice();
const wasm = await init({ device: "wasm", threads: 2 });
afterAll(() => wasm.dispose());

// One row a block and several, vectors that are whole and not, threads that share an episode's rows (from 142 neurons on).
describe.each([
  ["of four lanes, on two threads", wasm, [1, 7, 8, 145]],
  ["of eight lanes", interpretedDevice(8, 1), [1, 11, 16]],
  ["of sixteen lanes, on two threads", interpretedDevice(16, 2), [3, 19]],
] as const)("a tensor may have several roles, in kernels %s:", (_, device, sizes) => {
  test.each(testedRules.map((rule) => [rule.name, rule] as const))("%s", (_, rule) => {
    fc.assert(
      fc.property(roles(rule), fc.constantFrom(...sizes), (all, neurons) =>
        expectGraphParity(reference, device, sharedRoles(all, neurons)),
      ),
      { numRuns: runs(3) },
    );
  });
});
