import type { ImageSet } from "./imageSets/imageSet.js";
import { checkInteger } from "./options.js";
import { checkTiming, presentation, presentationSteps, type Timing } from "./presentation.js";
import type { Random } from "./random.js";

/** Natural image completion (DP 4.2): images are shown, then one of them with half of it missing. */
export interface ImagesOptions extends Timing {
  /** Images to be remembered in an episode. */
  readonly images: number;
}

/** DP's task: 3 images, 201 steps. */
export const naturalImages: ImagesOptions = {
  images: 3,
  cycles: 3,
  stepsOn: 20,
  stepsOff: 2,
  testSteps: 3,
};

/** An episode of image completion: pictures are shown, then one of them with half of it missing. */
export interface ImagesEpisode {
  /**
   * [steps, neurons], row-major. Neurons whose input is not 0 are to be clamped to it. The bias neuron, the last, is
   * at 1 throughout. A pixel of exactly 0 leaves its neuron free, as in the paper's program.
   */
  readonly inputs: Float32Array;
  readonly steps: number;
  /** size * size pixels and the bias neuron. */
  readonly neurons: number;
  /** The complete image, [size * size]. */
  readonly target: Float32Array;
  /** The target with its missing half at 0. */
  readonly degraded: Float32Array;
  /** 1 where a pixel is missing, else 0; [size * size]. */
  readonly missing: Uint8Array;
  readonly half: "top" | "bottom";
  /** All images of the episode, which of them is the target, and their indices in the image set. */
  readonly shown: readonly Float32Array[];
  readonly which: number;
  readonly indices: readonly number[];
}

/** Time steps of an episode. */
export const imagesSteps = (options: ImagesOptions): number => presentationSteps(options.images, options);

/** Neurons that an episode feeds: one a pixel, and the bias neuron. */
export const imagesNeurons = (set: ImageSet): number => set.size * set.size + 1;

/** Throws a RangeError that names the first option that is out of its range, or a set with too few images. */
export function checkImages(set: ImageSet, options: ImagesOptions): void {
  checkInteger("images", "images", options.images, 1, naturalImages.images);
  checkTiming("images", options, naturalImages);
  if (set.count < options.images) {
    throw new RangeError(
      `images: an episode shows ${options.images} different images, but ${set.name} has ${set.count}; ` +
        "add images, or show fewer",
    );
  }
}

/** One episode of image completion with different images of the set. Throws a RangeError as `checkImages` does. */
export function imagesEpisode(set: ImageSet, options: ImagesOptions, rng: Random): ImagesEpisode {
  checkImages(set, options);
  const steps = imagesSteps(options);
  const neurons = imagesNeurons(set);
  const pixels = set.size * set.size;

  const indices = rng.choose(options.images, set.count);
  const shown = indices.map((index) => set.pixels(index));
  const which = rng.integer(options.images);
  const target = shown[which]!.slice();

  const half = rng.sign() < 0 ? "top" : "bottom";
  const upper = Math.floor(set.size / 2) * set.size;
  const missing = new Uint8Array(pixels);
  if (half === "top") missing.fill(1, 0, upper);
  else missing.fill(1, upper);
  const degraded = target.map((value, i) => (missing[i] ? 0 : value));

  const inputs = presentation(shown, degraded, neurons, options, rng);
  for (let step = 0; step < steps; step++) inputs[step * neurons + pixels] = 1;
  return { inputs, steps, neurons, target, degraded, missing, half, shown, which, indices };
}

/** How well the missing half was filled in, beside two guesses that remember nothing. */
export interface HalfMetrics {
  /** Mean squared error over the missing pixels. */
  readonly mse: number;
  /** That of answering 0, and that of answering with the mean image of the set. */
  readonly mseZero: number;
  readonly mseMeanImage: number;
  /** Pearson's correlation of output and target over the missing pixels; 0 where either is constant. */
  readonly correlation: number;
}

/**
 * How well the missing half of a picture was restored.
 *
 * @param output one number a neuron; those beyond the target's pixels (the bias neuron) are left out
 * @param target [pixels], as an episode gives it; `missing` likewise
 * @param meanImage [pixels], of `meanImage` on the training set
 * @throws RangeError where lengths differ or nothing is missing
 */
export function halfMetrics(
  output: ArrayLike<number>,
  target: ArrayLike<number>,
  missing: ArrayLike<number>,
  meanImage: ArrayLike<number>,
): HalfMetrics {
  const pixels = target.length;
  if (output.length < pixels || missing.length !== pixels || meanImage.length !== pixels) {
    throw new RangeError(
      `halfMetrics: output, missing and meanImage must have the target's ${pixels} pixels, ` +
        `got ${output.length}, ${missing.length} and ${meanImage.length}`,
    );
  }
  const at: number[] = [];
  for (let i = 0; i < pixels; i++) if (missing[i]) at.push(i);
  if (at.length === 0) throw new RangeError("halfMetrics: no pixel is missing; pass an episode's `missing`");

  const mean = (value: (i: number) => number) => at.reduce((sum, i) => sum + value(i), 0) / at.length;
  const meanOutput = mean((i) => output[i]!);
  const meanTarget = mean((i) => target[i]!);
  const covariance = mean((i) => (output[i]! - meanOutput) * (target[i]! - meanTarget));
  const deviations =
    Math.sqrt(mean((i) => (output[i]! - meanOutput) ** 2)) *
    Math.sqrt(mean((i) => (target[i]! - meanTarget) ** 2));
  return {
    mse: mean((i) => (output[i]! - target[i]!) ** 2),
    mseZero: mean((i) => target[i]! ** 2),
    mseMeanImage: mean((i) => (meanImage[i]! - target[i]!) ** 2),
    correlation: deviations === 0 ? 0 : covariance / deviations,
  };
}
