import type { Buffer, Device } from "../devices/device.js";
import { rulesOf } from "../layers/index.js";
import type { RuleData } from "../rules/index.js";
import * as known from "../rules/index.js";
import * as z from "../schema/index.js";
import { defineRowMap, rowMap, softmaxCrossEntropy, type Tape, Tensor } from "../tape/index.js";
import { random, type TokenEpisode, type TokenTask } from "../tasks/index.js";
import {
  type BuildContext,
  defineExperiment,
  type Experiment,
  type TrainableModel,
  tracesOf,
} from "../training/index.js";
import {
  aFunction,
  type ExperimentWords,
  expectDefinition,
  type OptionShape,
  type Options,
  optional,
} from "./definition.js";
import { integerOption, numberOption, ruleOf, ruleOption } from "./options.js";
import { TokenNetwork, type TokenNetworkOptions } from "./tokenNetwork.js";

/** How memory may learn: the rules of fast-weight layers. */
export const fastWeightRules = {
  linearAttention: known.linearAttention,
  decayingHebb: known.decayingHebb,
  retention: known.retention,
  gatedLinearAttention: known.gatedLinearAttention,
  deltaRule: known.deltaRule,
  gatedDelta: known.gatedDelta,
  kimiDelta: known.kimiDelta,
  gatedDelta2: known.gatedDelta2,
  comba: known.comba,
  diagonalPlusLowRank: known.diagonalPlusLowRank,
  gatedOja: known.gatedOja,
  titans: known.titans,
  deltaProduct: known.deltaProduct,
};

/** Options of an experiment with tokens whose defaults `usual` may change. */
export interface TokenDefaults {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly betaMax: number;
  readonly batch: number;
  readonly lr: number;
}

const usualDefaults: TokenDefaults = { width: 64, layers: 2, heads: 1, betaMax: 1, batch: 64, lr: 3e-3 };

/** The options of every experiment with a stack of fast-weight layers. */
export function tokenOptions(usual: Partial<TokenDefaults> = {}) {
  const { width, layers, heads, betaMax, batch, lr } = { ...usualDefaults, ...usual };
  const sizeWords = "0: width / heads";
  return {
    rule: ruleOption(fastWeightRules, "gatedDelta", "how memory learns"),
    width: integerOption(width, "numbers that a token is known by", { min: 1, max: 2048 }),
    layers: integerOption(layers, "fast-weight layers, one above the other", { min: 1, max: 64 }),
    heads: integerOption(heads, "memories of a layer", { min: 1, max: 64 }),
    keySize: integerOption(0, `numbers in a key; a memory has keySize x valueSize; ${sizeWords}`, {
      min: 0,
      max: 1024,
    }),
    valueSize: integerOption(0, `numbers in a value; ${sizeWords}`, { min: 0, max: 1024 }),
    taps: integerOption(4, "tokens, the present one included, that keys, values and queries are made of", {
      min: 1,
      max: 64,
    }),
    betaMax: numberOption(betaMax, "the largest beta of delta rules; 2 lets memories change signs", {
      min: 0.01,
      max: 2,
    }),
    batch: integerOption(batch, "episodes lived side by side", { min: 1, max: 1024 }),
    lr: z.number().positive().default(lr).describe("learning rate of Adam"),
    clipNorm: z.number().positive().default(1).describe("largest norm of the gradient"),
  };
}

/** Options of an experiment with tokens, once they are chosen; the rule may be one of your own. */
export type TokenSettings = Omit<TokenNetworkOptions, "rule"> & {
  readonly rule: keyof typeof fastWeightRules | RuleData;
  readonly batch: number;
  readonly lr: number;
  readonly clipNorm: number;
};

/** 1 for each row whose largest number is the target's, else 0. */
const hitsOf = defineRowMap({
  inputs: ["x", "class", "target"],
  reductions: { m: { max: "x" }, chosen: { sum: "where(within(class - target, -0.25, 0.25), x, 0)" } },
  rowOutputs: { hit: "where(less(chosen, m), 0, 1)" },
});

/** The numbers of a batch of episodes, in buffers that stay, so that a device that has seen one batch can repeat it on the next. */
class TokenBatch {
  readonly tokens: Buffer;
  readonly asked: Buffer;
  readonly right: Buffer;
  readonly classes: Buffer;

  constructor(
    private readonly device: Device,
    private readonly task: TokenTask,
    private readonly batch: number,
  ) {
    const { steps, questions, answers } = task;
    this.tokens = device.allocate(steps * batch, 1);
    this.asked = device.allocate(questions * batch, 1);
    this.right = device.allocate(questions * batch, 1);
    this.classes = device.allocate(1, answers);
    device.write(
      this.classes,
      Float32Array.from({ length: answers }, (_, k) => k),
    );
  }

