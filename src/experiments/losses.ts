import { defineMap, defineRowMap, map, rowMap, sum, type Tape, type Tensor } from "../tape/index.js";

/** An answer that was asked for, and what it should have been. */
export interface Asked {
  /** Of the episode, from 0. */
  readonly step: number;
  /** What the network's readout says, [batch, outputs]. */
  readonly answer: Tensor;
  /** [batch, outputs]; of classes one-hot. */
  readonly target: Tensor;
  /** How much each counts, [batch, outputs], the same in a row. */
  readonly mask: Tensor;
}

/** How the answers of a batch of episodes are judged, and what training makes as small as it can. */
export interface SequenceLoss {
  /** Whether targets are an answer's numbers, or each one class out of `outputs`. */
  readonly targets: "numbers" | "classes";
  /** The loss, [1, 1]. `share` [1, 1] is one divided by the sum of the masks: of all numbers, or of all answers that are classes. */
  of(tape: Tape, asked: readonly Asked[], share: Tensor): Tensor;
}

const scaled = defineMap(["total", "share"], { loss: "share * total" });

/** The error of every number, [batch, outputs]: of the first answer, and of one added to those before. */
const square = "mask * (y - target) * (y - target)";
const firstSquares = defineMap(["y", "target", "mask"], { e: square });
const nextSquares = defineMap(["before", "y", "target", "mask"], { e: `before + ${square}` });

/** The sum of squared differences. */
export const sumOfSquares: SequenceLoss = {
  targets: "numbers",
  of(tape, asked) {
    const total = asked.reduce<Tensor | null>((before, { answer, target, mask }) => {
      const now = [answer, target, mask];
      return before ? map(tape, nextSquares, [before, ...now])[0]! : map(tape, firstSquares, now)[0]!;
    }, null);
    return sum(tape, total!);
  },
};

/** -log of what softmax gives to the right class, times the mask, for each row. */
const surprises = defineRowMap({
  inputs: ["x", "target", "mask"],
  reductions: {
    m: { max: "x" },
    s: { sum: "exp(x - m)" },
    chosen: { sum: "mask * target * x" },
    weight: { sum: "mask * target" },
  },
  rowOutputs: { loss: "weight * (m + log(s)) - chosen" },
});
const added = defineMap(["before", "now"], { all: "before + now" });

/** The mean squared error of all numbers that count. */
export const meanSquaredError: SequenceLoss = {
  targets: "numbers",
  of: (tape, asked, share) => map(tape, scaled, [sumOfSquares.of(tape, asked, share), share])[0]!,
};

/** The mean cross-entropy of all answers that count: each is one class out of a few. */
export const classCrossEntropy: SequenceLoss = {
  targets: "classes",
  of(tape, asked, share) {
    const total = asked
      .map(({ answer, target, mask }) => rowMap(tape, surprises, [answer, target, mask])[0]!)
      .reduce((before, now) => map(tape, added, [before, now])[0]!);
    return map(tape, scaled, [sum(tape, total), share])[0]!;
  },
};
