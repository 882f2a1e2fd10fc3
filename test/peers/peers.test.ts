import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentProblem } from "../../bench/agentProblem.js";
import { cases } from "../../bench/cases.js";
import { fastProblem } from "../../bench/fastProblem.js";
import { lstmProblem } from "../../bench/lstmProblem.js";
import { oneShotProblem } from "../../bench/oneShotProblem.js";
import { Absent, type PeerCommand } from "../../bench/peer.js";
import { peers } from "../../bench/peers.js";
import {
  mazeProblem,
  type Problem,
  readFloats,
  readProblem,
  rnnProblem,
  writeProblem,
} from "../../bench/problem.js";
import { Maze, mazeBp } from "../../src/tasks/maze.js";
import { patternsEpisode } from "../../src/tasks/patterns.js";
import { random } from "../../src/tasks/random.js";
import { agentLoss } from "../support/agentLoss.js";
import { problemLoss } from "../support/problemLoss.js";

/** float32 over some dozen steps; relative to the largest element. */
const TOLERANCE = 1e-4;

const rnn = (eta: number, clamped: boolean): Problem =>
  rnnProblem(
    patternsEpisode(
      {
        patterns: 2,
        bits: 7,
        cycles: 1,
        stepsOn: 2,
        stepsOff: 1,
        testSteps: 3,
        balanced: false,
        // Small, or every tanh saturates and the gradients are nearly 0.
        inputScale: 0.7,
        biasNeuron: false,
      },
      random(3, "peers episode", 0),
    ),
    { std: 0.4, eta, lr: 0.01, clamped },
    random(4, "peers weights", 0),
  );

/** A large eta: half of the traces reach their bounds. 23 steps: no whole number of anybody's segments. */
const maze = mazeProblem(
  { neurons: 7, batch: 3, steps: 23 },
  { std: 0.4, eta: 0.3, lr: 0.01 },
  random(5, "peers weights", 0),
);

const lstm = lstmProblem(
  { neurons: 6, batch: 2, steps: 9, features: 3 },
  { eta: 0.4, lr: 0.01 },
  random(6, "peers weights", 0),
);
const oneShots = ([0, 1] as const).map((stepping) =>
  oneShotProblem(
    { neurons: 2, batch: 2, steps: 3, classes: 2, stepping },
    { eta: 0.6, lr: 0.01 },
    random(8, "peers weights", 0),
  ),
);
/** 12 steps: one chunk of the chunked peer, and no whole number of our segments. */
const fasts = (["fast-hebb", "fast-gated-delta", "fast-kda"] as const).map((kind) =>
  fastProblem(kind, { neurons: 4, heads: 2, steps: 12 }, { lr: 0.01 }, random(9, kind, 0)),
);
const agents = (["agent-plastic", "agent-homogeneous", "agent-modulated", "agent-rnn"] as const).map((kind) =>
  agentProblem(
    kind,
    { neurons: 5, batch: 3, steps: 17, size: 5 },
    { std: 0.4, lr: 0.01 },
    random(7, kind, 0),
  ),
);

const problems: Readonly<Record<string, Problem>> = {
  "a clamped plastic RNN": rnn(0.1, true),
  // (1 - eta)^-9 is over 100.
  "a plastic RNN whose trace cannot be walked backwards to the start": rnn(0.5, false),
  "the maze core": maze,
};

type Loss = (problem: Problem, params: Readonly<Record<string, ArrayLike<number>>>) => number;

/** Central differences of the loss in float64: what no peer computed. */
function slopes(problem: Problem, lossOf: Loss = problemLoss): Record<string, number[]> {
  const step = 1e-6;
  return Object.fromEntries(
    Object.entries(problem.params).map(([name, values]) => {
      const at = (k: number, change: number) => {
        const moved = Float64Array.from(values);
        moved[k]! += change;
        return lossOf(problem, { ...problem.params, [name]: moved });
      };
      return [name, Array.from(values, (_, k) => (at(k, step) - at(k, -step)) / (2 * step))];
    }),
  );
}

