import type { Buffer, Device } from "../devices/device.js";
import { type Cell, Linear, rulesOf } from "../layers/index.js";
import type { Rule } from "../rules/index.js";
import * as z from "../schema/index.js";
import { defineMap, map, type Parameter, softmax, sum, type Tape, type Tensor } from "../tape/index.js";
import { type Probe, random } from "../tasks/index.js";
import {
  type AdamOptions,
  type BuildContext,
  cellWithReadout,
  type LivedEpisode,
  live,
  type Model,
  type Network,
  type Split,
  tracesOf,
} from "../training/index.js";
import { matchedNeurons, namesOf, networks, networkWords, rules } from "./networks.js";

interface ProbeDefaults {
  readonly neurons: number;
  readonly rule: keyof typeof rules;
  readonly lr: number;
}

/** What every probe of memory may be told. */
export const probeSchema = (usual: ProbeDefaults) => ({
  network: z.enum(namesOf(networks)).default("plastic").describe(networkWords),
  neurons: z
    .int()
    .min(1)
    .max(2048)
    .default(usual.neurons)
    .describe("neurons of the plastic network; others get as many parameters"),
  rule: z
    .enum(namesOf(rules))
    .default(usual.rule)
    .describe("how connections learn where nothing modulates them"),
  batch: z.int().min(1).max(1024).default(16).describe("episodes lived side by side"),
  lr: z.number().positive().default(usual.lr).describe("learning rate of Adam"),
  clipNorm: z.number().positive().default(5).describe("largest norm of the gradient"),
});

type ProbeSettings = z.output<z.ObjectSchema<ReturnType<typeof probeSchema>>>;

/** A network of the kind asked for, and a probe of its memory. */
export function buildProbe(
  settings: ProbeSettings,
  task: Probe,
  { device, seed }: Pick<BuildContext<unknown>, "device" | "seed">,
): Model {
  const { batch, lr, clipNorm } = settings;
  const { inputs, answers, steps } = task;
  const network = networks[settings.network];
  const plastic = rules[settings.rule];
  const rule = network.rule(plastic);
  const neurons = matchedNeurons(network, settings.neurons, inputs, answers);
  device.expectRoom({ rule, batch, pre: neurons, post: neurons, steps });
  const weights = random(seed, "weights", 0);
  const cell = network.cell({ device, inputs, neurons, rule: plastic, random: weights });
  const readout = new Linear(device, "readout", neurons, answers, weights);
  return new Probed(device, task, cell, readout, batch, { lr, clipNorm });
}

/** One more step's cross-entropy. */
const surprise = defineMap(["before", "p", "right"], { e: "before - right * log(max(p, 1e-12))" });
const shareOf = defineMap(["total", "share"], { loss: "share * total" });

/**
 * A recurrent network and a task that asks it questions; the loss is the mean cross-entropy of the answers asked for. The
 * episodes' numbers lie in buffers that stay, so that a device that has seen one batch can repeat it on the next one's.
 */
class Probed implements Model {
  readonly parameters: readonly Parameter[];
  readonly network: Network;
  readonly rules: Readonly<Record<string, Rule>>;
  private readonly inputs: Buffer;
  /** One-hot, [asked * batch, answers]. */
  private readonly right: Buffer;
  /** Probabilities of the answers at each step that asked for one, [batch, answers]. */
  private given: readonly Tensor[] = [];

  constructor(
    private readonly device: Device,
    private readonly task: Probe,
    private readonly cell: Cell<unknown>,
    private readonly readout: Linear,
    readonly batch: number,
    readonly adam: AdamOptions,
  ) {
    const { steps, asked, inputs, answers } = task;
    this.parameters = [...cell.parameters, ...readout.parameters];
    this.rules = rulesOf(cell.connections);
    this.network = cellWithReadout("input", cell, inputs, readout);
    this.inputs = device.allocate(steps * batch, inputs);
    this.right = device.allocate(asked.length * batch, answers);
  }

  prepare(split: Split, seed: number, first: number) {
    const { device, task, batch } = this;
    const { steps, asked, inputs, answers } = task;
    const episodes = Array.from({ length: batch }, (_, b) => task.episode(random(seed, split, first + b)));
    const all = new Float32Array(steps * batch * inputs);
    const right = new Float32Array(asked.length * batch * answers);
    episodes.forEach((episode, b) => {
      for (let t = 0; t < steps; t++) {
        all.set(episode.inputs.subarray(t * inputs, (t + 1) * inputs), (t * batch + b) * inputs);
      }
      episode.right.forEach((answer, k) => {
        right[(k * batch + b) * answers + answer] = 1;
      });
    });
    device.write(this.inputs, all);
    device.write(this.right, right);
    return {
      measure: () => {
        const given = this.given.map((p) => device.read(p.value));
        return episodes.map((episode, b) =>
          task.measure(
            episode,
            given.map((p) => likeliest(p, b * answers, answers)),
          ),
        );
      },
    };
  }

  live(tape: Tape): LivedEpisode {
    const { cell, task, batch } = this;
    const { outputs, state } = live(tape, cell, tape.input(this.inputs));
    const right = tape.input(this.right);
    let total = tape.filled(batch, task.answers, 0);
    this.given = task.asked.map((step, k) => {
      const p = softmax(tape, this.readout.apply(tape, outputs[step]!));
      total = map(tape, surprise, [total, p, tape.rows(right, k * batch, batch)])[0]!;
      return p;
    });
    const share = tape.filled(1, 1, 1 / (batch * task.asked.length));
    const [loss] = map(tape, shareOf, [sum(tape, total), share]);
    return {
      loss: loss!,
      outputs: [...outputs, this.given.at(-1)!],
      traces: () => tracesOf(tape, cell, state),
    };
  }

  release(): void {
    for (const buffer of [this.inputs, this.right]) this.device.release(buffer);
    for (const parameter of this.parameters) parameter.release();
  }
}

/** The largest of `count` numbers from `at` on: its number. */
function likeliest(values: ArrayLike<number>, at: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[at + k]! > values[at + best]!) best = k;
  return best;
}
