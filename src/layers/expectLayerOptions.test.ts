import { describe, expect, test } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { decayingHebb, nonplastic, oja } from "../rules/index.js";
import { Parameter, Tape } from "../tape/index.js";
import { random } from "../tasks/index.js";
import {
  FastWeights,
  FastWeightsRnn,
  Gru,
  irnn,
  Linear,
  Lstm,
  PlasticConnection,
  PlasticReadout,
  PlasticRnn,
  plainRnn,
  plastic,
  TraceCache,
} from "./index.js";

const device = new ReferenceDevice();
const draw = () => random(0, "weights", 0);
type Make = (options: Record<string, unknown>) => unknown;
const of =
  (Layer: new (device: never, options: never, random: never) => unknown): Make =>
  (options) =>
    new Layer(device as never, options as never, draw() as never);

/** Each layer that takes options, with those that it needs, and one of its sizes. */
const layers: Readonly<Record<string, readonly [Make, Record<string, unknown>, size: string]>> = {
  plasticRnn: [of(PlasticRnn), { neurons: 3, rule: oja }, "neurons"],
  lstm: [of(Lstm), { inputs: 2, neurons: 3 }, "inputs"],
  gru: [of(Gru), { inputs: 2, neurons: 3 }, "neurons"],
  irnn: [(options) => irnn(device, options as never, draw()), { inputs: 2, neurons: 3 }, "neurons"],
  fastWeightsRnn: [of(FastWeightsRnn), { inputs: 2, neurons: 3 }, "reads"],
  fastWeights: [of(FastWeights), { width: 4, rule: nonplastic }, "heads"],
  plasticReadout: [of(PlasticReadout), { inputs: 2, classes: 3, rule: oja }, "classes"],
  traceCache: [of(TraceCache), { inputs: 2, words: 3, features: 2 }, "features"],
};

describe.each(Object.entries(layers))("%s", (name, [make, needed, size]) => {
  test("says which of the options that it needs is missing", () => {
    expect(() => make(needed)).not.toThrow();
    for (const option of Object.keys(needed)) {
      expect(() => make({ ...needed, [option]: undefined })).toThrow(
        new RegExp(`^${name}: ${option} must be .*, got undefined`),
      );
    }
  });

  test("refuses an option that it has not, with the one that was probably meant", () => {
    const [option] = Object.keys(needed) as [string];
    expect(() => make({ ...needed, [`${option}z`]: 3 })).toThrow(
      new RegExp(`^${name}: there is no option "${option}z"; there are .*; did you mean "${option}"\\?$`),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, "3", null])("refuses a size of %j", (wrong) => {
    expect(() => make({ ...needed, [size]: wrong })).toThrow(
      new RegExp(`^${name}: ${size} must be a whole number of at least 1, got `),
    );
  });
});

test.each([
  ["plasticRnn", { from: "all" }, 'from must be one of hidden, input, both, got "all"'],
  ["plasticRnn", { pre: "past" }, 'pre must be one of present, previous, got "past"'],
  [
    "plasticRnn",
    { rule: "oja" },
    'rule must be a rule, such as decayingHebb or what defineRule gives, got "oja"',
  ],
  ["plasticRnn", { modulatorReads: "cell" }, 'modulatorReads must be one of hidden, previous, got "cell"'],
  [
    "plasticRnn",
    { fixed: ["etta"] },
    'fixed: the rule oja has no constant "etta"; it has w, alpha, eta; did you mean "eta"?',
  ],
  ["plasticRnn", { fixed: "eta" }, 'fixed must be a list of names such as ["eta"], got "eta"'],
  ["lstm", { post: "output" }, 'post must be one of read, candidate, cell, hidden, got "output"'],
  ["gru", { post: "cell" }, 'post must be one of read, candidate, hidden, got "cell"'],
] as const)("%s refuses %j", (name, wrong, message) => {
  const [make, needed] = layers[name]!;
  expect(() => make({ ...needed, ...wrong })).toThrow(`${name}: ${message}`);
});

test("a cell is not made plastic with a misspelt option", () => {
  const cell = () => plainRnn(device, { neurons: 3 }, draw());
  const options = { rule: decayingHebb, form: "input" } as never;
  expect(() => plastic(device, cell(), options, draw())).toThrow('plastic: there is no option "form"');
  expect(() => plastic(device, cell(), {} as never, draw())).toThrow("plastic: rule must be a rule");
});

test("connections, linear layers, parameters and tapes refuse sizes that there are not", () => {
  const connection = { name: "c", rule: oja, pre: 0, post: 3 };
  expect(() => new PlasticConnection(device, connection, draw())).toThrow(
    "plasticConnection: pre must be a whole number of at least 1, got 0",
  );
  expect(() => new Linear(device, "readout", 3, 0, draw())).toThrow(
    "linear readout: outputs must be a whole number of at least 1, got 0",
  );
  expect(() => new Parameter("p", device, 2, 0.5, null)).toThrow(
    "parameter p: rows and cols must be whole numbers of at least 1, got 2 and 0.5",
  );
  expect(() => new Tape(device, 0)).toThrow("tape: batch must be a whole number of at least 1, got 0");
});
