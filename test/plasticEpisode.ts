import fc from "fast-check";
import type { ParamRate } from "../src/rules/definition.js";
import type { Rule } from "../src/rules/rule.js";
import {
  defineMap,
  map,
  matmul,
  openTraces,
  readTraces,
  type Tape,
  type Tensor,
  traceValue,
  updateTraces,
} from "../src/tape/index.js";
import { type Graph, type Leaf, leaf, randomLoss, uniformNumbers } from "./graph.js";

/**
 * What may happen to a plastic connection at one moment. A "step" reads and then updates; "twice" reads the same
 * traces two times; "look" takes the traces into the loss.
 */
export type Move = "step" | "read" | "update" | "twice" | "look";

export interface PlasticEpisode {
  readonly rule: Rule;
  readonly batch: number;
  readonly pre: number;
  readonly post: number;
  readonly moves: readonly Move[];
  /** Whether the device is told how many steps will come. */
  readonly announced: boolean;
  readonly seed: number;
}

const activate = defineMap(["z", "u"], { y: "tanh(z + u)" });
const addition = defineMap(["a", "b"], { y: "a + b" });

/**
 * An episode in which everything depends on everything: post neurons drive the next pre neurons through a plain
 * matrix, and the rule's signals come from post neurons too.
 */
export function plasticEpisode(episode: PlasticEpisode): Graph {
  const { rule, batch, pre, post, moves, announced, seed } = episode;
  const signals = Object.entries(rule.signals);
  const time = moves.length;
  const leaves: Record<string, Leaf> = {
    u: leaf(seed, "u", "input", time * batch, post),
    v: leaf(seed, "v", "input", time * batch, pre),
    // Tame feedback: large weights would make the network chaotic, and rounding would decide what it does.
    back: leaf(seed, "back", "parameter", post, pre, 1 / Math.sqrt(post)),
    ...Object.fromEntries(
      signals
        .filter(([, rate]) => rate === "episode")
        .map(([key]) => [`to ${key}`, leaf(seed, key, "parameter", post, 1, 1 / Math.sqrt(post))]),
    ),
    ...Object.fromEntries(
      Object.entries(rule.params).map(([key, { per }]) => [key, ruleLeaf(episode, key, per)]),
    ),
  };

  function build(tape: Tape, leaves: Readonly<Record<string, Tensor>>) {
    const params = Object.fromEntries(Object.keys(rule.params).map((key) => [key, leaves[key]!]));
    let traces = openTraces(tape, rule, params, pre, post, announced ? time : undefined);
    let y: Tensor = tape.filled(batch, post, 0);
    const outputs: Record<string, Tensor> = {};
    const read = (x: Tensor, u: Tensor) => {
      const result = readTraces(traces, x);
      traces = result.traces;
      return map(tape, activate, [result.z, u])[0]!;
    };
    const look = (at: string) => {
      for (const trace of rule.traces) {
        const looked = traceValue(traces, trace);
        traces = looked.traces;
        outputs[`${trace} ${at}`] = looked.value;
      }
    };
    for (const [t, move] of moves.entries()) {
      const u = tape.rows(leaves.u!, t * batch, batch);
      const x = map(tape, activate, [
        matmul(tape, y, leaves.back!),
        tape.rows(leaves.v!, t * batch, batch),
      ])[0]!;
      if (move === "look") look(`${t}`);
      if (move !== "update" && move !== "look") y = outputs[`y ${t}`] = read(x, u);
      if (move === "twice") y = map(tape, addition, [y, read(map(tape, addition, [x, x])[0]!, u)])[0]!;
      if (move === "step" || move === "update") {
        const vectors: Record<string, Tensor> = { pre: x, post: move === "step" ? y : u };
        for (const [key, rate] of signals) {
          vectors[key] =
            rate === "post" ? map(tape, activate, [y, u])[0]! : matmul(tape, y, leaves[`to ${key}`]!);
        }
        traces = updateTraces(traces, vectors);
      }
    }
    look("at the end");
    // An episode of "look" alone would leave the loss of a rule without traces empty.
    outputs.y = y = read(tape.rows(leaves.v!, 0, batch), tape.rows(leaves.u!, 0, batch));
    return { loss: randomLoss(tape, seed, outputs), outputs };
  }
  return { batch, leaves, build };
}

function ruleLeaf({ pre, post, seed }: PlasticEpisode, key: string, per: ParamRate): Leaf {
  const [rows, cols] = paramShape(per, pre, post);
  if (key === "w" || key === "alpha") return leaf(seed, key, "parameter", rows, cols, 1 / Math.sqrt(pre));
  // Rates are between 0 and 1, and large enough here to reach the clips.
  return { kind: "parameter", rows, cols, data: uniformNumbers(seed, key, rows * cols, 0.1, 0.7) };
}

export const paramShape = (per: ParamRate, pre: number, post: number): [number, number] => {
  const shapes: Record<ParamRate, [number, number]> = {
    layer: [1, 1],
    pre: [1, pre],
    post: [1, post],
    connection: [pre, post],
  };
  return shapes[per];
};

export const seeds = fc.integer({ min: 0, max: 1e6 });
export const moves = (maxLength: number) =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Move>("step") },
      { weight: 3, arbitrary: fc.constantFrom<Move>("read", "update", "twice", "look") },
    ),
    { minLength: 1, maxLength },
  );
