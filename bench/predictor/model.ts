import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { init } from "../../src/devices/init.js";
import { textPieces } from "../../src/tasks/index.js";
import { saveModel } from "../../src/training/index.js";
import { fitTrace } from "../language/fit.js";
import { decodeLanguage } from "../language/networkFile.js";
import { readText } from "../language/states.js";
import { predictorNetwork } from "./network.js";

/**
 * `node dist/bench/predictor/model.js --network a.safetensors --valid b.txt --out predictor.safetensors`: the model of
 * examples/predictor. The network stays as it is; its trace's features, fading and share are learned from texts of people that it was
 * not trained on.
 */

const options = new Command("predictor/model")
  .requiredOption("--network <file>", "a network of language/train")
  .requiredOption("--valid <file>", "text to learn the trace's features from")
  .requiredOption("--out <file>", "where the model goes; its words beside it, as .words.json")
  .option("--features <n>", "of the trace", Number, 24)
  .option("--stretch <n>", "words that gradients go through", Number, 1500)
  .option("--fit-steps <n>", "stretches to learn from", Number, 200)
  .option("--lr <rate>", "of learning them", Number, 0.01)
  .option("--precision <how>", "float16 or int8", "int8")
  .parse()
  .opts<{
    network: string;
    valid: string;
    out: string;
    features: number;
    stretch: number;
    fitSteps: number;
    lr: number;
    precision: "float16" | "int8";
  }>();

const device = await init({ device: "native", threads: 1 });
const { network: language, vocabulary, notes } = decodeLanguage(device, readFileSync(options.network));
const pieces = textPieces(readFileSync(options.valid, "utf8"), "word", options.valid);
const text = readText(language, vocabulary.encode(pieces), options.valid);
const { features, stretch, fitSteps: steps, lr, precision } = options;
const cache = fitTrace(device, text, { words: vocabulary.size, features, stretch, steps, lr, seed: 1 });
const bytes = saveModel(predictorNetwork(language, cache), {
  name: "predictor",
  precision,
  notes: {
    command: `${notes.command}; node dist/bench/predictor/model.js ${process.argv
      .slice(2)
      .map((each) => basename(each))
      .join(" ")}`,
    texts: "State of the Union addresses and Moby-Dick: public domain",
  },
});
writeFileSync(options.out, bytes);
writeFileSync(options.out.replace(/\.safetensors$/, ".words.json"), JSON.stringify(vocabulary.tokens));
console.log(`${(bytes.length / 1e6).toFixed(2)} MB`);
await device.dispose();
