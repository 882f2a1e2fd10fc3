import { defineMap, type MapDefinition, map, softmax, sum, type Tape, type Tensor } from "../tape/index.js";

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

/** An error over y, target and mask, for the first answer and for those that come after others. */
const errorMaps = (error: string) => ({
  first: defineMap(["y", "target", "mask"], { e: error }),
  next: defineMap(["before", "y", "target", "mask"], { e: `before + ${error}` }),
});

/** The error of every number, added up over the answers: [batch, outputs]. */
function total(
  tape: Tape,
  { first, next }: { readonly first: MapDefinition; readonly next: MapDefinition },
  asked: readonly Asked[],
  answer: (output: Tensor) => Tensor,
): Tensor {
  return asked.reduce<Tensor | null>((before, { answer: output, target, mask }) => {
    const now = [answer(output), target, mask];
    return before ? map(tape, next, [before, ...now])[0]! : map(tape, first, now)[0]!;
  }, null)!;
}

const squares = errorMaps("mask * (y - target) * (y - target)");
const surprises = errorMaps("(0 - mask * target) * log(max(y, 1e-12))");

/** The sum of squared differences. */
export const sumOfSquares: SequenceLoss = {
  targets: "numbers",
  of: (tape, asked) =>
    sum(
      tape,
      total(tape, squares, asked, (output) => output),
    ),
};

/** The mean squared error of all numbers that count. */
export const meanSquaredError: SequenceLoss = {
  targets: "numbers",
  of: (tape, asked, share) => map(tape, scaled, [sumOfSquares.of(tape, asked, share), share])[0]!,
};

/** The mean cross-entropy of all answers that count: each is one class out of a few. */
export const classCrossEntropy: SequenceLoss = {
  targets: "classes",
  of(tape, asked, share) {
    const all = sum(
      tape,
      total(tape, surprises, asked, (output) => softmax(tape, output)),
    );
    return map(tape, scaled, [all, share])[0]!;
  },
};
