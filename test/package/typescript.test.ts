import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { installedRuntime } from "../support/runtimes.js";

/** Experiments and rules in TypeScript, which Node runs by itself from 22.18 on: tried with one that does, from npm. */
const files = {
  "typed.ts": `
import { integerOption, sequenceExperiment } from "hebbian/experiments";
import { half } from "./half.ts";
import type { Shown } from "./shown.ts";

export default sequenceExperiment({
  name: "typed",
  title: "Half of what was shown",
  usual: { neurons: 6, batch: 4 },
  options: { steps: integerOption(4, "numbers shown", { min: 2, max: 20 }) },
  episodes: 12,
  testEpisodes: 8,
  task: ({ steps }: { steps: number }) => ({
    steps,
    inputs: 1,
    outputs: 1,
    episode(random: { uniform(): number }): Shown {
      const inputs = Array.from({ length: steps }, () => random.uniform());
      return { inputs, targets: inputs.map(half) };
    },
  }),
});
`,
  "half.ts": "export const half = (x: number): number => x / 2;\n",
  "shown.ts": "export interface Shown { inputs: number[]; targets: number[] }\n",
  "rule.ts": `
import { defineRule, type Rule } from "hebbian/rules";

const rule: Rule = defineRule({
  name: "typedRule",
  traces: { H: 0 },
  weight: "w + alpha * H",
  update: { H: "0.9 * H + 0.1 * pre * post" },
});
export default rule;
`,
};

const node = installedRuntime("node");
if (typeof node === "string") console.warn(`${node}; experiments in TypeScript are not tried`);

describe.skipIf(typeof node === "string")("an experiment in TypeScript, where Node runs it", () => {
  const { folder: user } = inject("installed");
  const folder = join(user, "typescript");
  const run = join(folder, "runs/typed-seed0");
  beforeAll(() => {
    mkdirSync(join(folder, "runs"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });

  /** Runs the installed command line; throws with what it says where it fails. */
  const hebbian = (...argv: string[]): string => {
    if (typeof node === "string") throw new Error(node);
    return node.run(folder, join(user, "node_modules/hebbian/dist/cli/main.js"), ...argv);
  };

  it("is trained with its rule, and the run keeps what both are made of", () => {
    const flags = ["--rule", "./rule.ts", "--threads", "1", "--no-figures", "--json"];
    const said = hebbian("train", "./typed.ts", ...flags);
    expect(JSON.parse(said.trimEnd().split("\n").at(-1)!)).toMatchObject({
      type: "result",
      experiment: "typed",
    });
    const { modules, options } = JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
    expect(Object.keys(modules.experiment.files).sort()).toEqual(["half.ts", "shown.ts", "typed.ts"]);
    expect(Object.keys(modules.rule.files)).toEqual(["rule.ts"]);
    expect(options.rule).toMatchObject({ name: "typedRule" });
  });

  it("is found again by evaluate, goes on, and is refused when a file that it imports has changed", () => {
    expect(JSON.parse(hebbian("evaluate", run, "--episodes", "4", "--json"))).toMatchObject({
      ...{ experiment: "typed", episodes: 4 },
    });
    const resume = ["train", "--resume", run, "--episodes", "16", "--no-figures"];
    hebbian(...resume);
    writeFileSync(join(folder, "half.ts"), "export const half = (x: number): number => x / 3;\n");
    expect(() => hebbian(...resume)).toThrow(/other content of half\.ts/);
  });

  it("says where the syntax is wrong", () => {
    writeFileSync(join(folder, "broken.ts"), "const a: number = 1;\nconst b: = 2;\nexport default a;\n");
    expect(() => hebbian("train", "./broken.ts")).toThrow(/error: broken\.ts:2: syntax error/);
  });
});
