/** The files of a new project, by name. `name` is that of a package, `version` of this program. */
export const projectFiles = (name: string, version: string): Readonly<Record<string, string>> => ({
  "package.json": `${JSON.stringify(
    {
      name,
      private: true,
      type: "module",
      engines: { node: ">=20.19" },
      scripts: {
        train: "hebbian train ./bandit.js",
        "train:rule": "hebbian train ./bandit.js --rule ./outstar.js",
        test: "node --test",
      },
      dependencies: { hebbian: `^${version}` },
    },
    null,
    2,
  )}\n`,
  ".gitignore": "node_modules/\nruns/\n",
  "bandit.js": bandit,
  "outstar.js": outstar,
  "bandit.test.js": test,
  "README.md": readme(name),
});

const bandit = `import { agentExperiment, integerOption } from "hebbian/experiments";

/** One lever of a few pays well, and which one differs from life to life: a network has to find out, and to remember. */
export default agentExperiment({
  name: "bandit",
  title: "A bandit: find the lever that pays, and keep to it",
  usual: { neurons: 40, batch: 30, lr: 2e-3 },
  options: { levers: integerOption(4, "levers to choose from", { min: 2, max: 20 }) },
  episodes: 20_000,
  testEpisodes: 500,
  environment: ({ levers }) => ({
    actions: levers,
    observations: levers + 2,
    steps: 40,
    reset: (random) => ({ best: random.integer(levers), action: -1, reward: 0, random }),
    // What was done last, what it brought, and a number that is always 1.
    observe: ({ action, reward }) => [...Array.from({ length: levers }, (_, k) => Number(k === action)), reward, 1],
    step(life, action) {
      life.action = action;
      life.reward = Number(life.random.uniform() < (action === life.best ? 0.9 : 0.1));
      return life.reward;
    },
  }),
});
`;

const outstar = `import { defineRule } from "hebbian/rules";

/** Only a sender that fires changes its connections (the outstar law, Grossberg 1976), within bounds. */
export default defineRule({
  name: "outstar",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.1 } },
  weight: "w + alpha * H",
  update: { H: "clip(H + eta * pre * (post - pre * H), -1, 1)" },
});
`;

const test = `import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { init } from "hebbian";
import { ruleData } from "hebbian/rules";
import { run } from "hebbian/training";
import bandit from "./bandit.js";
import outstar from "./outstar.js";

let device;
before(async () => {
  device = await init({ threads: 1 });
});
after(() => device.dispose());

/** The rewards of some batches of training. */
async function rewards(options) {
  const lived = [];
  for await (const event of run(bandit, { device, episodes: 300, options: { neurons: 10, ...options } })) {
    if (event.type === "episode") lived.push(event.metrics.reward);
  }
  return lived;
}

test("a life earns no more than 40 levers can pay", async () => {
  for (const reward of await rewards({})) assert.ok(reward >= 0 && reward <= 40);
});

test("the rule of this project trains, and otherwise than the usual one", async () => {
  assert.notDeepEqual(await rewards({ rule: ruleData(outstar) }), await rewards({}));
});
`;

const readme = (name: string): string => `# ${name}

An experiment of one's own ([bandit.js](bandit.js)) and a plasticity rule ([outstar.js](outstar.js)) for
[hebbian](https://www.npmjs.com/package/hebbian): networks whose connections keep learning after training.

\`\`\`
npm install
npm test
npm run train                                        # half a minute or so; figures in runs/bandit-seed0/figures
npm run train:rule                                   # the same with the rule of this project
npx hebbian train ./bandit.js --help                 # every option is a flag
npx hebbian train --resume runs/bandit-seed0         # goes on, if it was stopped with Ctrl-C
npx hebbian watch runs/bandit-seed0                  # a life, step by step
npx hebbian evaluate runs/bandit-seed0 --seed 1      # tests it on other lives
npx hebbian compare runs/*                           # several runs in one table
npx hebbian export runs/bandit-seed0 bandit.safetensors
\`\`\`

The network's own documentation is in \`node_modules/hebbian\`.
`;
