import type { Device } from "../src/devices/device.js";
import { networks } from "../src/experiments/networks.js";
import { clippedHebb } from "../src/rules/index.js";
import { Tape } from "../src/tape/index.js";
import { Maze, mazeBp } from "../src/tasks/index.js";
import { Agent, concentration, type TrainableModel } from "../src/training/index.js";
import { Trainer as AgentTrainer } from "../src/training/trainer.js";
import { named } from "./oursNetwork.js";
import type { Trainer } from "./peers/serve.js";
import type { Problem } from "./problem.js";

/** The problem's name of each of the agent's parameters. */
const names: Readonly<Record<string, string>> = {
  "input.weight": "i2h",
  "input.bias": "i2hBias",
  "recurrent.w": "w",
  "recurrent.alpha": "alpha",
  "recurrent.eta": "eta",
  "modulator.weight": "modulator",
  "modulator.bias": "modulatorBias",
  "heads.weight": "heads",
  "heads.bias": "headsBias",
};
const networkOf = {
  "agent-plastic": networks.plastic,
  "agent-modulated": networks.modulated,
  "agent-rnn": networks.rnn,
};

type AgentSize =
  | "neurons"
  | "batch"
  | "steps"
  | "features"
  | "size"
  | "lr"
  | "gamma"
  | "valueWeight"
  | "penalty"
  | "clipNorm";

/** The library's agent in its maze, trained as `run` trains it. */
export function agentTrainer(device: Device, problem: Problem, kind: keyof typeof networkOf): Trainer {
  const { neurons, batch, steps, features, size, lr, gamma, valueWeight, penalty, clipNorm } =
    problem.sizes as Readonly<Record<AgentSize, number>>;
  const random = { normal: () => 0 }; // The problem brings its own weights.
  const network = networkOf[kind];
  const rule = clippedHebb;
  const agent = new Agent(
    device,
    {
      cell: network.cell({ device, inputs: features, neurons, rule, random }),
      environment: new Maze({ ...mazeBp, size, steps }),
      batch,
      loss: { gamma, valueCoefficient: valueWeight, penalty: concentration, penaltyCoefficient: penalty },
      adam: { lr, clipNorm },
    },
    random,
  );
  const { parameters, nameOf } = named(device, problem, agent.parameters, names);
  const trainer = new AgentTrainer(device, agent);
  const clock = watchWorld(device, agent, steps);
  let episode = 0;
  return {
    about: `hebbian: ${device.info.why}`,
    async gradients() {
      agent.prepare("train", 0, episode);
      const tape = new Tape(device, batch);
      const { loss } = agent.live(tape);
      tape.backward(loss);
      const gradients = Object.fromEntries(parameters.map((p) => [nameOf(p), device.read(p.grad)]));
      return { loss: device.read(loss.value)[0]!, gradients };
    },
    async train(count) {
      clock.ms = 0;
      for (let i = 0; i < count; i++, episode += batch) trainer.train(0, episode);
    },
    worldMs: () => clock.ms,
  };
}

/**
 * Measures what the host does beside the network: new episodes, observing, sampling, stepping. The agent calls the host
 * before the first step, after each step, and for the loss, which is not counted.
 */
function watchWorld(device: Device, agent: TrainableModel, steps: number) {
  const clock = { ms: 0 };
  const timed = <Result>(work: () => Result): Result => {
    const begun = performance.now();
    try {
      return work();
    } finally {
      clock.ms += performance.now() - begun;
    }
  };
  const host = device.host.bind(device);
  let calls = 0;
  device.host = (work) =>
    host(() => {
      calls = (calls + 1) % (steps + 2);
      return calls === 0 ? work() : timed(work);
    });
  const prepare = agent.prepare.bind(agent);
  agent.prepare = (...episodes) => timed(() => prepare(...episodes));
  return clock;
}
