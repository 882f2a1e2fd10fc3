/**
 * What fast-weight rules recall: trains `mqar` (and `parity`) networks, one after another, and writes each one's accuracy on 1,000
 * fresh episodes as a line of JSON. Run again, it goes on after the last line.
 *
 *     node dist/bench/recall.js docs/results/mqar/accuracy.jsonl
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { experiments } from "../src/experiments/index.js";
import { init } from "../src/index.js";
import { evaluateExperiment, type ModelState, run } from "../src/training/index.js";

interface Job {
  readonly experiment: "mqar" | "parity";
  readonly options: Readonly<Record<string, string | number>>;
  readonly seed: number;
  readonly episodes: number;
}

const rules = ["linearAttention", "decayingHebb", "deltaRule", "gatedDelta", "kimiDelta"];
const deltaRules = ["deltaRule", "gatedDelta", "kimiDelta"];
const seeds = [0, 1, 2];
const episodes = 16_000;
/** Small batches: with 64 episodes in each there are 250 steps of the optimiser, and delta rules are far from done. */
const training = { batch: 16, lr: 0.005 };

const recall = (rule: string, pairs: number, keySize: number, seed: number): Job => ({
  experiment: "mqar",
  options: {
    ...{ rule, pairs, length: Math.max(64, 4 * pairs), vocabulary: 256 },
    ...{ layers: 1, keySize, valueSize: 64, ...training },
  },
  seed,
  episodes,
});
const parity = (betaMax: number, seed: number): Job => ({
  experiment: "parity",
  options: { rule: "deltaRule", length: 40, betaMax, lr: 0.01 },
  seed,
  episodes,
});

/** What is told apart most of all comes first, every place with one seed before any has two: so a part of it is of use. */
const places: readonly (readonly [pairs: number, keySize: number])[] = [
  ...([8, 16, 32, 4].map((pairs) => [pairs, 16]) as [number, number][]),
  ...([8, 32, 64].map((keySize) => [8, keySize]) as [number, number][]),
];
const jobs = [
  ...seeds.flatMap((seed): Job[] => [
    ...places.flatMap(([pairs, keySize]) => rules.map((rule) => recall(rule, pairs, keySize, seed))),
    ...deltaRules.map((rule) => recall(rule, 4, 64, seed)),
    ...[2, 1].map((betaMax) => parity(betaMax, seed)),
  ]),
  ...seeds.flatMap((seed) => rules.map((rule) => recall(rule, 64, 16, seed))),
];

const file = process.argv[2];
if (file === undefined) throw new Error("recall: expected the file to write to, such as accuracy.jsonl");
const keyOf = ({ experiment, options, seed, episodes: lived }: Job) =>
  JSON.stringify([experiment, options, seed, lived]);
const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
const done = new Set(lines.map((line) => keyOf(JSON.parse(line) as Job)));

const device = await init({ device: "native", threads: 1 });
for (const job of jobs) {
  if (done.has(keyOf(job))) continue;
  const experiment = experiments[job.experiment]!;
  const start = process.cpuUsage();
  let model: ModelState | undefined;
  const settings = { ...job, device, images: null, checkpointEvery: job.episodes };
  for await (const event of run(experiment, settings)) {
    if (event.type === "checkpoint") model = event.checkpoint;
  }
  const { accuracy, episodes: tested } = await evaluateExperiment(experiment, {
    device,
    model: model!,
    images: null,
  });
  const { user, system } = process.cpuUsage(start);
  const cpuSeconds = Number(((user + system) / 1e6).toFixed(1));
  appendFileSync(file, `${JSON.stringify({ ...job, accuracy, tested, cpuSeconds })}\n`);
}
await device.dispose();
