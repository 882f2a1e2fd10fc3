import { type Life, loadModel, type Model } from "../src/lifetime/index.js";
import { random } from "../src/tasks/index.js";
import { machineHere } from "./machine.js";
import { median, quantile } from "./statistics.js";

/** `npm run bench:lifetime`: how long a step of a shipped network takes, on one thread. Prints JSON. */

const STEPS = 600;
const files = ["images", "images-rnn"];
/** Rounds of many lives, and how many of which models. */
const ROUNDS = 40;
const crowds = { images: 8, omniglot: 32, "maze-9": 64 };

interface Times {
  /** Milliseconds per step. */
  readonly median: number;
  readonly p90: number;
  readonly stepsPerSecond: number;
}

function timesOf(model: Model, life: Life): Times {
  const rng = random(0, "bench", 0);
  const input = Float32Array.from({ length: model.inputs[0]!.size }, () => Math.tanh(rng.normal()));
  const times = Array.from({ length: STEPS }, () => {
    const begun = performance.now();
    life.step(input);
    return performance.now() - begun;
  });
  // The first steps are those of code that is not yet optimised.
  const settled = times.slice(STEPS / 6);
  const round = (value: number) => Number(value.toPrecision(3));
  const middle = median(settled);
  return { median: round(middle), p90: round(quantile(settled, 0.9)), stepsPerSecond: round(1000 / middle) };
}

/** What many lives cost: so many of a model, each by itself, taking turns, and side by side in a batch. */
function manyOf(model: Model, count: number) {
  const rng = random(0, "bench", 1);
  // Asked, not told: a classifier is not given the label.
  const { name, size } = model.inputs[0]!;
  const all = Float32Array.from({ length: count * size }, () => Math.tanh(rng.normal()));
  const own = Array.from({ length: count }, (_, b) => all.subarray(b * size, (b + 1) * size));
  const begins: number[] = [];
  const lives = own.map(() => {
    const begun = performance.now();
    const life = model.begin();
    begins.push(performance.now() - begun);
    return life;
  });
  const batch = model.begin({ batch: count });
  const alone = () => {
    for (const [b, life] of lives.entries()) life.step({ [name]: own[b]! });
  };
  const together = () => batch.step({ [name]: all });
  const took = (work: () => void): number => {
    const begun = performance.now();
    work();
    return (performance.now() - begun) / count;
  };
  for (let k = 0; k < ROUNDS / 4; k++) for (const work of [alone, together]) work();
  // In turns, so that whatever else this machine does slows both down.
  const times = Array.from({ length: ROUNDS }, () => [took(alone), took(together)] as const);
  const [aloneMs, batchMs] = ([0, 1] as const).map((which) => median(times.map((each) => each[which]))) as [
    number,
    number,
  ];
  const snapshot = lives[0]!.snapshot();
  const half = lives[0]!.snapshot({ precision: "float16" });
  for (const life of [...lives, batch]) life.end();
  const round = (value: number) => Number(value.toPrecision(3));
  return {
    lives: count,
    beginMs: round(median(begins)),
    aloneMs: round(aloneMs),
    batchMs: round(batchMs),
    ratio: round(aloneMs / batchMs),
    snapshotBytes: snapshot.length,
    float16Bytes: half.length,
  };
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
const many: Record<string, ReturnType<typeof manyOf>> = {};
for (const [name, count] of Object.entries(crowds)) {
  many[name] = manyOf(await loadModel(`models/${name}.safetensors`), count);
}
const about = { ...machineHere(), command: "npm run bench:lifetime", steps: STEPS };
console.log(JSON.stringify({ ...about, cases, rounds: ROUNDS, many }, null, 2));
