import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { FastWeights, Residual, type SequenceCell, stackedSequence } from "../src/layers/index.js";
import { loadModel } from "../src/lifetime/index.js";
import * as rules from "../src/rules/index.js";
import { Tape } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { saveModel } from "../src/training/index.js";

const device = new ReferenceDevice();
const [width, steps] = [6, 8];
const inputs = random(0, "inputs", 0).fillNormal(new Float32Array(steps * width), 1);

/** Two residual blocks of two heads each. */
function stackOf(rule: rules.Rule): SequenceCell<unknown> {
  const numbers = random(1, "weights", 0);
  const blocks = [0, 1].map((k) => {
    const sizes = { width, heads: 2, keySize: 4, valueSize: 3, taps: 3 };
    return new Residual(
      device,
      `block${k}`,
      new FastWeights(device, { ...sizes, rule, name: `layer${k}` }, numbers),
    );
  });
  return stackedSequence(blocks) as unknown as SequenceCell<unknown>;
}

const lived = [rules.decayingHebb, rules.gatedDelta, rules.kimiDelta, rules.gatedOja, rules.deltaProduct];

describe.each(lived.map((rule) => [rule.name, rule] as const))("a stack of layers of %s", (_, rule) => {
  it("answers from a model file, one step at a time, as it did a whole episode at once", async () => {
    const stack = stackOf(rule);
    const tape = new Tape(device, 1, false);
    const { outputs } = stack.whole(tape, tape.constant(steps, width, inputs));
    const expected = Array.from(device.read(outputs.value));
    const model = await loadModel(saveModel(stack));
    expect(model.connections.map(({ name }) => name)).toEqual([
      "layer0.head0.memory",
      "layer0.head1.memory",
      "layer1.head0.memory",
      "layer1.head1.memory",
    ]);
    const life = model.begin();
    const answers = Array.from({ length: steps }, (_, t) =>
      Array.from(life.step(inputs.subarray(t * width, (t + 1) * width))),
    ).flat();
    const scale = Math.max(...expected.map(Math.abs));
    const worst = Math.max(...expected.map((each, k) => Math.abs(each - answers[k]!)));
    expect(worst / scale).toBeLessThan(2e-5);
  });
});
