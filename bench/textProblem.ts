import type { Random } from "../src/tasks/random.js";
import type { Problem } from "./problem.js";

export type TextKind = "text-lstm" | "text-modulated";

/** LSTMs one above the other. */
const LAYERS = 2;
/** Of the made-up text, before it is read again from its start: state and traces go from each to the next. */
const SEGMENTS = 4;

const gates = ["forget", "write", "output"];

/** What a language model learns, with rows and columns: as `TextModel` calls it. */
function shapes(
  kind: TextKind,
  { words, embedding, neurons: n }: { words: number; embedding: number; neurons: number },
): Record<string, readonly [number, number]> {
  const layer = (k: number): Record<string, readonly [number, number]> => {
    const inputs = k === 0 ? embedding : n;
    const ofGates = gates.flatMap((gate) => [
      [`lstm${k}.${gate}.input`, [inputs, n]],
      [`lstm${k}.${gate}.recurrent`, [n, n]],
      [`lstm${k}.${gate}.bias`, [1, n]],
    ]);
    return {
      ...Object.fromEntries(ofGates),
      [`lstm${k}.candidate.input`]: [inputs, n],
      [`lstm${k}.candidate.bias`]: [1, n],
      [`lstm${k}.candidate.w`]: [n, n],
      ...(kind === "text-modulated" && {
        [`lstm${k}.candidate.alpha`]: [n, n],
        [`lstm${k}.candidate.fanOut`]: [n, n],
        [`lstm${k}.modulator.weight`]: [n, 1],
        [`lstm${k}.modulator.bias`]: [1, 1],
      }),
    };
  };
  return {
    embedding: [words, embedding],
    ...Object.assign({}, ...Array.from({ length: LAYERS }, (_, k) => layer(k))),
    "readout.weight": [n, words],
    "readout.bias": [1, words],
  };
}

/** Names of a problem's parameters. */
export const textParameters = (kind: TextKind): readonly string[] =>
  Object.keys(shapes(kind, { words: 1, embedding: 1, neurons: 1 }));

/**
 * A language model that reads `batch` streams of a text in segments of `steps` words (BP 4.3): the model is that of
 * src/experiments/ptb/model.ts, the equations are in bench/peers/torch_language.py. tokens: batch * segments * steps + 1 numbers of
 * words, evenly drawn; stream b begins at word b * segments * steps, and each word's answer is the word after it. State and traces go
 * from segment to segment, without gradients, and begin afresh with the first. loss = the sum over steps of the mean over streams of
 * -log p; a step of gradient descent, its norm clipped at `clipNorm`, then L2.
 */
export function textProblem(
  kind: TextKind,
  size: {
    readonly words: number;
    readonly embedding: number;
    readonly neurons: number;
    readonly batch: number;
    readonly steps: number;
  },
  descent: { readonly lr: number; readonly clipNorm: number; readonly weightDecay: number },
  initRange: number,
  rng: Random,
): Problem {
  const even = (count: number) =>
    Float32Array.from({ length: count }, () => initRange * (2 * rng.uniform() - 1));
  const params = Object.fromEntries(
    Object.entries(shapes(kind, size)).map(([name, [rows, cols]]) => [name, even(rows * cols)]),
  );
  const { batch, steps, words } = size;
  const tokens = Float32Array.from({ length: batch * SEGMENTS * steps + 1 }, () => rng.integer(words));
  return {
    kind,
    sizes: { ...size, layers: LAYERS, segments: SEGMENTS, ...descent },
    params,
    inputs: { tokens },
  };
}
