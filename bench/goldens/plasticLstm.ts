import type { Device } from "../../src/devices/device.js";
import { fanOutModulator, Lstm, type LstmActivity, singleModulator } from "../../src/layers/index.js";
import type { ParamRate } from "../../src/rules/definition.js";
import {
  clippedModulation,
  decayingHebb,
  fanOutModulation,
  modulatedReadClip,
  readClip,
  withRates,
} from "../../src/rules/index.js";
import type { Rule } from "../../src/rules/rule.js";
import { Tape, type Tensor, traceValue } from "../../src/tape/index.js";
import { Binding, joined, total, weightedSum, zeros } from "./binding.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf, timeSteps } from "./golden.js";

/** `plastic-lstm-<alpha>-<modulated from>-<one rate or fanned out>-<bound>-<post>`. */
const pattern =
  /^plastic-lstm-(full|perneuron|single)-(none|modplasth2mod|modplastc2mod)-(single|fanout)-(clip|decay|readclip)-(i2c|h2co|cell|hidden)$/;

const alphas: Readonly<Record<string, ParamRate>> = {
  full: "connection",
  perneuron: "post",
  single: "layer",
};
const rules: Readonly<Record<string, Rule>> = {
  "none-single-decay": decayingHebb,
  "none-single-readclip": readClip,
  "modulated-single-clip": clippedModulation,
  "modulated-single-readclip": modulatedReadClip,
  "modulated-fanout-clip": fanOutModulation,
};
const posts: Readonly<Record<string, keyof LstmActivity>> = {
  i2c: "candidate",
  h2co: "read",
  cell: "cell",
  hidden: "hidden",
};

/** Plastic LSTMs of Miconi et al. 2019, 4.3. */
export const plasticLstm: Family = {
  supports: (golden) => pattern.test(golden.case),
  splits: true,

  run(device: Device, golden: Golden): Results {
    const [, alpha, source, fan, bound, post] = pattern.exec(golden.case)! as unknown as string[];
    const modulated = source !== "none";
    const rule = withRates(rules[`${modulated ? "modulated" : "none"}-${fan}-${bound}`]!, {
      alpha: alphas[alpha!]!,
    });
    const xs = tensorOf(golden.inputs, "x");
    const [steps, batch, inputs] = xs.shape as [number, number, number];
    const neurons = tensorOf(golden.params, "w").shape[0]!;
    const lstm = new Lstm(
      device,
      {
        inputs,
        neurons,
        rule,
        post: posts[post!]!,
        ...(modulated && {
          modulator: fan === "fanout" ? fanOutModulator : singleModulator,
          modulatorReads: source === "modplastc2mod" ? "cell" : "hidden",
        }),
      },
      zeros,
    );
    const binding = new Binding(device, golden);
    for (const key of Object.keys(rule.params)) binding.load(key, lstm.connection.parameter(key));
    for (const [short, gate] of [
      ["f", lstm.forget],
      ["i", lstm.write],
      ["opt", lstm.output],
    ] as const) {
      binding.load(`x2${short}.weight`, gate.input, "post-pre");
      binding.load(`h2${short}.weight`, gate.recurrent, "post-pre");
      binding.loadSum([`x2${short}.bias`, `h2${short}.bias`], gate.bias);
    }
    binding.load("x2c.weight", lstm.input, "post-pre");
    binding.load("x2c.bias", lstm.bias);
    binding.loadModulator(lstm.modulator, { modulator: "h2mod", fanOut: "modfanout" });

    const tape = new Tape(device, batch);
    const x = timeSteps(xs).map((data) => tape.variable(batch, inputs, data));
    let state = lstm.begin(tape, steps);
    const [hs, cs]: [Tensor[], Tensor[]] = [[], []];
    for (const input of x) {
      state = lstm.step(tape, state, input).state;
      hs.push(state.y);
      cs.push(state.c);
    }
    const trace = traceValue(state.traces, "H").value;
    const { lossWeights } = golden;
    const ch = timeSteps(tensorOf(lossWeights, "ch"));
    const cc = timeSteps(tensorOf(lossWeights, "cc"));
    const loss = total(tape, [
      ...hs.map((h, t) => weightedSum(tape, h, ch[t]!)),
      ...cs.map((c, t) => weightedSum(tape, c, cc[t]!)),
      weightedSum(tape, trace, tensorOf(lossWeights, "ctr").data),
    ]);
    tape.backward(loss);

    const results = {
      loss: device.read(loss.value)[0]!,
      outputs: {
        h: joined(device, hs, "value"),
        c: joined(device, cs, "value"),
        trace_T: device.read(trace.value),
      },
      grads: { ...binding.gradients(), x: joined(device, x, "grad") },
    };
    binding.release();
    return results;
  },
};
