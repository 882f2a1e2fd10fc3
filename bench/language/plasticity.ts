import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { Command } from "commander";
import { init } from "../../src/devices/init.js";
import { TextJudge } from "../../src/experiments/ptb/judge.js";
import { TextModel } from "../../src/experiments/ptb/model.js";
import { ptb } from "../../src/experiments/ptb/ptb.js";
import { buildVocabulary, textPieces } from "../../src/tasks/index.js";
import { decodeCheckpoint, resolveOptions } from "../../src/training/index.js";
import { machineHere } from "../machine.js";

/**
 * `node dist/bench/language/plasticity.js --run runs/ptb-seed0 --train a.txt --valid b.txt --out c.json`: what a trained network of the
 * experiment `ptb` has of its plasticity. Its perplexity with what the traces bring taken away (alpha 0), and with everything written
 * into them at a share of the learned rates; and how full the traces were when training stopped.
 */

const options = new Command("language/plasticity")
  .requiredOption("--run <folder>", "a run of ptb that reads by word")
  .requiredOption("--train <file>", "the text that it was trained on, for its words; plain or .gz")
  .requiredOption("--valid <file>", "text to judge by")
  .requiredOption("--out <file>", "where the JSON goes")
  .option("--words <n>", "of that text, from its start", Number, 36_881)
  .parse()
  .opts<{ run: string; train: string; valid: string; out: string; words: number }>();

/** Factors of the learned parameters of rules, by the ends of their names. */
const changes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "as trained": {},
  "alpha 0": { alpha: 0 },
  "rates x 0.3": { fanOut: 0.3, eta: 0.3 },
  "rates x 0.1": { fanOut: 0.1, eta: 0.1 },
  "rates x 0.03": { fanOut: 0.03, eta: 0.03 },
};

const read = (file: string): string[] => {
  const bytes = readFileSync(file);
  return textPieces((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"), "word", file);
};
const file = `${options.run}/checkpoint.safetensors`;
const checkpoint = decodeCheckpoint(new Uint8Array(readFileSync(file)), file);
const settings = resolveOptions(ptb, checkpoint.options);
const { batch, steps } = settings;
const vocabulary = buildVocabulary(read(options.train), { limit: settings.vocabulary });
const valid = vocabulary.encode(read(options.valid)).subarray(0, options.words);
const device = await init({ device: "native", threads: 1 });

const perplexity: Record<string, number> = {};
for (const [name, factors] of Object.entries(changes)) {
  const model = new TextModel(device, vocabulary.size, settings, 0);
  for (const { name: of, value } of model.parameters) {
    const factor = factors[of.split(".").at(-1)!] ?? 1;
    device.write(
      value,
      Float32Array.from(checkpoint.parameters[of]!.data, (each) => factor * each),
    );
  }
  const judge = new TextJudge(device, model, valid, { batch, steps }, options.valid);
  perplexity[name] = (await judge.judge("all", { pause: async () => {} })).perplexity;
  console.log(`${name}: ${perplexity[name]!.toFixed(2)}`);
  for (const { value, grad } of model.parameters) for (const buffer of [value, grad]) device.release(buffer);
}
await device.dispose();

const traces = Object.entries(checkpoint.carried ?? {}).filter(([name]) => name.endsWith(".H"));
const full = Object.fromEntries(
  traces.map(([name, { data }]) => {
    const sizes = Array.from(data, Math.abs);
    const mean = sizes.reduce((sum, each) => sum + each, 0) / sizes.length;
    return [name, { mean, atBounds: sizes.filter((each) => each > 0.99).length / sizes.length }];
  }),
);
const args = process.argv.slice(2).map((each) => basename(each));
const command = `node dist/bench/language/plasticity.js ${args.join(" ")}`;
const { network, plasticFrom, pre, trace } = settings;
const result = { network, plasticFrom, pre, trace, episode: checkpoint.episode, perplexity, traces: full };
writeFileSync(options.out, `${JSON.stringify({ ...machineHere(), command, ...result }, null, 2)}\n`);
