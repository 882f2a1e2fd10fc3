import type { Captured } from "../../src/devices/device.js";
import { textStreams } from "../../src/tasks/index.js";
import { type LanguageNetwork, SegmentReader } from "./network.js";

/** A text as a network saw it: at each of its words but the first, what it was in, what came, and what it gave to that. */
export interface ReadText {
  readonly units: number;
  /** h before each word, [count, units]. */
  readonly hidden: Float32Array;
  /** [count]. */
  readonly words: Uint16Array;
  /** Of each word, [count]. */
  readonly probabilities: Float64Array;
}

/** Reads a text in one stream, its state carried from the first word to the last but a few that fill no segment of 32. */
export function readText(network: LanguageNetwork, tokens: Uint16Array, name: string): ReadText {
  const { device, units } = network;
  const reader = new SegmentReader(network, textStreams(tokens, { batch: 1, steps: 32 }, name));
  const { segments, steps } = reader.streams;
  const count = segments * steps;
  const hidden = new Float32Array(count * units);
  const words = new Uint16Array(count);
  const probabilities = new Float64Array(count);
  const [states, losses] = [device.allocate(steps, units), device.allocate(steps, 1)];
  let captured: Captured | null = null;
  for (let i = 0; i < segments; i++) {
    reader.load(i);
    if (captured) captured.repeat();
    else {
      captured = device.capture(() => {
        const read = reader.read();
        device.copy(read.hidden.value, states);
        device.copy(read.losses.value, losses);
      });
    }
    hidden.set(device.read(states), i * steps * units);
    words.set(reader.streams.segment(i).targets, i * steps);
    probabilities.set(
      Float64Array.from(device.read(losses), (loss) => Math.exp(-loss)),
      i * steps,
    );
  }
  captured?.release();
  reader.release();
  for (const buffer of [states, losses]) device.release(buffer);
  return { units, hidden, words, probabilities };
}
