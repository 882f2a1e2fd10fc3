import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { Command, Option } from "commander";
import type { Captured } from "../../src/devices/device.js";
import { init } from "../../src/devices/init.js";
import { type DeviceKind, deviceKinds } from "../../src/devices/kinds.js";
import type { Tensor } from "../../src/tape/index.js";
import { buildVocabulary, random, textPieces, textStreams, type Vocabulary } from "../../src/tasks/index.js";
import { Adam } from "../../src/training/index.js";
import { LanguageNetwork, SegmentReader } from "./network.js";
import { decodeLanguage, encodeLanguage } from "./networkFile.js";
import { drawCandidates } from "./sampling.js";

/**
 * `node dist/bench/language/train.js --train a.txt --valid b.txt --out c.safetensors`: a small language model of a text, for the
 * readouts and caches that are compared beside it. The file is written after every epoch.
 */

const options = new Command("language/train")
  .requiredOption("--train <file>", "text to learn from, plain or .gz")
  .requiredOption("--valid <file>", "text to watch")
  .requiredOption("--out <file>", "where the network goes, with its vocabulary")
  .option("--words <n>", "words in the vocabulary", Number, 10_000)
  .option("--units <n>", "units of the LSTM, and numbers that a word is known by", Number, 100)
  .option("--epochs <n>", "times that the text is read", Number, 4)
  .option("--batch <n>", "streams", Number, 20)
  .option("--steps <n>", "words of a segment", Number, 35)
  .option("--lr <rate>", "Adam's learning rate; it falls to a tenth, exponentially", Number, 4e-3)
  .option("--sampled <n>", "words that a segment's are told from while training; 0: all of them", Number, 0)
  .option("--from <file>", "a network of this program to go on with")
  .option("--seed <n>", "of the first weights", Number, 1)
  .addOption(new Option("--device <kind>", "what computes").choices(deviceKinds).default("native"))
  .parse()
  .opts<{
    train: string;
    valid: string;
    out: string;
    words: number;
    units: number;
    epochs: number;
    batch: number;
    steps: number;
    lr: number;
    sampled: number;
    from?: string;
    seed: number;
    device: DeviceKind;
  }>();

const read = (file: string): string[] => {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return textPieces(text, "word", file);
};
const pieces = read(options.train);
const device = await init({ device: options.device, threads: 1 });
const { network, vocabulary } =
  options.from === undefined ? fresh() : decodeLanguage(device, readFileSync(options.from));
const { batch, steps, epochs } = options;
const train = new SegmentReader(
  network,
  textStreams(vocabulary.encode(pieces), { batch, steps }, options.train),
);
const valid = new SegmentReader(
  network,
  textStreams(vocabulary.encode(read(options.valid)), { batch: 10, steps }, options.valid),
);
function fresh(): { network: LanguageNetwork; vocabulary: Vocabulary } {
  const vocabulary = buildVocabulary(pieces, { limit: options.words });
  return {
    network: new LanguageNetwork(device, vocabulary.size, options.units, options.seed),
    vocabulary,
  };
}

const frequencies = new Float64Array(vocabulary.size);
for (const piece of pieces) frequencies[vocabulary.numberOf(piece)]! += 1 / pieces.length;

const { segments } = train.streams;
const wanted = Math.max(1, Math.round(epochs * segments));
const adam = new Adam(device, network.parameters, {
  lr: options.lr,
  clipNorm: 5,
  schedule: { every: Math.ceil(wanted / 100), factor: 0.1 ** 0.01 },
});
const result = device.allocate(1, 1);

interface Pass {
  readonly reader: SegmentReader;
  readonly segments: number;
  readonly work: () => Tensor;
  readonly before?: (i: number) => void;
  readonly after?: () => void;
}

/** Mean cross-entropy of the first segments of a text. What is done with each is captured at the first. */
function passOver({ reader, segments, work, before, after }: Pass, captured: Captured | null) {
  let total = 0;
  let program = captured;
  for (let i = 0; i < segments; i++) {
    reader.load(i);
    before?.(i);
    if (program) program.repeat();
    else program = device.capture(() => device.copy(work().value, result));
    total += device.read(result)[0]!;
    after?.();
  }
  return { program, loss: total / segments };
}

const log: string[] = [];
let training: Captured | null = null;
let validating: Captured | null = null;
for (let done = 0; done < wanted; done += segments) {
  const begun = performance.now();
  const trained = passOver(
    {
      reader: train,
      segments: Math.min(segments, wanted - done),
      work: () => train.train(),
      before(i) {
        if (options.sampled === 0) return;
        const rng = random(options.seed, "candidates", done + i);
        const { targets } = train.streams.segment(i);
        train.loadCandidates(drawCandidates(targets, frequencies, options.sampled, rng));
      },
      after() {
        if (!Number.isFinite(adam.gradientNorm())) {
          throw new Error("the gradient is not finite; take a lower --lr");
        }
        adam.step();
      },
    },
    training,
  );
  training = trained.program;
  const judged = passOver(
    { reader: valid, segments: valid.streams.segments, work: () => valid.judge() },
    validating,
  );
  validating = judged.program;
  const seconds = Math.round((performance.now() - begun) / 1000);
  const perplexity = Math.exp(judged.loss).toFixed(2);
  log.push(
    `${done + segments} segments: loss ${trained.loss.toFixed(3)}, valid perplexity ${perplexity}, ${seconds} s`,
  );
  console.log(log.at(-1));
  const command = `node dist/bench/language/train.js ${process.argv
    .slice(2)
    .map((each) => basename(each))
    .join(" ")}`;
  writeFileSync(options.out, encodeLanguage(network, vocabulary, { command, log: log.join("; ") }));
}
await device.dispose();
