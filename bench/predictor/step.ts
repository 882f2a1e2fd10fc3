import { loadModel } from "../../src/lifetime/index.js";
import { random } from "../../src/tasks/index.js";
import { machineHere } from "../machine.js";
import { median, quantile } from "../statistics.js";

/**
 * `node dist/bench/predictor/step.js`: how long a step of the predictor takes, as JSON. The processor's time is the least of 60 means of
 * ten steps, the clock's the fastest tenth and the median of all steps: where others leave it alone, and where they do not.
 */

const ROUNDS = 60;
const STEPS = 10;
const model = await loadModel("examples/predictor/predictor.safetensors");
const life = model.begin();
const rng = random(0, "bench", 2);
const clock: number[] = [];
const processor = Array.from({ length: ROUNDS }, () => {
  const before = process.cpuUsage();
  for (let k = 0; k < STEPS; k++) {
    const word = rng.integer(model.inputs[0]!.size);
    const begun = performance.now();
    life.step(word);
    clock.push(performance.now() - begun);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / STEPS;
});
const round = (value: number) => Number(value.toPrecision(3));
console.log(
  JSON.stringify(
    {
      ...machineHere(),
      command: "node dist/bench/predictor/step.js",
      unit: "ms a step",
      steps: clock.length,
      processor: round(Math.min(...processor)),
      fastestTenth: round(quantile(clock, 0.1)),
      median: round(median(clock)),
    },
    null,
    2,
  ),
);
