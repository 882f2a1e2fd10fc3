import { type Life, loadModel, type Model } from "../src/lifetime/index.js";
import { random } from "../src/tasks/index.js";
import { machineHere } from "./machine.js";

/** `npm run bench:lifetime`: how long a step of a shipped network takes, on one thread. Prints JSON. */

const STEPS = 600;
const files = ["images", "images-rnn"];

interface Times {
  /** Milliseconds per step. */
  readonly median: number;
  readonly p90: number;
  readonly stepsPerSecond: number;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))]!;

function timesOf(model: Model, life: Life): Times {
  const rng = random(0, "bench", 0);
  const input = Float32Array.from({ length: model.inputs[0]!.size }, () => Math.tanh(rng.normal()));
  const times = Array.from({ length: STEPS }, () => {
    const begun = performance.now();
    life.step(input);
    return performance.now() - begun;
  });
  // The first steps are those of code that is not yet optimised.
  const sorted = times.slice(STEPS / 6).sort((a, b) => a - b);
  const round = (value: number) => Number(value.toPrecision(3));
  const median = quantile(sorted, 0.5);
  return { median: round(median), p90: round(quantile(sorted, 0.9)), stepsPerSecond: round(1000 / median) };
}

const cases = [];
for (const name of files) {
  const begun = performance.now();
  const model = await loadModel(`models/${name}.safetensors`);
  const loadMs = Math.round(performance.now() - begun);
  const life = model.begin();
  const learning = timesOf(model, life);
  life.freeze();
  const frozen = timesOf(model, life);
  const neurons = model.connections[0]!.pre;
  cases.push({ model: name, neurons, loadMs, learning, frozen });
}
console.log(
  JSON.stringify({ ...machineHere(), command: "npm run bench:lifetime", steps: STEPS, cases }, null, 2),
);
