import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder for modules of somebody's own, for tests. */
export function moduleFolder() {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-own-"));
  let count = 0;
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    at,
    /** A number that no other module has: one that is loaded is not loaded again. */
    next: () => ++count,
    write(name: string, text: string): string {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
      return at(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An agent that pulls one of some levers; what they pay differs from episode to episode. */
export const bandit = `
import { agentExperiment, integerOption } from "hebbian/experiments";
import { PAYS } from "./pays.js";

export default agentExperiment({
  name: "bandit",
  title: "Which lever pays?",
  usual: { neurons: 8, batch: 2, lr: 0.01 },
  options: { levers: integerOption(3, "levers to choose from", { min: 2, max: 10 }) },
  episodes: 20,
  testEpisodes: 4,
  environment: ({ levers }) => ({
    actions: levers,
    observations: levers + 1,
    steps: 6,
    reset: (random) => ({ best: random.integer(levers), seen: new Array(levers + 1).fill(0), random }),
    observe: ({ seen }) => seen,
    step(state, action) {
      const reward = state.random.uniform() < (action === state.best ? PAYS : 0.2) ? 1 : 0;
      state.seen = state.seen.map((_, k) => (k === action ? 1 : k === levers ? reward : 0));
      return reward;
    },
  }),
});
`;
export const pays = "export const PAYS = 0.8;\n";

/** A network that is told, one step later, the number that it was shown. */
export const echo = `
import { sequenceExperiment } from "hebbian/experiments";

export default sequenceExperiment({
  name: "echo",
  usual: { neurons: 6, batch: 2 },
  episodes: 20,
  testEpisodes: 4,
  task: () => ({
    steps: 3,
    inputs: 1,
    outputs: 1,
    asked: [1, 2],
    episode(random) {
      const shown = [random.normal(), random.normal(), 0];
      return { inputs: shown, targets: shown.slice(0, 2) };
    },
  }),
});
`;

/** A rule that the library does not have. */
export const outstar = `
import { defineRule } from "hebbian/rules";

export default defineRule({
  name: "outstar",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.1 } },
  weight: "w + alpha * H",
  update: { H: "H + eta * pre * (post - pre * H)" },
});
`;
