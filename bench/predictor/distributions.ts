import type { Captured } from "../../src/devices/device.js";
import { textStreams } from "../../src/tasks/index.js";
import { type LanguageNetwork, SegmentReader } from "../language/network.js";

export interface Moment {
  /** Which word of the text is to come. */
  readonly t: number;
  /** The network's probabilities of all words, valid until the next moment; null where they were not wanted. */
  readonly own: Float32Array | null;
  /** What the network is in before it, [units]. */
  readonly h: Float32Array;
}

/** What a network says at the words of a text, from the second to the last but a few that fill no segment of 32. */
export function* distributions(
  network: LanguageNetwork,
  tokens: Uint16Array,
  wanted: (t: number) => boolean,
  name: string,
): Generator<Moment> {
  const { device, units, words } = network;
  const reader = new SegmentReader(network, textStreams(tokens, { batch: 1, steps: 32 }, name));
  const { segments, steps } = reader.streams;
  const [states, own] = [device.allocate(steps, units), device.allocate(steps, words)];
  let captured: Captured | null = null;
  for (let i = 0; i < segments; i++) {
    reader.load(i);
    if (captured) captured.repeat();
    else {
      captured = device.capture(() => {
        const { hidden, probabilities } = reader.foretell();
        device.copy(hidden.value, states);
        device.copy(probabilities.value, own);
      });
    }
    const [h, p] = [Float32Array.from(device.read(states)), Float32Array.from(device.read(own))];
    for (let row = 0; row < steps; row++) {
      const t = i * steps + row + 1;
      yield {
        t,
        own: wanted(t) ? p.subarray(row * words, (row + 1) * words) : null,
        h: h.slice(row * units, (row + 1) * units),
      };
    }
  }
  captured?.release();
  reader.release();
  for (const buffer of [states, own]) device.release(buffer);
}
