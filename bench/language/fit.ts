import type { Device } from "../../src/devices/device.js";
import { TraceCache, type TraceCacheOptions } from "../../src/layers/index.js";
import { mean, Tape, type Tensor } from "../../src/tape/index.js";
import { random } from "../../src/tasks/index.js";
import { Adam } from "../../src/training/index.js";
import type { ReadText } from "./states.js";

export interface FitOptions extends Pick<TraceCacheOptions, "features" | "horizons"> {
  readonly words: number;
  /** Words of a stretch that gradients go through. */
  readonly stretch: number;
  /** Stretches to learn from, each begun at a place of its own. */
  readonly steps: number;
  readonly lr: number;
  readonly seed: number;
}

/** Learns a trace's features, fading and share from a text as a network saw it; the network stays as it is. */
export function fitTrace(device: Device, text: ReadText, options: FitOptions): TraceCache {
  const { stretch, steps, lr, seed, words, features, horizons } = options;
  const cache = new TraceCache(
    device,
    { inputs: text.units, words, features, horizons },
    random(seed, "weights", 0),
  );
  const adam = new Adam(device, cache.parameters, {
    lr,
    clipNorm: 1,
    schedule: { every: Math.ceil(steps / 50), factor: 0.05 ** 0.02 },
  });
  const { units } = text;
  const inputs = {
    hidden: device.allocate(stretch, units),
    words: device.allocate(stretch, 1),
    probabilities: device.allocate(stretch, 1),
  };
  let loss: Tensor | null = null;
  const load = (step: number) => {
    const from = random(seed, "stretch", step).integer(text.words.length - stretch);
    device.write(inputs.hidden, text.hidden.subarray(from * units, (from + stretch) * units));
    device.write(inputs.words, Float32Array.from(text.words.subarray(from, from + stretch)));
    device.write(inputs.probabilities, Float32Array.from(text.probabilities.subarray(from, from + stretch)));
  };
  load(0);
  const captured = device.capture(() => {
    const tape = new Tape(device, 1);
    const losses = cache.losses(
      tape,
      tape.input(inputs.hidden),
      tape.input(inputs.words),
      tape.input(inputs.probabilities),
    );
    loss = mean(tape, losses);
    tape.backward(loss);
  });
  for (let step = 0; step < steps; step++) {
    if (step > 0) {
      load(step);
      captured.repeat();
    }
    if (!Number.isFinite(device.read(loss!.value)[0]!) || !Number.isFinite(adam.gradientNorm())) {
      throw new Error(`fitTrace: the loss is not finite at step ${step}; take a lower rate than ${lr}`);
    }
    adam.step();
  }
  captured.release();
  for (const buffer of Object.values(inputs)) device.release(buffer);
  return cache;
}

/** Perplexity of a text that is read from the first word to the last, each learned after it was told. */
export function perplexity(
  text: ReadText,
  cache: import("../../src/tasks/index.js").TextCache | null,
): number {
  const { units, hidden, words, probabilities } = text;
  let total = 0;
  for (let t = 0; t < words.length; t++) {
    const h = hidden.subarray(t * units, (t + 1) * units);
    const own = probabilities[t]!;
    total -= Math.log(cache?.probability(words[t]!, own, h) ?? own);
    cache?.learn(words[t]!, h);
  }
  return Math.exp(total / words.length);
}
