import { CueReward, cueRewardTask } from "../tasks/index.js";
import { agentExperiment, initialAlpha } from "./agents.js";
import { integerOption } from "./options.js";

/** Which of the cues brings the reward? */
export const cueReward = agentExperiment({
  name: "cue-reward",
  title: "Cue-reward association: learn from rewards which cue is the target",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.1",
  expected: "modulated and retroactive networks learn it; plastic and rnn stay near chance",
  departures: [
    "The baseline of each episode is its own value, not the first episode's.",
    "Every iteration makes an optimiser step, the first hundred too.",
    "Episodes have 200 steps, as in the text; the program's have 120 (--steps 120), and it clips gradients at a norm of 2, not 7.",
    initialAlpha,
  ],
  usual: { neurons: 200, eta: 0.1, lr: 1e-4, eps: 1e-6, clipNorm: 7, penaltyCoefficient: 0.1 },
  options: {
    bits: integerOption(cueRewardTask.bits, "bits of a cue", { min: 1, max: 256 }),
    cues: integerOption(cueRewardTask.cues, "cues of an episode; even", { min: 2, max: 64 }),
    blanks: integerOption(cueRewardTask.blanks, "most blank steps among a trial's cues", { min: 0, max: 50 }),
    steps: integerOption(cueRewardTask.steps, "time steps of an episode", { min: 1, max: 2000 }),
  },
  metric: { name: "reward", label: "mean reward of a trial", better: "higher", chance: 0 },
  others: [
    {
      name: "lateReward",
      label: "mean reward of a trial in the second half",
      better: "higher",
      chance: 0,
    },
  ],
  episodes: 6_000_000,
  testEpisodes: 500,
  environment: (options) => new CueReward(options),
});
