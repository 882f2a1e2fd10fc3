import { expect, it } from "vitest";
import { CueReward, cueRewardShort, random } from "../../src/tasks/index.js";
import type { Frame } from "../../src/training/index.js";
import { trialLines } from "./cueText.js";

it("an episode of cue-reward has a line for each trial, with its cues, the answer and the reward", () => {
  const task = new CueReward({ ...cueRewardShort, steps: 60 });
  const world = task.reset(random(4, "test", 0));
  const start = { ...world };
  const frames = Array.from({ length: task.steps }, (): Frame => {
    const reward = task.step(world, 1);
    return { world: { ...world }, action: world.action, reward, modulator: -0.5 };
  });
  const [first, ...trials] = trialLines(task, { environment: task, start, frames });
  const letters = "ABCD";
  const target = letters[start.target]!;
  expect(first).toContain(`The target is ${target};`);
  expect(trials).toHaveLength([...start.shown].filter((what) => what === -2).length);
  let total = 0;
  trials.forEach((line, k) => {
    const [, number, one, two, answer, reward, sum] =
      /^trial +(\d+) +([A-D]) ([A-D]) +target there\? (yes|no) +([+-]1) +in all (-?\d+) +modulator -0\.50$/.exec(
        line,
      )!;
    expect(Number(number)).toBe(k + 1);
    expect(answer).toBe("yes");
    expect(reward).toBe([one, two].includes(target) ? "+1" : "-1");
    total += Number(reward);
    expect(Number(sum)).toBe(total);
  });
});
