import type { Device } from "../devices/device.js";
import { gatedLinearAttention } from "../rules/index.js";
import {
  defineMap,
  defineRowMap,
  map,
  matmulTransposed,
  Parameter,
  rowMap,
  type Tape,
  type Tensor,
  type TraceState,
} from "../tape/index.js";
import { expectLayerOptions, type Kinds } from "./expectLayerOptions.js";
import { expectInput, type Gaussian, type Layer } from "./layer.js";
import { Linear } from "./linear.js";
import { PlasticConnection } from "./plasticConnection.js";

/** Sizes of a `TraceCache`, and what its numbers start with. */
export interface TraceCacheOptions {
  /** Numbers that a moment of the text is known by: a network's hidden state h. */
  readonly inputs: number;
  readonly words: number;
  /** K: how many features of h the trace has a row for; its size is features * words. */
  readonly features: number;
  /** Words after which a trace has faded to 1 / e at first: geometrically spread over the features. */
  readonly horizons?: readonly [number, number];
  /** Parameters are called `name`.features.weight and so on; "cache" unless given. */
  readonly name?: string;
}

/** p mixed with what is recalled. What the trace holds nothing about stays as it is: the network's own guess counts as one word. */
const mixture = defineRowMap({
  inputs: ["p", "recalled", "share"],
  reductions: { all: { sum: "recalled" } },
  outputs: { y: "(1 - share) * p + share * (recalled + p) / (all + 1)" },
});
/** The same of the word that came alone, as a loss. */
const surprise = defineMap(["p", "hit", "all", "share"], {
  loss: "-log((1 - share) * p + share * (hit + p) / (all + 1))",
});
/** Of moments s (columns) that lie before t (rows): all that is recalled, and what of it is the right word. */
const recall = defineRowMap({
  inputs: ["similarity", "t", "s", "word", "words"],
  reductions: {
    all: { sum: "where(less(s, t), similarity, 0)" },
    hit: { sum: "where(less(s, t) * within(words - word, -0.25, 0.25), similarity, 0)" },
  },
  rowOutputs: { hit: "hit", all: "all" },
});
const positive = defineMap(["a"], { phi: "exp(a)" });
const kept = defineMap(["u"], { d: "exp(-exp(u))" });
const reading = defineMap(["a", "u", "t"], { q: "exp(a - t * exp(u))" });
const written = defineMap(["a", "u", "t"], { k: "exp(a + (t + 1) * exp(u))" });
const share = defineMap(["x"], { y: "sigmoid(x)" });

/**
 * A neural cache in a trace: what a language model's readout learns from the text that it reads. Features of the hidden state,
 * phi = exp(h @ P + b), are linked with the word that came, each link fading at its feature's rate; at the next similar moment the
 * trace names the words that came at such moments, and is mixed with the network's probabilities:
 *
 *     p(w) = (1 - l) softmax(w) + l (recalled(w) + softmax(w)) / (sum of recalled + 1),  recalled = phi @ H
 *     H <- d * H + phi e(w);  l = sigmoid(h @ m + c), d = exp(-exp(u)) for each feature
 *
 * The trace is fixed in size, [features, words], and holds no text: neither order nor moments, only sums. Its rule is that of gated
 * linear attention with constant gates. The neural cache of Grave, Joulin & Usunier 2016 (arXiv 1612.04426) keeps every h and
 * word instead and compares with all of them: `losses` is that sum, over a stretch of text at once, to learn P, u and l through it.
 */
export class TraceCache implements Layer {
  readonly inputs: number;
  readonly words: number;
  readonly features: Linear;
  /** u, [1, features]: how fast each feature's links fade; d = exp(-exp(u)). */
  readonly fading: Parameter;
  readonly share: Linear;
  readonly connection: PlasticConnection;

