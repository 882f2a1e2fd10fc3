import * as z from "../schema/index.js";
import { CueReward, cueRewardTask } from "../tasks/index.js";
import type { Experiment } from "../training/index.js";
import { agentSchema, buildAgent } from "./agents.js";

const schema = z.object({
  ...agentSchema({
    neurons: 200,
    batch: 30,
    rule: "clippedHebb",
    lr: 1e-4,
    eps: 1e-8,
    clipNorm: 7,
    gamma: 0.9,
    value: 0.1,
    penaltyCoefficient: 0.1,
  }),
  bits: z.int().min(1).max(256).default(cueRewardTask.bits).describe("bits of a cue"),
  cues: z.int().min(2).max(64).default(cueRewardTask.cues).describe("cues of an episode; even"),
  blanks: z
    .int()
    .min(0)
    .max(50)
    .default(cueRewardTask.blanks)
    .describe("most blank steps among a trial's cues"),
  steps: z.int().min(1).max(2000).default(cueRewardTask.steps).describe("time steps of an episode"),
});

/** Which of the cues brings the reward? */
export const cueReward: Experiment<typeof schema> = {
  name: "cue-reward",
  title: "Cue-reward association: learn from rewards which cue is the target",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.1",
  expected: "modulated and retroactive networks learn it; plastic and rnn stay near chance",
  departures: [
    "The baseline of each episode is its own value, not the first episode's.",
    "Every iteration makes an optimiser step, the first hundred too.",
  ],
  schema,
  metric: { name: "reward", label: "mean reward of a trial", better: "higher", show: "number", chance: 0 },
  others: [
    {
      name: "lateReward",
      label: "mean reward of a trial in the second half",
      better: "higher",
      show: "number",
      chance: 0,
    },
  ],
  needsImages: false,
  episodes: 6_000_000,
  testEpisodes: 500,
  build: ({ options, ...context }) => buildAgent(options, new CueReward(options), context),
};
