import { readFileSync } from "node:fs";
import { init } from "../../src/devices/init.js";
import { NgramCache, textPieces } from "../../src/tasks/index.js";
import { perplexity } from "../language/fit.js";
import { HostTrace } from "../language/hostTrace.js";
import { decodeLanguage } from "../language/networkFile.js";
import { neuralSums, recalledPerplexity } from "../language/neuralSums.js";
import { type ReadText, readText } from "../language/states.js";
import { traceOf } from "./traceOf.js";

/**
 * `node dist/bench/predictor/choose.js network.safetensors predictor.safetensors valid.txt`: the constants of the predictor's rivals, by
 * perplexity over the first 12,000 words of the valid text; an empty cache at its beginning, as a person's life begins. Says them as
 * keystrokes takes them.
 */

const [networkFile, model, validFile] = process.argv.slice(2);
if (validFile === undefined)
  throw new Error("choose: expected a network, a model and a text, got fewer files");
const COUNT = 12_000;
/** Words that a context must have come before until it is half trusted: as in keystrokes. */
const prior = [100, 5, 1];
const device = await init({ device: "native", threads: 1 });
const { network, vocabulary } = decodeLanguage(device, readFileSync(networkFile!));
const pieces = textPieces(readFileSync(validFile, "utf8"), "word", validFile).slice(0, COUNT);
const text = readText(network, vocabulary.encode(pieces), validFile);

const trace = new HostTrace(traceOf(device, model!, network), network.words);
const { units } = text;
const living: ReadText = {
  ...text,
  probabilities: text.probabilities.map((own, t) => {
    const h = text.hidden.subarray(t * units, (t + 1) * units);
    const p = trace.probability(text.words[t]!, own, h);
    trace.learn(text.words[t]!, h);
    return p;
  }),
};
console.log(`frozen ${perplexity(text, null).toFixed(2)}, living ${perplexity(living, null).toFixed(2)}`);

for (const [name, flag, told] of [
  ["n-gram cache", "--ngram", text],
  ["n-gram cache on top of the trace", "--together", living],
] as const) {
  let best = { share: [0], cost: Number.POSITIVE_INFINITY };
  for (const none of [0.003, 0.01, 0.03]) {
    for (const one of [0.03, 0.08, 0.2, 0.4]) {
      for (const two of [0.06, 0.15, 0.35]) {
        const share = [none, one, two];
        const cost = perplexity(told, new NgramCache({ prior, share }));
        if (cost < best.cost) best = { share, cost };
      }
    }
  }
  console.log(`${name}: ${flag} ${best.share.join(",")}, perplexity ${best.cost.toFixed(2)}`);
}
let best = { theta: 0, share: 0, cost: Number.POSITIVE_INFINITY };
for (const theta of [0.3, 0.6, 0.8, 1.1, 1.5]) {
  const [recalled] = neuralSums(device, text, theta, [Math.floor(trace.bytes / (4 * units + 2))]);
  for (const share of [0.05, 0.08, 0.12, 0.16, 0.2, 0.25]) {
    const cost = recalledPerplexity(text, recalled!, share);
    if (cost < best.cost) best = { theta, share, cost };
  }
}
console.log(`neural cache: --theta ${best.theta} --share ${best.share}, perplexity ${best.cost.toFixed(2)}`);
await device.dispose();
