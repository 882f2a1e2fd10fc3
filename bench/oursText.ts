import type { Device } from "../src/devices/device.js";
import { ptb } from "../src/experiments/ptb/ptb.js";
import { TextTraining } from "../src/experiments/ptb/training.js";
import { Tape } from "../src/tape/index.js";
import { resolveOptions } from "../src/training/index.js";
import { Trainer as TextTrainer } from "../src/training/trainer.js";
import { named } from "./oursNetwork.js";
import type { Trainer } from "./peers/serve.js";
import type { Problem } from "./problem.js";
import type { TextKind } from "./textProblem.js";

const networkOf = { "text-lstm": "lstm", "text-modulated": "modulated" } as const;

/** The library's language model, trained as `run` trains it. */
export function textTrainer(device: Device, problem: Problem, kind: TextKind): Trainer {
  const { words, embedding, neurons, layers, batch, steps, lr, clipNorm, weightDecay } = problem.sizes;
  const sizes = { embedding, neurons, layers, batch, steps, lr, clipNorm, weightDecay };
  const options = resolveOptions(ptb, { ...sizes, network: networkOf[kind], equal: "neurons" });
  const tokens = Uint16Array.from(problem.inputs.tokens!);
  const texts = { name: "made-up text", vocabulary: words!, train: tokens, valid: tokens, test: tokens };
  const model = new TextTraining(device, texts, options, 0);
  const { parameters, nameOf } = named(device, problem, model.parameters, {});
  const trainer = new TextTrainer(device, model);
  let episode = 0;
  return {
    about: `hebbian: ${device.info.why}`,
    async gradients() {
      model.prepare("train", 0, episode);
      episode += batch!;
      const tape = new Tape(device, batch!);
      const { loss } = model.live(tape);
      tape.backward(loss);
      const gradients = Object.fromEntries(parameters.map((p) => [nameOf(p), device.read(p.grad)]));
      return { loss: device.read(loss.value)[0]!, gradients };
    },
    async train(count) {
      for (let i = 0; i < count; i++, episode += batch!) trainer.train(0, episode);
    },
  };
}
