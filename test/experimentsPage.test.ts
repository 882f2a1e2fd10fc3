import { afterAll, describe, expect, it } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { type SequenceLoss, sequenceExperiment } from "../src/experiments/index.js";
import { type RunEvent, run } from "../src/training/index.js";
import { experimentsPage, seriesCsv } from "./support/experimentsPage.js";
import { moduleFolder } from "./support/ownModules.js";
import { call } from "./support/terminal.js";

/** docs/experiments.md promises code that works: its modules are taken out of the page and used here. */
const { page, modules } = experimentsPage();
const own = moduleFolder();
afterAll(own.remove);
own.write("series.csv", seriesCsv());
for (const [name, text] of modules) own.write(name, text);

const experiments = ["series.js", "sinusoids.js", "bandit.js", "cartpole.js"];

describe("the experiments on docs/experiments.md", () => {
  it("are the four, and a loss", () => {
    expect([...modules.keys()]).toEqual([
      "series.js",
      "absolute.js",
      "sinusoids.js",
      "bandit.js",
      "cartpole.js",
    ]);
  });

  it.each(experiments)("%s has at most 30 lines, and trains from the command line", async (name) => {
    const text = modules.get(name)!.trimEnd();
    expect(text.split("\n").length).toBeLessThanOrEqual(30);
    const small = ["--device", "reference", "--episodes", "4", "--batch", "2", "--neurons", "4"];
    const out = own.at(`${name}-run`);
    const { code, err } = await call(["train", own.at(name), ...small, "--out", out], {
      interrupt: (said) => (said.includes("Now testing") ? "SIGINT" : null),
    });
    expect([code, err]).toEqual([130, ""]);
    const tested = await call([
      "evaluate",
      out,
      "--device",
      "reference",
      "--episodes",
      "2",
      "--no-figures",
      "--json",
    ]);
    expect(JSON.parse(tested.out)).toMatchObject({ episodes: 2 });
  });

  it("absolute.js is a loss that trains", async () => {
    const { absolute } = (await import(/* @vite-ignore */ own.at("absolute.js"))) as {
      absolute: SequenceLoss;
    };
    const experiment = sequenceExperiment({
      name: "constant",
      usual: { neurons: 3, batch: 2, lr: 0.05 },
      loss: absolute,
      episodes: 60,
      task: () => ({
        steps: 2,
        inputs: 1,
        outputs: 1,
        episode: () => ({ inputs: [1, 1], targets: [0, 0.7] }),
      }),
    });
    const losses: number[] = [];
    for await (const event of run(experiment, { device: new ReferenceDevice() }) as AsyncIterable<RunEvent>) {
      if (event.type === "episode") losses.push(event.loss);
    }
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
  });

  it("an error is as the page shows it", async () => {
    const faulty = modules.get("bandit.js")!.replace("levers + 1,", "levers + 2,");
    const path = own.write("faulty.js", faulty);
    const { err } = await call(["train", path, "--device", "reference", "--out", own.at("faulty")]);
    const shown = /error: bandit\.js: (observe, step 0: .* numbers, got 5)/.exec(page)![1];
    expect(err).toContain(shown);
  });
});
