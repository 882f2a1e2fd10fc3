import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { Command } from "commander";
import { init } from "../../src/devices/init.js";
import { textPieces, UnigramCache } from "../../src/tasks/index.js";
import { machineHere } from "../machine.js";
import { fitTrace, perplexity } from "./fit.js";
import { HostTrace } from "./hostTrace.js";
import { decodeLanguage } from "./networkFile.js";
import { neuralSums, recalledPerplexity } from "./neuralSums.js";
import { type ReadText, readText } from "./states.js";

/**
 * `node dist/bench/language/perplexity.js --network a.safetensors --valid b.txt --test c.txt --out d.json`: what a text costs a language
 * network that is frozen, with caches beside it, and with a trace that learns. Every constant, and all that the trace has to learn before
 * it lives, is chosen on the valid text; the test text is read once by each.
 */

const options = new Command("language/perplexity")
  .requiredOption("--network <file>", "a network of language/train")
  .requiredOption("--valid <file>", "text to choose by, plain or .gz")
  .requiredOption("--test <file>", "text to be told")
  .requiredOption("--out <file>", "JSON with all figures")
  .option("--features <list>", "sizes of the trace", "1,8,24")
  .option("--stretch <n>", "words that gradients go through", Number, 1500)
  .option("--fit-steps <n>", "stretches to learn the trace's features from", Number, 200)
  .option("--lr <rate>", "of learning them", Number, 0.01)
  .option("--seed <n>", "of the first features", Number, 1)
  .parse()
  .opts<{
    network: string;
    valid: string;
    test: string;
    out: string;
    features: string;
    stretch: number;
    fitSteps: number;
    lr: number;
    seed: number;
  }>();

const device = await init({ device: "native", threads: 1 });
const { network, vocabulary } = decodeLanguage(device, readFileSync(options.network));
const read = (file: string): ReadText => {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return readText(network, vocabulary.encode(textPieces(text, "word", file)), file);
};
const [valid, test] = [read(options.valid), read(options.test)];
interface Row {
  readonly what: string;
  readonly bytes: number;
  readonly valid: number;
  readonly test: number;
  readonly constants: Readonly<Record<string, number>>;
}
const rows: Row[] = [];
const frozen = perplexity(test, null);
function tell(row: Row): void {
  rows.push(row);
  const less = (100 * (1 - row.test / frozen)).toFixed(1);
  console.log(`${row.what}: valid ${row.valid.toFixed(2)}, test ${row.test.toFixed(2)} (${less} % lower)`);
}
const best = <Choice>(choices: readonly Choice[], cost: (choice: Choice) => number) =>
  choices.map((choice) => ({ choice, cost: cost(choice) })).reduce((a, b) => (b.cost < a.cost ? b : a));

tell({ what: "frozen", bytes: 0, valid: perplexity(valid, null), test: frozen, constants: {} });

const everything = Number.POSITIVE_INFINITY;
const unigrams = [500, 1000, 2000, 4000, everything].flatMap((size) =>
  [0.03, 0.05, 0.07, 0.1, 0.14, 0.2].map((share) => ({ size, share })),
);
const unigram = best(unigrams, (choice) => perplexity(valid, new UnigramCache(choice)));
const unigramCache = new UnigramCache(unigram.choice);
tell({
  what: "unigram cache",
  valid: unigram.cost,
  test: perplexity(test, unigramCache),
  bytes: unigramCache.bytes,
  constants: unigram.choice,
});

for (const features of options.features.split(",").map(Number)) {
  const { stretch, fitSteps: steps, lr, seed } = options;
  const cache = fitTrace(device, valid, { words: vocabulary.size, features, stretch, steps, lr, seed });
  const told = (text: ReadText) => perplexity(text, new HostTrace(cache, vocabulary.size));
  tell({
    what: `trace of ${features} features`,
    bytes: new HostTrace(cache, vocabulary.size).bytes,
    valid: told(valid),
    test: told(test),
    constants: { features, stretch, steps, lr, seed },
  });
}

/** As many words as a megabyte holds with their hidden states. */
const megabyte = Math.floor(1_000_000 / (4 * network.units + 2));
const sizes = [500, 2000, megabyte, everything];
/** Enough to choose two constants by. */
const chosenBy = { ...valid, words: valid.words.subarray(0, 24_000) };
const shares = [0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3];
const thetas = [0.1, 0.2, 0.3, 0.45, 0.6, 0.8];
const sums = thetas.map((theta) => neuralSums(device, chosenBy, theta, sizes));
const chosen = sizes.map((_, i) =>
  best(
    thetas.flatMap((theta, k) => shares.map((share) => ({ theta, share, k }))),
    ({ share, k }) => recalledPerplexity(chosenBy, sums[k]![i]!, share),
  ),
);
for (const theta of new Set(chosen.map(({ choice }) => choice.theta))) {
  const which = sizes.flatMap((size, i) => (chosen[i]!.choice.theta === theta ? [{ size, i }] : []));
  const recalled = neuralSums(
    device,
    test,
    theta,
    which.map(({ size }) => size),
  );
  which.forEach(({ size, i }, k) => {
    const { share } = chosen[i]!.choice;
    const held = Math.min(size, test.words.length);
    tell({
      what: `neural cache of ${size === everything ? "all" : size} words`,
      bytes: held * (4 * network.units + 2),
      valid: chosen[i]!.cost,
      test: recalledPerplexity(test, recalled[k]!, share),
      constants: { theta, share },
    });
  });
}
const shown = (args: readonly string[]) => args.map((each) => basename(each)).join(" ");
writeFileSync(
  options.out,
  `${JSON.stringify(
    {
      ...machineHere(),
      command: `node dist/bench/language/perplexity.js ${shown(process.argv.slice(2))}`,
      unit: "perplexity; the trace and all state carried through the whole text; neural caches' valid: of its first 24,000 words",
      words: { valid: valid.words.length, test: test.words.length },
      rows,
    },
    null,
    2,
  )}\n`,
);
await device.dispose();
