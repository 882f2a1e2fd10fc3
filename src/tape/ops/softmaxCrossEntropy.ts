import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { weightedMean } from "./mean.js";
import { defineRowMap, rowMap } from "./rowMap.js";

/** `hits`: 1, unless no column is the target: then the loss is infinite, and no training goes on by mistake. */
const definition = defineRowMap({
  inputs: ["x", "class", "target", "mask"],
  reductions: {
    m: { max: "x" },
    s: { sum: "exp(x - m)" },
    chosen: { sum: "where(within(class - target, -0.25, 0.25), x, 0)" },
    hits: { sum: "within(class - target, -0.25, 0.25)" },
  },
  rowOutputs: { loss: "where(mask, mask * (m + log(s) - chosen) / hits, 0)" },
});

/**
 * -log softmax(logits) of each row's right class, times the row's mask: `logits` [rows, classes] -> [rows, 1]. `targets` [rows, 1]
 * are the classes' numbers from 0, exact in float32 up to 2^24; `mask` [rows, 1], 1 where it is missing. A row of mask 0 counts
 * nothing, whatever its target; one of another mask whose target is no class has an infinite loss.
 *
 * Fused: one look at each row's logits forward (its largest, then the sum of exponentials) and one on the way back, and no matrix
 * of probabilities is kept, but three numbers a row. Adjoint: dx = d mask (softmax(x) - [class = target]).
 *
 * @throws RangeError for shapes that do not match; Error for targets or a mask that would need an adjoint
 */
export function rowCrossEntropies(tape: Tape, logits: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  expectColumn("softmaxCrossEntropy: targets", targets, logits.rows);
  if (mask) expectColumn("softmaxCrossEntropy: mask", mask, logits.rows);
  const numbers = classNumbers(tape, logits.cols);
  return rowMap(tape, definition, [logits, numbers, targets, mask ?? tape.filled(1, 1, 1)])[0]!;
}

/**
 * Cross-entropy of one right class out of many, [1, 1]: the mean over rows of `rowCrossEntropies`, each counted as often as the
 * mask says (its sum not 0). Perplexity is its exponential.
 *
 * @throws RangeError for shapes that do not match
 */
export function softmaxCrossEntropy(tape: Tape, logits: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  const losses = rowCrossEntropies(tape, logits, targets, mask);
  return weightedMean(tape, losses, mask ?? tape.filled(logits.rows, 1, 1));
}

const known = new WeakMap<Tape, Map<number, Tensor>>();

/** 0, 1, 2 ... in a row, written once a tape. */
function classNumbers(tape: Tape, classes: number): Tensor {
  const ofTape = known.get(tape) ?? new Map<number, Tensor>();
  known.set(tape, ofTape);
  const numbers =
    ofTape.get(classes) ??
    tape.constant(
      1,
      classes,
      Array.from({ length: classes }, (_, k) => k),
    );
  ofTape.set(classes, numbers);
  return numbers;
}

function expectColumn(where: string, tensor: Tensor, rows: number): void {
  if (tensor.rows === rows && tensor.cols === 1) return;
  throw new RangeError(`${where} must be [${rows}, 1], got ${tensor.shape}`);
}
