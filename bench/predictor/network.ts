import type { LstmState, TraceCache } from "../../src/layers/index.js";
import {
  defineMap,
  map,
  matmul,
  Parameter,
  softmax,
  type Tensor,
  type TraceState,
} from "../../src/tape/index.js";
import type { Network } from "../../src/training/index.js";
import type { LanguageNetwork } from "../language/network.js";

interface PredictorState {
  readonly lstm: LstmState;
  readonly traces: TraceState;
}

const addBias = defineMap(["x", "b"], { y: "x + b" });

/**
 * A language network with its trace as one that lives: a step takes the word that came, one-hot (all 0: none that it knows), links it
 * with the moment before, and answers with the probability of each word next.
 */
export function predictorNetwork(
  language: LanguageNetwork,
  cache: TraceCache,
): { network: Network; parameters: Parameter[] } {
  const { device, table, words, units, cell } = language;
  // A model file multiplies by matrices as they stand: the tied weights stand in it twice.
  const turned = new Float32Array(words * units);
  const numbers = device.read(table.value);
  for (let word = 0; word < words; word++) {
    for (let i = 0; i < units; i++) turned[i * words + word] = numbers[word * units + i]!;
  }
  const weight = new Parameter("softmax.weight", device, units, words, turned);
  const bias = new Parameter(
    "softmax.offset",
    device,
    1,
    words,
    Float32Array.from(device.read(language.bias.value)),
  );
  const network: Network = {
    inputs: [{ name: "word", size: words, tail: [] }],
    answers: words,
    begin: (tape): PredictorState => ({ lstm: cell.begin(tape), traces: cache.begin(tape) }),
    steps: [
      {
        given: ["word"],
        step(tape, state, [word]) {
          const { lstm, traces } = state as PredictorState;
          const learned = cache.learn(tape, traces, lstm.y, word!);
          const step = cell.step(tape, lstm, matmul(tape, word!, tape.param(table)));
          const logits: Tensor = map(tape, addBias, [
            matmul(tape, step.output, tape.param(weight)),
            tape.param(bias),
          ])[0]!;
          const read = cache.read(tape, learned, step.output, softmax(tape, logits));
          return { output: read.output, state: { lstm: step.state, traces: read.traces } };
        },
      },
    ],
  };
  return { network, parameters: [table, ...cell.parameters, weight, bias, ...cache.parameters] };
}
