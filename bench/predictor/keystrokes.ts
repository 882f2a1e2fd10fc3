import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { init } from "../../src/devices/init.js";
import {
  NeuralCache,
  NgramCache,
  NUMBER,
  type TextCache,
  textPieces,
  WordCompletion,
} from "../../src/tasks/index.js";
import { HostTrace } from "../language/hostTrace.js";
import { decodeLanguage } from "../language/networkFile.js";
import { machineHere } from "../machine.js";
import { distributions } from "./distributions.js";
import { traceOf } from "./traceOf.js";

/**
 * `node dist/bench/predictor/keystrokes.js --network a.safetensors --model predictor.safetensors --texts folder --out b.json`: how many
 * keystrokes the predictor and its rivals save people whom it was not trained on. A word costs its letters and a space, or as many
 * letters as are typed until it is among three suggestions, and one keystroke that takes it with its space; a mark costs one; numbers
 * are left out. Words that the vocabulary lacks are typed out under all of them.
 */

const options = new Command("predictor/keystrokes")
  .requiredOption("--network <file>", "the network of language/train")
  .requiredOption("--model <file>", "the model, whose trace lives")
  .requiredOption("--texts <folder>", "texts, one a person")
  .requiredOption("--out <file>", "JSON with all figures")
  .option("--words <n>", "words of each person", Number, 10_000)
  .option("--every <n>", "one word in so many is judged; all of them are learned", Number, 4)
  .option("--theta <number>", "of the neural cache", Number, 0.8)
  .option("--share <number>", "of the neural cache", Number, 0.16)
  .option("--ngram <list>", "shares of the n-gram cache", "0.01,0.2,0.15")
  .option("--together <list>", "of the n-gram cache on top of the trace", "0.003,0.08,0.15")
  .parse()
  .opts<{
    network: string;
    model: string;
    texts: string;
    out: string;
    words: number;
    every: number;
    theta: number;
    share: number;
    ngram: string;
    together: string;
  }>();

const device = await init({ device: "native", threads: 1 });
const { network, vocabulary } = decodeLanguage(device, readFileSync(options.network));
const { units, words } = network;
const trace = traceOf(device, options.model, network);
const features = trace.connection.pre;
const completion = new WordCompletion(vocabulary);
/** As many words as the trace's bytes hold with their hidden states. */
const size = Math.floor((4 * words * features) / (4 * units + 2));
/** Words that a context must have come before until it is half trusted. */
const prior = [100, 5, 1];
const numbers = (list: string) => list.split(",").map(Number);

const rivals: Readonly<Record<string, () => TextCache[]>> = {
  living: () => [new HostTrace(trace, words)],
  frozen: () => [],
  "n-gram cache": () => [new NgramCache({ prior, share: numbers(options.ngram) })],
  "neural cache": () => [new NeuralCache({ units, size, theta: options.theta, share: options.share })],
  "living and n-gram cache": () => [
    new HostTrace(trace, words),
    new NgramCache({ prior, share: numbers(options.together) }),
  ],
};
const stages = [500, 2000, options.words];
const people: Record<string, { words: number; unknown: number; saved: Record<string, number[]> }> = {};
for (const file of readdirSync(options.texts).sort()) {
  const pieces = textPieces(readFileSync(join(options.texts, file), "utf8"), "word", file).slice(
    0,
    options.words,
  );
  const tokens = vocabulary.encode(pieces);
  const typed = stages.map(() => 0);
  const caches = Object.entries(rivals).map(([name, make]) => ({
    name,
    caches: make(),
    spent: stages.map(() => 0),
  }));
  const mixed = new Float32Array(words);
  let unknown = 0;
  for (const { t, own, h } of distributions(network, tokens, (t) => t % options.every === 0, file)) {
    const piece = pieces[t]!;
    const stage = stages.findIndex((end) => t < end);
    const isUnknown = tokens[t] === vocabulary.unknown;
    if (isUnknown) unknown++;
    const counts = own !== null && piece !== NUMBER && !piece.startsWith("<");
    const length = [...piece].length;
    const isMark = !/^\p{L}/u.test(piece);
    if (counts) typed[stage]! += isMark ? 1 : length + 1;
    for (const rival of caches) {
      if (counts && isMark) rival.spent[stage]!++;
      else if (counts && isUnknown) rival.spent[stage]! += length + 1;
      else if (counts) {
        mixed.set(own);
        for (const cache of rival.caches) cache.mix(mixed, h);
        rival.spent[stage]! += completion.letters(mixed, piece) + 1;
      }
      for (const cache of rival.caches) cache.learn(tokens[t]!, h);
    }
  }
  const saved = Object.fromEntries(
    caches.map(({ name, spent }) => [
      name,
      spent.map((each, i) => Number((100 * (1 - each / typed[i]!)).toFixed(2))),
    ]),
  );
  people[basename(file, ".txt")] = {
    words: pieces.length,
    unknown: Number((unknown / pieces.length).toFixed(4)),
    saved,
  };
  console.log(file, JSON.stringify(saved));
  write();
}

function write(): void {
  const names = Object.keys(rivals);
  const all = Object.values(people);
  const means = Object.fromEntries(
    names.map((name) => [
      name,
      stages.map((_, i) =>
        Number((all.reduce((sum, { saved }) => sum + saved[name]![i]!, 0) / all.length).toFixed(2)),
      ),
    ]),
  );
  const args = process.argv.slice(2).map((each) => basename(each));
  const result = {
    ...machineHere(),
    command: `node dist/bench/predictor/keystrokes.js ${args.join(" ")}`,
    unit: "% of keystrokes saved with three suggestions: over the first 500 words, from there to 2,000, and from there to the last",
    every: options.every,
    neuralCacheWords: size,
    people: all.length,
    means,
    each: people,
  };
  writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
}
await device.dispose();
