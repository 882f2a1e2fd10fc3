import type { Metric } from "../src/training/index.js";
import { readMetrics } from "./metrics.js";

/** What `compare` wants to know of a run's training. */
export interface Question {
  /** Lines of metrics that the curve is over, and how many of them each of its points is the mean of. */
  readonly length: number;
  readonly stretch: number;
  /** Training episodes over which the threshold's mean is taken; undefined without a threshold. */
  readonly window: number;
  readonly threshold: number | undefined;
}

export interface Followed {
  readonly trainedEpisodes: number;
  /** First episode at which the mean over the window before it is as good as the threshold; null if none is. */
  readonly reached: number | null;
  /** The mean of each stretch, at its last episode. */
  readonly means: readonly { readonly episode: number; readonly mean: number }[];
}

/** Goes once through a run's metrics, holding no more of them than the window. Throws a FileError for damaged ones. */
export function follow(path: string, { name, better }: Metric, question: Question): Followed {
  const { length, stretch, threshold } = question;
  const window = threshold === undefined ? null : new Window(question.window);
  const isReached = (mean: number) => (better === "lower" ? mean <= threshold! : mean >= threshold!);
  const means: { episode: number; mean: number }[] = [];
  let trainedEpisodes = 0;
  let reached: number | null = null;
  let [sum, from, k] = [0, 0, 0];
  for (const line of readMetrics(path, name)) {
    const [episode, value] = [line.episode!, line[name]!];
    if (k < length) {
      sum += value;
      k++;
      if (k - from === stretch || k === length) {
        means.push({ episode, mean: sum / (k - from) });
        [sum, from] = [0, k];
      }
    }
    const mean = reached === null ? window?.mean(value, episode - trainedEpisodes) : undefined;
    if (mean !== undefined && isReached(mean)) reached = episode;
    trainedEpisodes = episode;
  }
  return { trainedEpisodes, reached, means };
}

/** A running mean over the last so many episodes, of values that are each the mean of a batch of them. */
class Window {
  private readonly batches: { value: number; episodes: number }[] = [];
  /** Index of the first batch that still counts. */
  private first = 0;
  private sum = 0;
  private covered = 0;

  constructor(private readonly episodes: number) {}

  /** The mean with one more batch; undefined until there are enough episodes. */
  mean(value: number, episodes: number): number | undefined {
    this.batches.push({ value, episodes });
    this.sum += value * episodes;
    this.covered += episodes;
    for (;;) {
      const oldest = this.batches[this.first]!;
      if (this.covered - oldest.episodes < this.episodes) break;
      this.sum -= oldest.value * oldest.episodes;
      this.covered -= oldest.episodes;
      this.first++;
    }
    // What is over is thrown away now and then, not one by one.
    if (this.first > this.batches.length / 2) {
      this.batches.splice(0, this.first);
      this.first = 0;
    }
    return this.covered >= this.episodes ? this.sum / this.covered : undefined;
  }
}
