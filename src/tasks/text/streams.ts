/** A text as continuous streams that are read side by side, in segments one after the other. */
export interface TextStreams {
  /** B: how many streams, each a continuous part of the text. */
  readonly batch: number;
  /** T: tokens of each stream in a segment. */
  readonly steps: number;
  /** How many segments there are: the whole text, once. */
  readonly segments: number;
  /** Tokens at the ends that fill no segment and are not read as targets: fewer than batch * (steps + 1). */
  readonly dropped: number;
  /** Segment i, 0 .. segments - 1. It goes on, stream by stream, where segment i - 1 ended. */
  segment(i: number): TextSegment;
}

/** A piece of several streams of text, read side by side. */
export interface TextSegment {
  /** What is read, [steps * batch], row t * batch + b. */
  readonly inputs: Uint16Array;
  /** What comes next in the same stream, to be told beforehand: likewise, [steps * batch]. */
  readonly targets: Uint16Array;
}

/**
 * Cuts a text into `batch` streams of equal length and those into segments of `steps` tokens, for backpropagation through time that is
 * cut between segments while state goes on (Zaremba et al. 2014). Stream b is the b-th part of the text. `batch` 1 reads it as it
 * stands, which is how perplexity on a test text is measured.
 *
 * @param tokens the text's, at least batch * steps + 1
 * @param name by which errors call the text
 * @throws RangeError where that is too few, or a size is no whole number of at least 1
 */
export function textStreams(
  tokens: Uint16Array,
  { batch, steps }: { readonly batch: number; readonly steps: number },
  name = "the text",
): TextStreams {
  for (const [what, value, usual] of [
    ["batch", batch, 20],
    ["steps", steps, 20],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(
      `textStreams: ${what} must be a whole number of at least 1, got ${value}; the paper uses ${usual}`,
    );
  }
  const needed = batch * steps + 1;
  if (tokens.length < needed) {
    throw new RangeError(
      `${name}: ${batch} streams in segments of ${steps} need at least ${needed} tokens, got ${tokens.length}; ` +
        "give a longer text, or take fewer streams or shorter segments",
    );
  }
  // Targets are one token further on, so that the last token of all is only ever a target.
  const each = Math.floor((tokens.length - 1) / batch);
  const segments = Math.floor(each / steps);
  return {
    batch,
    steps,
    segments,
    dropped: tokens.length - 1 - segments * steps * batch,
    segment(i) {
      if (!Number.isSafeInteger(i) || i < 0 || i >= segments) {
        throw new RangeError(
          `${name}: a segment's number must be a whole number from 0 to ${segments - 1}, got ${i}`,
        );
      }
      const inputs = new Uint16Array(steps * batch);
      const targets = new Uint16Array(steps * batch);
      for (let b = 0; b < batch; b++) {
        const from = b * each + i * steps;
        for (let t = 0; t < steps; t++) {
          inputs[t * batch + b] = tokens[from + t]!;
          targets[t * batch + b] = tokens[from + t + 1]!;
        }
      }
      return { inputs, targets };
    },
  };
}
