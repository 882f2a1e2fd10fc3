import * as z from "../schema/index.js";
import { type Environment, random } from "../tasks/index.js";
import { Agent, type BuildContext, concentration, type Model, negativeEntropy } from "../training/index.js";
import { matchedNeurons, namesOf, networks, networkWords, rules } from "./networks.js";

const penalties = { concentration, entropy: negativeEntropy };

interface AgentDefaults {
  readonly neurons: number;
  readonly batch: number;
  readonly rule: keyof typeof rules;
  readonly lr: number;
  readonly eps: number;
  readonly clipNorm: number;
  readonly gamma: number;
  readonly value: number;
  readonly penaltyCoefficient: number;
}

/** What every experiment with an agent may be told; `usual` holds the published values. */
export const agentSchema = (usual: AgentDefaults) => ({
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
  batch: z.int().min(1).max(1024).default(usual.batch).describe("episodes lived side by side"),
  lr: z.number().positive().default(usual.lr).describe("learning rate of Adam"),
  eps: z.number().positive().default(usual.eps).describe("epsilon of Adam"),
  clipNorm: z.number().positive().default(usual.clipNorm).describe("largest norm of the gradient"),
  gamma: z.number().min(0).max(1).default(usual.gamma).describe("discount of a reward per step ahead"),
  value: z.number().min(0).default(usual.value).describe("weight of the values' squared error"),
  penalty: z
    .enum(namesOf(penalties))
    .default("concentration")
    .describe("what keeps the policy from settling too early"),
  penaltyCoefficient: z.number().min(0).default(usual.penaltyCoefficient).describe("weight of the penalty"),
});

type AgentSettings = z.output<z.ObjectSchema<ReturnType<typeof agentSchema>>>;

/** A network of the kind asked for, acting in an environment. */
export function buildAgent<World>(
  settings: AgentSettings,
  environment: Environment<World>,
  { device, seed }: Pick<BuildContext<unknown>, "device" | "seed">,
): Model {
  const { actions, observations: inputs, steps } = environment;
  const { batch, lr, eps, clipNorm, gamma } = settings;
  const network = networks[settings.network];
  const plastic = rules[settings.rule];
  const rule = network.rule(plastic);
  const neurons = matchedNeurons(network, settings.neurons, inputs, actions + 1);
  device.expectRoom({ rule, batch, pre: neurons, post: neurons, steps });
  const weights = random(seed, "weights", 0);
  return new Agent(
    device,
    {
      cell: network.cell({ device, inputs, neurons, rule: plastic, random: weights }),
      environment,
      batch,
      loss: {
        gamma,
        valueCoefficient: settings.value,
        penalty: penalties[settings.penalty],
        penaltyCoefficient: settings.penaltyCoefficient,
      },
      adam: { lr, eps, clipNorm },
    },
    weights,
  );
}
