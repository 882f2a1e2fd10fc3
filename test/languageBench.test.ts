import { describe, expect, test } from "vitest";
import { fitTrace, perplexity } from "../bench/language/fit.js";
import { HostTrace } from "../bench/language/hostTrace.js";
import { LanguageNetwork } from "../bench/language/network.js";
import { decodeLanguage, encodeLanguage } from "../bench/language/networkFile.js";
import { neuralSums, recalledPerplexity } from "../bench/language/neuralSums.js";
import { drawCandidates } from "../bench/language/sampling.js";
import { type ReadText, readText } from "../bench/language/states.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { TraceCache } from "../src/layers/index.js";
import { Tape } from "../src/tape/index.js";
import { NeuralCache, random, vocabularyOf } from "../src/tasks/index.js";

const device = new ReferenceDevice();
const [words, units] = [9, 4];

/** A made-up text in which a moment tells what comes: the same words at similar states. */
function textOf(count: number): ReadText {
  const rng = random(1, "text", 0);
  const words_ = Uint16Array.from({ length: count }, () => rng.integer(words));
  const hidden = new Float32Array(count * units);
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < units; i++)
      hidden[t * units + i] = Math.cos(words_[t]! * (i + 1)) + 0.1 * rng.normal();
  }
  return { units, hidden, words: words_, probabilities: new Float64Array(count).fill(1 / words) };
}

describe("the bench of language", () => {
  test("has on the host the trace of the library", () => {
    const cache = new TraceCache(
      device,
      { inputs: units, words, features: 5, horizons: [0.02, 30] },
      random(2, "weights", 0),
    );
    const host = new HostTrace(cache, words);
    const tape = new Tape(device, 1, false);
    const text = textOf(20);
    let traces = cache.begin(tape);
    text.words.forEach((word, t) => {
      const h = text.hidden.subarray(t * units, (t + 1) * units);
      const own = Float32Array.from({ length: words }, (_, w) => (w + 1) / 45);
      const x = tape.constant(1, units, h);
      const read = cache.read(tape, traces, x, tape.constant(1, words, own));
      const expected = Array.from(device.read(read.output.value));
      expected.forEach((p, w) => {
        expect(host.probability(w, own[w]!, h) / p, `step ${t}, word ${w}`).toBeCloseTo(1, 5);
      });
      host.mix(own, h);
      expected.forEach((p, w) => {
        expect(own[w]! / p).toBeCloseTo(1, 5);
      });
      const oneHot = Array.from({ length: words }, (_, w) => (w === word ? 1 : 0));
      traces = cache.learn(tape, read.traces, x, tape.constant(1, words, oneHot));
      host.learn(word, h);
    });
  });

  test("recalls on a device what a neural cache does word by word", () => {
    const text = textOf(60);
    const sizes = [7, Number.POSITIVE_INFINITY];
    neuralSums(device, text, 0.4, sizes).forEach((recalled, i) => {
      const cache = new NeuralCache({ units, size: sizes[i]!, theta: 0.4, share: 0.3 });
      expect(recalledPerplexity(text, recalled, 0.3)).toBeCloseTo(perplexity(text, cache), 5);
    });
  });

  test("learns features by which a trace foretells a text", () => {
    const text = textOf(200);
    const cache = fitTrace(device, text, { words, features: 6, stretch: 60, steps: 60, lr: 0.05, seed: 1 });
    const learned = perplexity(text, new HostTrace(cache, words));
    const before = new TraceCache(device, { inputs: units, words, features: 6 }, random(1, "weights", 0));
    expect(perplexity(text, null)).toBeCloseTo(words, 6);
    expect(learned).toBeLessThan(0.8 * perplexity(text, new HostTrace(before, words)));
  });

  test("keeps a network and its words in a file, which reads a text alike", () => {
    const network = new LanguageNetwork(device, words, units, 3);
    const vocabulary = vocabularyOf(["<unk>", ...Array.from({ length: words - 1 }, (_, i) => `w${i}`)]);
    const decoded = decodeLanguage(device, encodeLanguage(network, vocabulary, { command: "train" }));
    expect(decoded.vocabulary.tokens).toEqual(vocabulary.tokens);
    expect(decoded.notes.command).toBe("train");
    const tokens = Uint16Array.from({ length: 70 }, (_, t) => random(4, "token", t).integer(words));
    const [a, b] = [network, decoded.network].map((each) => readText(each, tokens, "the text"));
    expect(a!.words).toEqual(tokens.slice(1, 65));
    expect(Array.from(b!.probabilities)).toEqual(Array.from(a!.probabilities, (p) => expect.closeTo(p, 6)));
    expect(a!.probabilities.every((p) => p > 0 && p < 1)).toBe(true);
  });

  test("draws candidates that have all targets among them, corrected by how likely each is to be one", () => {
    const frequencies = Float64Array.from({ length: 50 }, (_, w) => 1 / (w + 1));
    const sum = frequencies.reduce((a, b) => a + b);
    frequencies.forEach((each, w) => {
      frequencies[w] = each / sum;
    });
    const targets = Uint16Array.of(3, 40, 3, 0);
    const { words: drawn, places, corrections } = drawCandidates(targets, frequencies, 20, random(5, "c", 0));
    expect(new Set(drawn).size).toBe(20);
    expect(Array.from(places, (place) => drawn[place])).toEqual([3, 40, 3, 0]);
    const at = (word: number) => corrections[drawn.indexOf(word)]!;
    expect(at(0)).toBeGreaterThanOrEqual(0);
    expect(at(40)).toBeGreaterThan(at(0));
    expect(() => drawCandidates(targets, frequencies, 2, random(5, "c", 0))).toThrow("count must be from 3");
  });
});