interface Checked {
  readonly loss: number;
  readonly trained: number;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-peers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a peer answered; Python takes seconds to start, so each is asked once. */
const answered = new Map<string, Checked>();
function check(peer: PeerCommand, title: string, threads: number): Checked {
  const key = `${peer.name} ${threads} ${title}`;
  if (!answered.has(key)) answered.set(key, ask(peer, problems[title]!, threads));
  return answered.get(key)!;
}

function ask(
  { name, command }: PeerCommand,
  problem: Problem,
  threads: number,
  answers = mkdtempSync(join(folder, "answers-")),
): Checked {
  const directory = mkdtempSync(join(folder, "problem-"));
  writeProblem(problem, directory);
  const [program, ...first] = command as [string, ...string[]];
  const options = ["--problem", directory, "--threads", String(threads), "--check", answers];
  const { status, stdout, stderr } = spawnSync(program, [...first, ...options], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  const gradients = Object.fromEntries(
    Object.keys(problem.params).map((param) => [param, readFloats(join(answers, `${param}.f32`))]),
  );
  return { ...(JSON.parse(stdout) as { loss: number; trained: number }), gradients };
}

function expectClose(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(actual.length, name).toBe(expected.length);
  const largest = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const worst = Array.from(expected).reduce(
    (max, value, k) => Math.max(max, Math.abs(actual[k]! - value)),
    0,
  );
  expect(worst / largest, `${name}: error relative to the largest of its gradients`).toBeLessThan(TOLERANCE);
}

/** The command of a peer, or a printed reason why it is not tested here. */
function present(name: string): PeerCommand | undefined {
  try {
    return peers[name]!();
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    console.warn(`not tested: ${name}: ${error.message}`);
    return undefined;
  }
}

describe.each([
  ["torch-eager", 1],
  ["torch-fused", 1],
  ["native", 1],
  ["native", 3],
])("%s on %i threads", (name, threads) => {
  const command = present(name);
  test.skipIf(!command).each(Object.entries(problems))(
    "has the gradients of finite differences on %s",
    (title, problem) => {
      const { loss, gradients } = check(command!, title, threads);
      expectClose("loss", [loss], [problemLoss(problem, problem.params)]);
      for (const [param, expected] of Object.entries(slopes(problem))) {
        expectClose(param, gradients[param]!, expected);
      }
    },
  );

  const eager = name === "torch-eager" ? undefined : present("torch-eager");
  test.skipIf(!command || !eager).each(Object.keys(problems))(
    "trains as torch.optim.Adam does on %s",
    (title) => {
      const mine = check(command!, title, threads);
      const theirs = check(eager!, title, 1);
      expectClose("loss after two steps", [mine.trained], [theirs.trained]);
      expect(Math.abs(theirs.trained - theirs.loss)).toBeGreaterThan(10 * TOLERANCE * Math.abs(theirs.loss));
      for (const [param, gradient] of Object.entries(theirs.gradients)) {
        expectClose(param, mine.gradients[param]!, gradient);
      }
    },
  );
});

describe("torch-eager", () => {
  const command = present("torch-eager");
  const asked = (problem: Problem) => {
    const answers = mkdtempSync(join(folder, "answers-"));
    return {
      ...ask(command!, problem, 1, answers),
      lived: (name: string) => readFloats(join(answers, `${name}.f32`)),
    };
  };

  test.skipIf(!command)("has the gradients of finite differences on a plastic LSTM", () => {
    const { loss, gradients } = asked(lstm);
    expectClose("loss", [loss], [problemLoss(lstm, lstm.params)]);
    for (const [param, expected] of Object.entries(slopes(lstm))) {
      expectClose(param, gradients[param]!, expected);
    }
  });

  test.skipIf(!command).each(fasts.map((problem) => [problem.kind, problem] as const))(
    "has the gradients of finite differences on a memory of kind %s",
    (_, problem) => {
      const { loss, gradients } = asked(problem);
      expectClose("loss", [loss], [problemLoss(problem, problem.params)]);
      for (const [param, expected] of Object.entries(slopes(problem)))
        expectClose(param, gradients[param]!, expected);
    },
  );

  const chunked = present("torch-chunked");
  test.skipIf(!command || !chunked)("agrees with the chunked one on a gated delta memory", () => {
    const problem = fasts.find(({ kind }) => kind === "fast-gated-delta")!;
    const [mine, theirs] = [ask(chunked!, problem, 1), asked(problem)];
    expectClose("loss", [mine.loss], [theirs.loss]);
    for (const [param, gradient] of Object.entries(theirs.gradients))
      expectClose(param, mine.gradients[param]!, gradient);
  });

  test.skipIf(!command).each(oneShots.map((problem) => [problem.sizes.stepping, problem] as const))(
    "has the gradients of finite differences on one-shot learning, stepping: %i",
    (_, problem) => {
      const { loss, gradients } = asked(problem);
      expectClose("loss", [loss], [problemLoss(problem, problem.params)]);
      for (const [param, expected] of Object.entries(slopes(problem))) {
        expectClose(param, gradients[param]!, expected);
      }
    },
  );

  test.skipIf(!command).each(agents.map((problem) => [problem.kind, problem] as const))(
    "has the gradients of finite differences on what it lived as %s",
    (_, problem) => {
      const { loss, gradients, lived } = asked(problem);
      const episodes = { x: lived("x"), actions: lived("actions"), rewards: lived("rewards") };
      const lossOf: Loss = (_, params) => agentLoss(problem, episodes, params);
      // Otherwise every advantage would be that of no reward.
      expect(Math.max(...episodes.rewards)).toBe(10);
      expectClose("loss", [loss], [lossOf(problem, problem.params)]);
      for (const [param, expected] of Object.entries(slopes(problem, lossOf))) {
        expectClose(param, gradients[param]!, expected);
      }
    },
  );

  test.skipIf(!command)("lives in the maze of the maze experiment", () => {
    const { lived } = asked(agents[0]!);
    const { batch, steps, features, size } = agents[0]!.sizes as Record<string, number>;
    const maze = new Maze({ ...mazeBp, size: size!, steps: steps! });
    const [x, actions, rewards] = [lived("x"), lived("actions"), lived("rewards")];
    const seen = (t: number, b: number) =>
      Array.from(x.subarray((t * batch! + b) * features!, (t * batch! + b + 1) * features!));
    for (let b = 0; b < batch!; b++) {
      // A goal that is never found; where the peer found its own, only the step that led there can be compared.
      const state = { ...maze.reset(random(1, "goal", 0)), goal: -1 };
      for (let t = 0; t < steps!; t++) {
        const expected: number[] = [];
        maze.observe(state, expected, 0);
        expect(seen(t, b)).toEqual(expected.map((value) => Math.fround(value) + 0));
        maze.step(state, actions[t * batch! + b]!);
        if (rewards[t * batch! + b]! > 0) break;
      }
    }
  });
});

describe("the benchmark's problems", () => {
  test("come back from their files as they were written", () => {
    for (const problem of [...Object.values(problems), lstm, ...oneShots, ...fasts, ...agents]) {
      const directory = mkdtempSync(join(folder, "problem-"));
      writeProblem(problem, directory);
      expect(readProblem(directory)).toEqual(problem);
    }
  });

  test("are of the papers' sizes", () => {
    const sizes = Object.entries(cases).map(([name, make]) => {
      const { neurons, steps, batch } = make().sizes;
      return [name, neurons, steps, batch];
    });
    expect(sizes).toEqual([
      ["patterns", 1000, 106, undefined],
      ["patterns-small", 51, 11, undefined],
      ["images", 1025, 201, undefined],
      ["maze-core", 100, 200, 30],
      ["maze-plastic", 100, 200, 30],
      ["maze-homogeneous", 100, 200, 30],
      ["maze-modulated", 100, 200, 30],
      ["maze-rnn", 100, 200, 30],
      ["plastic-lstm", 256, 20, 16],
      ["ptb-basic-lstm", 210, 20, 20],
      ["ptb-basic-modulated", 200, 20, 20],
      ["omniglot", 64, 6, 1],
      ["omniglot-16", 64, 6, 16],
      ["fast-kda", 64, 1024, 8],
      ["fast-gated-delta", 64, 1024, 8],
      ["fast-gated-delta-4096", 64, 4096, 8],
      ["fast-hebb", 64, 1024, 8],
    ]);
  });
});
