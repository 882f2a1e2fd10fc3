import type { Device } from "../../src/devices/device.js";
import { PlasticConnection } from "../../src/layers/index.js";
import * as rules from "../../src/rules/index.js";
import { Tape, type Tensor, traceValue } from "../../src/tape/index.js";
import { joined, total, weightedSum, zeros } from "./binding.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf, timeSteps } from "./golden.js";

/** Each golden's rule, and what the rule calls the golden's inputs, where it is another name. */
const cases: Readonly<Record<string, readonly [rules.Rule, Readonly<Record<string, string>>]>> = {
  "fast-retention": [rules.retention, {}],
  "fast-gla": [rules.gatedLinearAttention, {}],
  "fast-delta": [rules.deltaRule, { b: "beta" }],
  "fast-gated-delta": [rules.gatedDelta, { b: "beta" }],
  "fast-kda": [rules.kimiDelta, { b: "beta" }],
  "fast-gated-delta-2": [rules.gatedDelta2, { e: "erase", w: "write" }],
  "fast-comba": [rules.comba, { p: "readKey", b: "beta" }],
  "fast-dplr": [rules.diagonalPlusLowRank, {}],
  "fast-gated-oja": [rules.gatedOja, { b: "beta" }],
  "fast-titans-linear": [rules.titans, { b: "beta" }],
  "fast-delta-product": [rules.deltaProduct, { k2: "key2", v2: "value2", b: "beta", b2: "beta2" }],
};

/** `fast-<rule>`: a fast-weight layer's memory, updated by keys and values, then read by queries. */
export const fastWeights: Family = {
  splits: true,
  supports: (golden) => golden.case in cases,

  run(device: Device, golden: Golden): Results {
    const [rule, names] = cases[golden.case]!;
    const [steps, batch, pre] = tensorOf(golden.inputs, "k").shape as [number, number, number];
    const [, , post] = tensorOf(golden.inputs, "v").shape as [number, number, number];
    const connection = new PlasticConnection(device, { name: "memory", rule, pre, post }, zeros);

    const tape = new Tape(device, batch);
    const inputs = Object.fromEntries(
      Object.entries(golden.inputs).map(([key, tensor]) => {
        const size = tensor.shape[2]!;
        return [key, timeSteps(tensor).map((data) => tape.variable(batch, size, data))];
      }),
    );
    const called = (key: string) => (key === "k" ? "pre" : key === "v" ? "post" : (names[key] ?? key));
    const vectors = Array.from({ length: steps }, (_, t) =>
      Object.fromEntries(
        Object.entries(inputs).flatMap(([key, each]) => (key === "q" ? [] : [[called(key), each[t]!]])),
      ),
    );
    let traces = connection.begin(tape, steps);
    const outputs: Tensor[] = [];
    vectors.forEach((each, t) => {
      const read = connection.read(connection.update(traces, each), inputs.q![t]!, vectors[t + 1]);
      outputs.push(read.z);
      traces = read.traces;
    });
    const trace = traceValue(traces, "H").value;
    const co = timeSteps(tensorOf(golden.lossWeights, "co"));
    const loss = total(tape, [
      ...outputs.map((o, t) => weightedSum(tape, o, co[t]!)),
      weightedSum(tape, trace, tensorOf(golden.lossWeights, "ch").data),
    ]);
    tape.backward(loss);
    return {
      loss: device.read(loss.value)[0]!,
      outputs: { o: joined(device, outputs, "value"), H_T: device.read(trace.value) },
      grads: Object.fromEntries(
        Object.entries(inputs).map(([key, each]) => [key, joined(device, each, "grad")]),
      ),
    };
  },
};