  constructor(device: Device, options: TraceCacheOptions, random: Gaussian) {
    const kinds: Kinds = {
      inputs: "size",
      words: "size",
      features: "size",
      horizons: "other",
      name: "other",
    };
    expectLayerOptions("traceCache", options, kinds, ["inputs", "words", "features"]);
    const { inputs, words, features, horizons: [shortest, longest] = [300, 3000], name = "cache" } = options;
    this.inputs = inputs;
    this.words = words;
    this.features = new Linear(device, `${name}.features`, inputs, features, random);
    const ratio = longest / shortest;
    const fading = Float32Array.from(
      { length: features },
      (_, k) => -Math.log(shortest * ratio ** (features > 1 ? k / (features - 1) : 0.5)),
    );
    this.fading = new Parameter(`${name}.fading`, device, 1, features, fading);
    this.share = new Linear(device, `${name}.share`, inputs, 1, random);
    device.write(this.share.weight.value, new Float32Array(inputs));
    device.write(this.share.bias.value, [-1]);
    this.connection = new PlasticConnection(
      device,
      { name, rule: gatedLinearAttention, pre: features, post: words },
      random,
    );
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    return [...this.features.parameters, this.fading, ...this.share.parameters];
  }

  /** Its trace at the start of a text. `steps`: how many there will be, if known; traces then take less memory. */
  begin(tape: Tape, steps?: number): TraceState {
    return this.connection.begin(tape, steps);
  }

  /**
   * What comes next: h [batch, inputs] and the network's own probabilities [batch, words] -> probabilities that sum up to 1 as those do.
   *
   * @throws RangeError for other shapes
   */
  read(
    tape: Tape,
    traces: TraceState,
    h: Tensor,
    probabilities: Tensor,
  ): { output: Tensor; traces: TraceState } {
    expectInput("traceCache.read", tape, this, h);
    const { z, traces: read } = this.connection.read(traces, this.phi(tape, h));
    const output = rowMap(tape, mixture, [probabilities, z, this.shareOf(tape, h)])[0]!;
    return { output, traces: read };
  }

  /** What came: `word` [batch, words], one-hot (or all 0: nothing is learned), after the moment h [batch, inputs]. */
  learn(tape: Tape, traces: TraceState, h: Tensor, word: Tensor): TraceState {
    expectInput("traceCache.learn", tape, this, h);
    const d = map(tape, kept, [tape.param(this.fading)])[0]!;
    return this.connection.update(traces, { a: d, pre: this.phi(tape, h), post: word });
  }

  /**
   * -log p(word) at every moment of a stretch of text that is begun with an empty trace, [steps, 1]: as `read` and `learn` one after
   * the other give it, and computed as every moment's look at all before it, [steps, steps], so that gradients reach the features of
   * each through the whole stretch. On a tape of batch 1.
   *
   * @param hidden h before each word, [steps, inputs]
   * @param words the words that came, [steps, 1]
   * @param probabilities that the network gave to these words, [steps, 1], above 0
   * @throws RangeError for more than 4096 steps (give the next stretch by itself), or shapes that do not match
   */
  losses(tape: Tape, hidden: Tensor, words: Tensor, probabilities: Tensor): Tensor {
    const steps = hidden.rows;
    if (
      steps > LONGEST ||
      hidden.cols !== this.inputs ||
      words.rows !== steps ||
      probabilities.rows !== steps
    ) {
      throw new RangeError(
        `traceCache.losses: expected hidden [steps, ${this.inputs}], words and probabilities [steps, 1], of at most ${LONGEST} steps, ` +
          `got ${hidden.shape}, ${words.shape} and ${probabilities.shape}`,
      );
    }
    const numbers = Array.from({ length: steps }, (_, t) => t);
    // Counted from the middle: of the two factors whose product is what is left of a link, neither becomes too large.
    const t = tape.constant(
      steps,
      1,
      numbers.map((n) => n - steps / 2),
    );
    const a = this.features.apply(tape, hidden);
    const u = tape.param(this.fading);
    const similarity = matmulTransposed(
      tape,
      map(tape, reading, [a, u, t])[0]!,
      map(tape, written, [a, u, t])[0]!,
    );
    const along = matmulTransposed(tape, tape.filled(1, 1, 1), words);
    const [hit, all] = rowMap(tape, recall, [
      similarity,
      tape.constant(steps, 1, numbers),
      tape.constant(1, steps, numbers),
      words,
      along,
    ]) as [Tensor, Tensor];
    return map(tape, surprise, [probabilities, hit, all, this.shareOf(tape, hidden)])[0]!;
  }

  private phi(tape: Tape, h: Tensor): Tensor {
    return map(tape, positive, [this.features.apply(tape, h)])[0]!;
  }

  private shareOf(tape: Tape, h: Tensor): Tensor {
    return map(tape, share, [this.share.apply(tape, h)])[0]!;
  }
}

/** Similarities of so many moments with each other take 64 MB. */
const LONGEST = 4096;
