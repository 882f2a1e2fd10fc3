import type { TraceCache } from "../../src/layers/index.js";
import type { TextCache } from "../../src/tasks/index.js";

/**
 * `TraceCache` on the host, for long texts and one word at a time: the same numbers, but links fade only when they are looked at, by
 * one factor for each feature that all of them share, so that learning a word touches its own links alone.
 */
export class HostTrace implements TextCache {
  readonly bytes: number;
  private readonly features: number;
  private readonly weight: Float32Array;
  private readonly bias: Float32Array;
  private readonly share: Float32Array;
  private readonly shareBias: number;
  private readonly kept: Float64Array;
  /** What a link is to be multiplied by, and what all words together recall by it. */
  private readonly scale: Float64Array;
  private readonly all: Float64Array;
  /** Word after word, [words, features]. */
  private readonly links: Float32Array;
  /** Words that have links: the others need no sum. */
  private readonly seen = new Set<number>();
  private readonly phi: Float64Array;

  constructor(cache: TraceCache, words: number) {
    const read = (parameter: {
      device: TraceCache["fading"]["device"];
      value: TraceCache["fading"]["value"];
    }) => Float32Array.from(parameter.device.read(parameter.value));
    this.features = cache.connection.pre;
    this.weight = read(cache.features.weight);
    this.bias = read(cache.features.bias);
    this.share = read(cache.share.weight);
    this.shareBias = read(cache.share.bias)[0]!;
    this.kept = Float64Array.from(read(cache.fading), (u) => Math.exp(-Math.exp(u)));
    this.scale = new Float64Array(this.features).fill(1);
    this.all = new Float64Array(this.features);
    this.links = new Float32Array(words * this.features);
    this.phi = new Float64Array(this.features);
    this.bytes = this.links.byteLength;
  }

  probability(word: number, own: number, h: Float32Array): number {
    const { features, phi, scale, all, links } = this;
    this.look(h);
    let [hit, sum] = [0, 0];
    for (let k = 0; k < features; k++) {
      const weight = phi[k]! * scale[k]!;
      hit += weight * links[word * features + k]!;
      sum += weight * all[k]!;
    }
    return mixed(own, hit, sum, this.shareAt(h));
  }

  mix(own: Float32Array, h: Float32Array): void {
    const { features, phi, scale, all, links } = this;
    this.look(h);
    const weights = Float64Array.from(phi, (each, k) => each * scale[k]!);
    let sum = 0;
    for (let k = 0; k < features; k++) sum += weights[k]! * all[k]!;
    const share = this.shareAt(h);
    const factor = 1 - share + share / (sum + 1);
    for (let word = 0; word < own.length; word++) own[word]! *= factor;
    for (const word of this.seen) {
      const at = word * features;
      let hit = 0;
      for (let k = 0; k < features; k++) hit += weights[k]! * links[at + k]!;
      own[word]! += (share * hit) / (sum + 1);
    }
  }

  learn(word: number, h: Float32Array): void {
    const { features, phi, scale, kept, all, links } = this;
    this.look(h);
    this.seen.add(word);
    for (let k = 0; k < features; k++) {
      scale[k]! *= kept[k]!;
      const added = phi[k]! / scale[k]!;
      links[word * features + k]! += added;
      all[k]! += added;
      if (scale[k]! < 1e-9) this.rescale(k);
    }
  }

  /** phi = exp(h @ P + b). */
  private look(h: Float32Array): void {
    const { features, phi, weight, bias } = this;
    for (let k = 0; k < features; k++) {
      let a = bias[k]!;
      for (let i = 0; i < h.length; i++) a += h[i]! * weight[i * features + k]!;
      phi[k] = Math.exp(a);
    }
  }

  private shareAt(h: Float32Array): number {
    let x = this.shareBias;
    for (let i = 0; i < h.length; i++) x += h[i]! * this.share[i]!;
    return 1 / (1 + Math.exp(-x));
  }

  private rescale(k: number): void {
    const factor = this.scale[k]!;
    for (let at = k; at < this.links.length; at += this.features) this.links[at]! *= factor;
    this.all[k]! *= factor;
    this.scale[k] = 1;
  }
}

const mixed = (own: number, hit: number, sum: number, share: number): number =>
  (1 - share) * own + (share * (hit + own)) / (sum + 1);