  /** Row k * batch + b is episode b's; `asked` are rows of the outputs of all steps. */
  write(episodes: readonly TokenEpisode[]): void {
    const { device, batch } = this;
    const { steps, questions } = this.task;
    const rows = (count: number, of: (episode: TokenEpisode, k: number, b: number) => number) =>
      Float32Array.from({ length: count * batch }, (_, row) => {
        const b = row % batch;
        return of(episodes[b]!, (row - b) / batch, b);
      });
    device.write(
      this.tokens,
      rows(steps, ({ tokens }, t) => tokens[t]!),
    );
    device.write(
      this.asked,
      rows(questions, ({ asked }, k, b) => asked[k]! * batch + b),
    );
    device.write(
      this.right,
      rows(questions, ({ right }, k) => right[k]!),
    );
  }

  release(): void {
    for (const buffer of [this.tokens, this.asked, this.right, this.classes]) this.device.release(buffer);
  }
}

/** A stack of fast-weight layers, trained to answer as the task says. Throws a RangeError for options that do not fit together. */
export function buildTokens(
  settings: TokenSettings,
  task: TokenTask,
  { device, seed }: Pick<BuildContext<unknown>, "device" | "seed">,
): TrainableModel {
  const { batch, lr, clipNorm, width, heads, keySize, valueSize } = settings;
  const rule = ruleOf(fastWeightRules, settings.rule);
  const size = Math.max(1, Math.floor(width / heads));
  device.expectRoom({ rule, batch, pre: keySize || size, post: valueSize || size, steps: task.steps });
  const network = new TokenNetwork(device, task, { ...settings, rule }, random(seed, "weights", 0));
  const numbers = new TokenBatch(device, task, batch);
  const { questions } = task;
  return {
    parameters: network.parameters,
    adam: { lr, clipNorm },
    rules: rulesOf(network.cell.connections),
    network: network.network,
    batch,
    prepare(split, episodeSeed, first) {
      const episodes = Array.from({ length: batch }, (_, b) =>
        task.episode(random(episodeSeed, split, first + b)),
      );
      numbers.write(episodes);
      return {
        // [questions * batch, 1]: 1 where the answer was right.
        measure: (hits) =>
          episodes.map((_, b) => {
            const own = Array.from({ length: questions }, (_, k) => hits[k * batch + b]!);
            return { accuracy: own.reduce((sum, each) => sum + each, 0) / questions };
          }),
      };
    },
    live(tape: Tape) {
      const right = tape.input(numbers.right);
      const { answers, hidden, state } = network.whole(
        tape,
        tape.input(numbers.tokens),
        tape.input(numbers.asked),
      );
      // What is right is counted, not learned from: no adjoint.
      const given = new Tensor(answers.value, false);
      const [hits] = rowMap(tape, hitsOf, [given, tape.input(numbers.classes), right]);
      return {
        loss: softmaxCrossEntropy(tape, answers, right),
        outputs: [hidden, hits!],
        traces: () => tracesOf(tape, network.cell, state),
      };
    },
    release() {
      numbers.release();
      for (const parameter of network.parameters) parameter.release();
    },
  };
}

/** An experiment with a task of tokens. */
export interface TokenDefinition<Own extends OptionShape> extends ExperimentWords {
  readonly usual?: Partial<TokenDefaults>;
  readonly options: Own;
  /** What guessing scores. */
  readonly chance?: number;
  readonly task: (options: Options<ReturnType<typeof tokenOptions> & Own>) => TokenTask;
}

/**
 * An experiment in which a stack of fast-weight layers reads tokens and is asked, at some steps, for one answer out of many.
 * @throws ExperimentError for a definition that lacks something
 */
export function tokenExperiment<Own extends OptionShape>(definition: TokenDefinition<Own>): Experiment {
  const fields = {
    task: aFunction("a function that makes a task of tokens of the options"),
    chance: optional([Number.isFinite, "a number"]),
  };
  expectDefinition(definition, fields, tokenOptions());
  const { usual, options, chance, task, ...words } = definition;
  return defineExperiment({
    ...words,
    metric: { name: "accuracy", label: "share of right answers", better: "higher", show: "percent", chance },
    schema: z.object({ ...options, ...tokenOptions(usual) }),
    build: ({ options: chosen, ...context }) =>
      buildTokens(
        chosen as unknown as TokenSettings,
        task(chosen as unknown as Options<ReturnType<typeof tokenOptions> & Own>),
        context,
      ),
  }) as unknown as Experiment;
}
