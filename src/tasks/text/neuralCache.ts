import { checkShare, checkSize, type TextCache } from "./textCache.js";

/** How much a neural cache holds, and how it mixes with the model. */
export interface NeuralCacheOptions {
  /** Numbers in a hidden state. */
  readonly units: number;
  /** How many of the latest words it holds with their hidden states; Infinity: all of them. */
  readonly size: number;
  /** How much more a similar moment counts than another: exp(theta h . h'). */
  readonly theta: number;
  /** Its share in the mixture, 0 to 1; the model's is the rest. */
  readonly share: number;
}

/**
 * The neural cache of Grave, Joulin & Usunier 2016 (arXiv 1612.04426), eq. 2 and 6: words that came at moments like this one.
 * p(w) = (1 - share) own(w) + share * softmax over moments of theta h . h(moment), summed over those at which w came.
 */
export class NeuralCache implements TextCache {
  private moments: Float32Array;
  private words: Uint16Array;
  private held = 0;
  private next = 0;
  private weights: Float64Array;

  constructor(private readonly options: NeuralCacheOptions) {
    checkShare("NeuralCache", options.share);
    checkSize("NeuralCache", options.size);
    const room = Math.min(options.size, 1024);
    this.moments = new Float32Array(room * options.units);
    this.words = new Uint16Array(room);
    this.weights = new Float64Array(room);
  }

  probability(word: number, own: number, h: Float32Array): number {
    if (this.held === 0) return own;
    const all = this.weigh(h);
    let hit = 0;
    for (let s = 0; s < this.held; s++) if (this.words[s] === word) hit += this.weights[s]!;
    const { share } = this.options;
    return (1 - share) * own + (share * hit) / all;
  }

  mix(own: Float32Array, h: Float32Array): void {
    if (this.held === 0) return;
    const { share } = this.options;
    const scale = share / this.weigh(h);
    for (let word = 0; word < own.length; word++) own[word]! *= 1 - share;
    for (let s = 0; s < this.held; s++) own[this.words[s]!]! += scale * this.weights[s]!;
  }

  learn(word: number, h: Float32Array): void {
    const { units, size } = this.options;
    if (this.held === this.words.length && this.held < size) this.grow();
    this.moments.set(h, this.next * units);
    this.words[this.next] = word;
    this.held = Math.max(this.held, this.next + 1);
    this.next = (this.next + 1) % size;
  }

  get bytes(): number {
    return this.held * (4 * this.options.units + 2);
  }

  /** The weight of every moment, told from the largest, and their sum. */
  private weigh(h: Float32Array): number {
    const { units, theta } = this.options;
    const { moments, weights, held } = this;
    let largest = Number.NEGATIVE_INFINITY;
    for (let s = 0, at = 0; s < held; s++) {
      let product = 0;
      for (let i = 0; i < units; i++, at++) product += moments[at]! * h[i]!;
      weights[s] = theta * product;
      if (weights[s]! > largest) largest = weights[s]!;
    }
    let all = 0;
    for (let s = 0; s < held; s++) {
      weights[s] = Math.exp(weights[s]! - largest);
      all += weights[s]!;
    }
    return all;
  }

  private grow(): void {
    const room = Math.min(this.options.size, 2 * this.words.length);
    const [moments, words] = [this.moments, this.words];
    this.moments = new Float32Array(room * this.options.units);
    this.words = new Uint16Array(room);
    this.moments.set(moments);
    this.words.set(words);
    this.weights = new Float64Array(room);
  }
}
