import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { mazeSmall, patterns } from "../experiments/index.js";
import type { MazeState } from "../tasks/index.js";
import { evaluateExperiment, type ModelState, observeAgent, replayEpisode, run } from "./index.js";

const device = new ReferenceDevice();
const sizes = { size: 5, steps: 20, neurons: 4, batch: 5 };

/** A network whose traces matter: with its first weights, alphas and rates they would not. */
async function agent(network: "plastic" | "modulated" | "rnn", alpha = 3): Promise<ModelState> {
  let model: ModelState | null = null;
  for await (const event of run(mazeSmall, { device, options: { ...sizes, network }, episodes: 5 })) {
    if (event.type === "checkpoint") model = event.checkpoint;
  }
  for (const [name, { data }] of Object.entries(model!.parameters)) {
    for (let k = 0; k < data.length; k++) {
      if (name.endsWith(".alpha")) data[k] = alpha * Math.sin(k);
      else if (name.endsWith(".eta")) data[k] = 0.5;
      else data[k]! *= 5;
    }
  }
  return model!;
}

describe("an agent's conduct", () => {
  it("is, with its memory left alone, that of an evaluation", async () => {
    const model = await agent("plastic");
    const conduct = observeAgent(mazeSmall, { device, model, episodes: 12 })!;
    const { reward, firstFind } = await evaluateExperiment(mazeSmall, { device, model, episodes: 12 });
    const { rewards, episodes } = conduct.results.intact;
    expect(episodes).toHaveLength(12);
    expect(episodes.reduce((sum, each) => sum + each.reward!, 0) / 12).toBeCloseTo(Number(reward));
    expect(rewards.reduce((sum, each) => sum + each, 0)).toBeCloseTo(Number(reward));
    expect(Number.isFinite(firstFind)).toBe(true);
    expect(conduct.halfway).toBe(10);
  });

  it("is the same up to halfway, and then another for each thing done to the traces", async () => {
    const { results, halfway } = observeAgent(mazeSmall, {
      device,
      model: await agent("plastic"),
      episodes: 30,
    })!;
    const { intact, frozen, zeroed, shuffled, unwritten, transplanted, activityZeroed, activitySwapped } =
      results;
    const changed = { intact, frozen, zeroed, shuffled, transplanted, activityZeroed, activitySwapped };
    expect(unwritten!.rewards.slice(0, halfway)).not.toEqual(results.intact.rewards.slice(0, halfway));
    const halves = Object.values(changed).map((result) => [
      result!.rewards.slice(0, halfway),
      result!.rewards.slice(halfway),
    ]);
    for (const [before] of halves) expect(before).toEqual(halves[0]![0]);
    const after = halves.map(([, rest]) => rest!.join());
    expect(new Set(after).size).toBe(7);
    for (const { rewards, secondHalf } of Object.values(results)) {
      expect(secondHalf).toBeCloseTo(rewards.slice(halfway).reduce((sum, each) => sum + each, 0));
    }
  });

  it("does not depend on a trace that no connection reads", async () => {
    const { results } = observeAgent(mazeSmall, { device, model: await agent("plastic", 0), episodes: 10 })!;
    const { intact, frozen, zeroed, shuffled, unwritten, transplanted } = results;
    for (const result of [frozen, zeroed, shuffled, unwritten, transplanted]) {
      expect(result!.rewards).toEqual(intact.rewards);
      expect(result!.goals!.own).toEqual(intact.goals!.own);
    }
    // Once the goal has moved, to have forgotten the old one makes no difference either.
    expect(results.goalMovedZeroed!.rewards).toEqual(results.goalMoved!.rewards);
  });

  it("is changed in activity and goal alone in a network without traces", async () => {
    const { results } = observeAgent(mazeSmall, { device, model: await agent("rnn"), episodes: 5 })!;
    expect(Object.keys(results)).toEqual(["intact", "activityZeroed", "activitySwapped", "goalMoved"]);
  });

  it("has nobody's memory to be given where episodes are lived alone", async () => {
    const model = { ...(await agent("plastic")), options: { ...sizes, network: "plastic", batch: 1 } };
    const { results } = observeAgent(mazeSmall, { device, model, episodes: 2 })!;
    expect(Object.keys(results)).not.toContain("transplanted");
    expect(Object.keys(results)).not.toContain("activitySwapped");
    expect(Object.keys(results)).toContain("activityZeroed");
  });

  it("counts finds as visits to its own goal, and none elsewhere where there is no other place", async () => {
    const { results, halfway } = observeAgent(mazeSmall, {
      device,
      model: await agent("plastic"),
      episodes: 12,
    })!;
    const { rewards, goals } = results.intact;
    expect(goals!.other).toBeNull();
    expect([...goals!.own.perStep].map((visits) => 10 * visits)).toEqual(
      [...rewards].map((reward) => expect.closeTo(reward)),
    );
    const { goals: after, secondHalf, secondHalfInterval } = results.goalMoved!;
    expect(10 * after!.own.visits.mean).toBeCloseTo(secondHalf);
    expect(secondHalfInterval.mean).toBe(secondHalf);
    expect(secondHalfInterval.high).toBeGreaterThan(secondHalf);
    expect(after!.other!.perStep.slice(0, halfway).every((visits) => visits === 0)).toBe(true);
    expect(after!.other!.visits.mean).toBeGreaterThanOrEqual(0);
  });

  it("is that of a goal that stays, in tasks where it moves", async () => {
    const model = await agent("plastic");
    const moving = { ...model, options: { ...model.options, goalMoves: 8 } };
    const conduct = observeAgent(mazeSmall, { device, model: moving, episodes: 5 })!;
    const worlds = conduct.replay.frames.map(({ world }) => (world as MazeState).goal);
    expect(new Set(worlds).size).toBeGreaterThan(1);
    // Held, a place is found as often as it was visited; and intact episodes have one place only.
    const { intact, goalMoved } = conduct.results;
    expect(intact.goals!.other).toBeNull();
    expect(10 * intact.goals!.own.visits.mean).toBeCloseTo(intact.secondHalf);
    expect(10 * goalMoved!.goals!.own.visits.mean).toBeCloseTo(goalMoved!.secondHalf);
  });

  it("is null where there is no agent", async () => {
    let model: ModelState | null = null;
    for await (const event of run(patterns, { device, options: { bits: 4 }, episodes: 1 })) {
      if (event.type === "checkpoint") model = event.checkpoint;
    }
    expect(observeAgent(patterns, { device, model: model! })).toBeNull();
    expect(replayEpisode(patterns, { device, model: model!, episode: 0 })).toBeNull();
  });
});

