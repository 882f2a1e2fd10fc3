import fc from "fast-check";
import type { ParamRate } from "../src/rules/definition.js";
import type { Rule } from "../src/rules/rule.js";
import {
  defineMap,
  map,
  matmul,
  openTraces,
  readNamed,
  readTraces,
  type Tape,
  type Tensor,
  traceValue,
  updateTraces,
} from "../src/tape/index.js";
import { type Graph, type Leaf, leaf, randomLoss, uniformNumbers } from "./graph.js";

/**
 * What may happen to a plastic connection at one moment. A "step" reads and then updates; "ahead" reads with the vectors of
 * its update known, as a fast-weight layer does; "twice" reads the same traces two times; "look" takes the traces, and all that
 * the rule reads by name, into the loss.
 */
export type Move = "step" | "ahead" | "read" | "update" | "twice" | "look";

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
const scaled = defineMap(["x", "factor"], { y: "factor * x" });

/**
 * An episode in which everything depends on everything: post neurons drive the next pre neurons through a plain
 * matrix, and the rule's signals come from post neurons too.
 */
export function plasticEpisode(episode: PlasticEpisode): Graph {
  const { rule, batch, pre, post, moves, announced, seed } = episode;
  const signals = Object.entries(rule.signals);
  const time = moves.length;
  // What a rule corrects by a read grows with the length of the vector that it is read with, so that one is of length 1.
  const ends = new Set(Object.values(rule.reads).map(({ per }) => per));
  const scale = {
    pre: ends.has("post") ? 1 / Math.sqrt(pre) : 1,
    post: ends.has("pre") ? 1 / Math.sqrt(post) : 1,
  };
  const widths = { episode: 1, pre, post };
  const leaves: Record<string, Leaf> = {
    u: leaf(seed, "u", "input", time * batch, post),
    v: leaf(seed, "v", "input", time * batch, pre),
    // Tame feedback: large weights would make the network chaotic, and rounding would decide what it does.
    back: leaf(seed, "back", "parameter", post, pre, 1 / Math.sqrt(post)),
    ...Object.fromEntries(
      signals
        .filter(([, rate]) => rate !== "post")
        .map(([key, rate]) => {
          const size = rate === "pre" ? scale.pre / Math.sqrt(post) : 1 / Math.sqrt(post);
          return [`to ${key}`, leaf(seed, key, "parameter", post, widths[rate], size)];
        }),
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
    const sized = (x: Tensor, end: "pre" | "post") =>
      scale[end] === 1 ? x : map(tape, scaled, [x, tape.constant(1, 1, [scale[end]])])[0]!;
    const told = (x: Tensor, given: Tensor, u: Tensor) => ({
      ...{ pre: sized(x, "pre"), post: sized(given, "post") },
      ...Object.fromEntries(
        signals.map(([key, rate]) => [
          key,
          rate === "post"
            ? sized(map(tape, activate, [y, u])[0]!, "post")
            : matmul(tape, y, leaves[`to ${key}`]!),
        ]),
      ),
    });
    const read = (x: Tensor, u: Tensor, next?: Readonly<Record<string, Tensor>>) => {
      const result = readTraces(traces, x, next);
      traces = result.traces;
      return map(tape, activate, [result.z, u])[0]!;
    };
    const look = (at: string, vectors: Readonly<Record<string, Tensor>>) => {
      for (const trace of [...rule.traces, ...Object.keys(rule.neuronTraces)]) {
        const looked = traceValue(traces, trace);
        traces = looked.traces;
        outputs[`${trace} ${at}`] = looked.value;
      }
      for (const key of Object.keys(rule.reads)) {
        const found = readNamed(traces, key, vectors);
        traces = found.traces;
        outputs[`${key} ${at}`] = found.value;
      }
    };
    for (const [t, move] of moves.entries()) {
      const u = tape.rows(leaves.u!, t * batch, batch);
      const x = map(tape, activate, [
        matmul(tape, y, leaves.back!),
        tape.rows(leaves.v!, t * batch, batch),
      ])[0]!;
      if (move === "look") look(`${t}`, told(x, u, u));
      const ahead = move === "ahead" ? told(x, u, u) : undefined;
      if (move !== "update" && move !== "look") y = outputs[`y ${t}`] = read(x, u, ahead);
      if (move === "twice") y = map(tape, addition, [y, read(map(tape, addition, [x, x])[0]!, u)])[0]!;
      if (ahead) traces = updateTraces(traces, ahead);
      if (move === "step" || move === "update")
        traces = updateTraces(traces, told(x, move === "step" ? y : u, u));
    }
    const last = tape.rows(leaves.u!, 0, batch);
    look("at the end", told(tape.rows(leaves.v!, 0, batch), last, last));
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
      { weight: 3, arbitrary: fc.constantFrom<Move>("ahead", "read", "update", "twice", "look") },
    ),
    { minLength: 1, maxLength },
  );
