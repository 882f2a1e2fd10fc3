import type { Device } from "../devices/device.js";
import {
  FastWeights,
  type Gaussian,
  Linear,
  Residual,
  type SequenceCell,
  type SignalGate,
  stackedSequence,
} from "../layers/index.js";
import type { Rule } from "../rules/index.js";
import { defineMap, embedding, matmul, Parameter, rmsNorm, type Tape, type Tensor } from "../tape/index.js";
import type { TokenTask } from "../tasks/index.js";
import type { Network } from "../training/index.js";

export interface TokenNetworkOptions {
  readonly rule: Rule;
  /** Numbers that a token is known by. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Numbers in a head's key, and in its value; 0: width / heads. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly taps: number;
  /** The largest beta; above 1, a delta rule's transition has negative eigenvalues. */
  readonly betaMax: number;
}

/** Standard deviation of the embedding at first. */
const EMBEDDING = 0.02;

/**
 * Tokens in, one answer out of many out: an embedding, residual blocks of fast weights, a norm, and a readout.
 */
export class TokenNetwork {
  readonly cell: SequenceCell<unknown>;
  /** [tokens, width]. */
  readonly table: Parameter;
  private readonly gain: Parameter;
  private readonly readout: Linear;

  constructor(
    device: Device,
    private readonly task: Pick<TokenTask, "tokens" | "answers">,
    options: TokenNetworkOptions,
    random: Gaussian,
  ) {
    const { rule, width, layers, heads, taps, betaMax } = options;
    const { keySize = 0, valueSize = 0 } = options;
    const { tokens, answers } = task;
    const numbers = Float32Array.from({ length: tokens * width }, () => EMBEDDING * random.normal());
    this.table = new Parameter("embedding", device, tokens, width, numbers);
    const gates = gatesUpTo(rule, betaMax);
    this.cell = stackedSequence(
      Array.from({ length: layers }, (_, k) => {
        const sizes = { heads, ...(keySize > 0 && { keySize }), ...(valueSize > 0 && { valueSize }) };
        const cell = new FastWeights(
          device,
          { width, rule, taps, gates, name: `layer${k}`, ...sizes },
          random,
        );
        return new Residual(device, `block${k}`, cell);
      }),
    ) as unknown as SequenceCell<unknown>;
    this.gain = new Parameter("norm.gain", device, 1, width, new Float32Array(width).fill(1));
    this.readout = new Linear(device, "readout", width, answers, random);
  }

  get parameters(): Parameter[] {
    return [this.table, ...this.cell.parameters, this.gain, ...this.readout.parameters];
  }

  /**
   * A whole episode: `tokens` [steps * batch, 1], row t * batch + b; the answers to those of its rows that `asked` [questions * batch, 1]
   * names, [questions * batch, answers]. No other row is read out.
   */
  whole(tape: Tape, tokens: Tensor, asked: Tensor): { answers: Tensor; hidden: Tensor; state: unknown } {
    const { outputs, state } = this.cell.whole(tape, embedding(tape, tape.param(this.table), tokens));
    return { answers: this.answer(tape, embedding(tape, outputs, asked)), hidden: outputs, state };
  }

  /** One step at a time; a token is given one-hot. */
  get network(): Network {
    const { cell, table } = this;
    return {
      inputs: [{ name: "token", size: this.task.tokens, tail: [] }],
      answers: this.task.answers,
      begin: (tape) => cell.begin(tape),
      steps: [
        {
          given: ["token"],
          step: (tape, state, [token]) => {
            const step = cell.step(tape, state, matmul(tape, token!, tape.param(table)));
            return { ...step, output: this.answer(tape, step.output) };
          },
        },
      ],
    };
  }

  private answer(tape: Tape, x: Tensor): Tensor {
    return this.readout.apply(tape, rmsNorm(tape, x, tape.param(this.gain)));
  }
}

/** Gates other than usual: beta up to another number than 1, where the rule has one. */
function gatesUpTo(rule: Rule, betaMax: number): Readonly<Record<string, SignalGate>> {
  if (betaMax === 1) return {};
  const betas = Object.keys(rule.signals).filter((signal) => /^beta\d*$/.test(signal));
  const equation = defineMap(["x"], { y: `${betaMax} * sigmoid(x)` });
  return Object.fromEntries(betas.map((signal) => [signal, { of: [], equation }]));
}
