import { checkInteger } from "./options.js";
import { checkTiming, presentation, presentationSteps, type Timing } from "./presentation.js";
import type { Random } from "./random.js";

/** Binary pattern completion (DP 4.1): patterns are shown, then one of them with half of its bits erased. */
export interface PatternsOptions extends Timing {
  /** Patterns to be remembered in an episode. */
  readonly patterns: number;
  /** Bits of a pattern. */
  readonly bits: number;
  /**
   * True: exactly half of a pattern's bits are +1, and exactly half are erased.
   * False: every bit is +1 or -1, and erased or not, by the toss of a coin of its own.
   */
  readonly balanced: boolean;
  /** Inputs are the bits times this number. */
  readonly inputScale: number;
  /** True: one more neuron, the last, receives a constant input of 1 (times inputScale). */
  readonly biasNeuron: boolean;
}

/** DP's full task: 5 patterns of 1000 bits, 106 steps. */
export const fullPatterns: PatternsOptions = {
  patterns: 5,
  bits: 1000,
  cycles: 2,
  stepsOn: 6,
  stepsOff: 4,
  testSteps: 6,
  balanced: false,
  inputScale: 20,
  biasNeuron: false,
};

/** DP's task for comparing plastic, nonplastic and LSTM networks: 2 patterns of 50 bits, 11 steps. */
export const smallPatterns: PatternsOptions = {
  patterns: 2,
  bits: 50,
  cycles: 1,
  stepsOn: 3,
  stepsOff: 1,
  testSteps: 3,
  balanced: true,
  inputScale: 20,
  biasNeuron: true,
};

/** An episode of pattern completion: patterns are shown, then one of them with half of its bits erased. */
export interface PatternsEpisode {
  /** [steps, neurons], row-major, scaled. */
  readonly inputs: Float32Array;
  readonly steps: number;
  readonly neurons: number;
  /** [bits] of +1 and -1: what the first `bits` neurons should say at the last step. */
  readonly target: Float32Array;
  /** The target with its erased bits at 0, unscaled: [bits]. */
  readonly degraded: Float32Array;
  /** All patterns of the episode, [bits] each, and which of them is the target. */
  readonly shown: readonly Float32Array[];
  readonly which: number;
}

/** Time steps of an episode. */
export const patternsSteps = (options: PatternsOptions): number =>
  presentationSteps(options.patterns, options);

/** Neurons that an episode feeds: one a bit, and perhaps the bias neuron. */
export const patternsNeurons = (options: PatternsOptions): number =>
  options.bits + (options.biasNeuron ? 1 : 0);

/** Throws a RangeError that names the first option that is out of its range. */
export function checkPatterns(options: PatternsOptions): void {
  const usual = options.balanced ? smallPatterns : fullPatterns;
  checkInteger("patterns", "patterns", options.patterns, 1, usual.patterns);
  checkInteger("patterns", "bits", options.bits, 1, usual.bits);
  checkTiming("patterns", options, usual);
  if (options.balanced && options.bits % 2 !== 0) {
    throw new RangeError(
      `patterns: bits must be even where patterns are balanced, got ${options.bits}; ` +
        `use ${options.bits + 1}, or balanced: false`,
    );
  }
  if (!(Number.isFinite(options.inputScale) && options.inputScale > 0)) {
    throw new RangeError(
      `patterns: inputScale must be a positive number, got ${options.inputScale}; the paper uses ${usual.inputScale}`,
    );
  }
}

/** One episode of binary pattern completion. Throws a RangeError where an option is out of its range. */
export function patternsEpisode(options: PatternsOptions, rng: Random): PatternsEpisode {
  checkPatterns(options);
  const { patterns, bits, balanced, inputScale, biasNeuron } = options;
  const steps = patternsSteps(options);
  const neurons = patternsNeurons(options);
  const coins = () => (balanced ? evenCoins(bits, rng) : Float32Array.from({ length: bits }, rng.sign));

  const shown = Array.from({ length: patterns }, coins);
  const which = rng.integer(patterns);
  const target = shown[which]!.slice();
  const keep = coins();
  const degraded = target.map((bit, i) => (keep[i]! > 0 ? bit : 0));

  const inputs = presentation(shown, degraded, neurons, options, rng);
  if (biasNeuron) for (let step = 0; step < steps; step++) inputs[step * neurons + bits] = 1;
  for (let i = 0; i < inputs.length; i++) inputs[i]! *= inputScale;
  return { inputs, steps, neurons, target, degraded, shown, which };
}

/** +1 and -1 in random order, as many of one as of the other. */
const evenCoins = (count: number, rng: Random): Float32Array =>
  rng.shuffle(Float32Array.from({ length: count }, (_, i) => (2 * i < count ? 1 : -1)));

/**
 * The fraction of target bits whose sign the output has not; an output of exactly 0, or NaN, is wrong.
 *
 * @param output one number a neuron; those beyond the target's bits (the bias neuron) are left out
 * @param target [bits] of +1 and -1
 */
export function wrongSigns(output: ArrayLike<number>, target: ArrayLike<number>): number {
  if (target.length === 0 || output.length < target.length) {
    throw new RangeError(
      `wrongSigns: output must have the target's ${target.length} bits (at least 1), got ${output.length}; ` +
        "pass the activations of one episode",
    );
  }
  let wrong = 0;
  for (let i = 0; i < target.length; i++) if (Math.sign(output[i]!) !== target[i]) wrong++;
  return wrong / target.length;
}
