import type { Device } from "../../src/devices/device.js";
import type { TextNetwork } from "../../src/experiments/ptb/cells.js";
import { TextModel, type TextModelOptions } from "../../src/experiments/ptb/model.js";
import { Carry, defineMap, map, rowCrossEntropies, sum, Tape } from "../../src/tape/index.js";
import { random } from "../../src/tasks/index.js";

/** Two segments of a text, and a two-layer plastic LSTM that reads them: small, with large rates, so that traces reach their bounds. */
export interface LanguageProblem {
  readonly network: TextNetwork;
  /** What is not as in PyTorch's program: none of it unless given. */
  readonly changed?: Partial<TextModelOptions>;
  readonly batch: number;
  readonly parameters: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
  >;
  /** Tokens [steps * batch], row t * batch + b. */
  readonly segments: readonly { readonly inputs: readonly number[]; readonly targets: readonly number[] }[];
}

/** Of each segment: its loss, and that loss's gradient by parameter. What was before a segment has none. */
export type LanguageAnswers = readonly {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}[];

const [vocabulary, batch, steps] = [7, 2, 5];
const options = ({ network, changed }: Pick<LanguageProblem, "network" | "changed">): TextModelOptions => ({
  ...{ network, embedding: 3, layers: 2, neurons: 4, readout: "own", equal: "neurons" },
  ...{ plasticFrom: "hidden", pre: "present", trace: "clipped", alpha: 0.5, eta: 0.7, initRange: 0.8 },
  ...changed,
});

export function languageProblem(
  device: Device,
  network: TextNetwork,
  changed?: Partial<TextModelOptions>,
): LanguageProblem {
  const rng = random(4, "language problem", 0);
  const { parameters } = new TextModel(device, vocabulary, options({ network, changed }), 1);
  const rows = () => Array.from({ length: steps * batch }, () => rng.integer(vocabulary));
  return {
    network,
    ...(changed && { changed }),
    batch,
    parameters: Object.fromEntries(
      parameters.map(({ name, shape: [height, width] }) => {
        // To six digits, so that they are the same numbers in a file; larger than rates and alphas begin.
        const data = Array.from({ length: height * width }, () => Number((0.8 * rng.normal()).toFixed(6)));
        return [name, { shape: [height, width], data }];
      }),
    ),
    segments: Array.from({ length: 2 }, () => ({ inputs: rows(), targets: rows() })),
  };
}

const scaled = defineMap(["total", "share"], { loss: "share * total" });

/** What this library makes of it. */
export function solved(device: Device, problem: LanguageProblem): LanguageAnswers {
  const { parameters, segments } = problem;
  const model = new TextModel(device, vocabulary, options(problem), 1);
  for (const { name, value } of model.parameters) device.write(value, parameters[name]!.data);
  const carry = new Carry(device);
  return segments.map(({ inputs, targets }) => {
    const tape = new Tape(device, batch);
    const column = (tokens: readonly number[]) => tape.constant(steps * batch, 1, tokens);
    const begun = carry.resume(tape, model.begin(tape, steps));
    const { logits, state } = model.segment(tape, column(inputs), begun);
    carry.keep(state);
    const total = sum(tape, rowCrossEntropies(tape, logits, column(targets)));
    const loss = map(tape, scaled, [total, tape.filled(1, 1, 1 / batch)])[0]!;
    tape.backward(loss);
    return {
      loss: device.read(loss.value)[0]!,
      gradients: Object.fromEntries(
        model.parameters.map(({ name, grad }) => [name, Array.from(device.read(grad))]),
      ),
    };
  });
}

/** The largest difference of any loss or gradient, to the largest number of its kind (1 where all are smaller). */
export function farthest(answers: LanguageAnswers, expected: LanguageAnswers): number {
  const differences = expected.flatMap(({ loss, gradients }, k) => [
    Math.abs(answers[k]!.loss - loss) / Math.max(1, Math.abs(loss)),
    ...Object.entries(gradients).map(([name, numbers]) => {
      const largest = Math.max(1, ...numbers.map(Math.abs));
      return (
        Math.max(...numbers.map((each, i) => Math.abs(each - answers[k]!.gradients[name]![i]!))) / largest
      );
    }),
  ]);
  return Math.max(...differences);
}