describe("a replay", () => {
  it("shows each step of a test episode as it is in the evaluation", async () => {
    const model = await agent("modulated");
    const conduct = observeAgent(mazeSmall, { device, model, episodes: 7 })!;
    for (const episode of [0, 6]) {
      const { frames, start } = replayEpisode(mazeSmall, { device, model, episode })!;
      expect(frames).toHaveLength(20);
      const worlds = frames.map(({ world }) => world as MazeState);
      expect(worlds.map(({ time }) => time)).toEqual(Array.from({ length: 20 }, (_, t) => t + 1));
      expect((start as MazeState).time).toBe(0);
      expect(new Set(worlds.map(({ goal }) => goal))).toEqual(new Set([(start as MazeState).goal]));
      expect(frames.reduce((sum, { reward }) => sum + reward, 0)).toBeCloseTo(
        conduct.results.intact.episodes[episode]!.reward!,
      );
    }
    const again = replayEpisode(mazeSmall, { device, model, episode: 0 })!;
    expect(JSON.stringify(conduct.replay.frames)).toBe(JSON.stringify(again.frames));
  });

  it("has the modulator of networks that have one", async () => {
    const framesOf = async (network: "plastic" | "modulated") =>
      replayEpisode(mazeSmall, { device, model: await agent(network), episode: 0 })!.frames;
    for (const { modulator } of await framesOf("modulated"))
      expect(Math.abs(modulator!)).toBeLessThanOrEqual(1);
    for (const { modulator } of await framesOf("plastic")) expect(modulator).toBeNull();
  });
});
