import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CueReward, type CueRewardState, cueRewardShort, cueRewardTask } from "./cueReward.js";
import { random } from "./random.js";

const GO = -2;
const BLANK = -1;

const options = fc.record({
  bits: fc.integer({ min: 6, max: 20 }),
  cues: fc.constantFrom(2, 4, 6),
  blanks: fc.integer({ min: 0, max: 4 }),
  steps: fc.integer({ min: 12, max: 80 }),
});
const seeds = fc.integer({ min: 0, max: 10_000 });

/** Lives an episode; `act` answers at every step. */
const lived = (task: CueReward, state: CueRewardState, act: (t: number) => number): number[] =>
  Array.from({ length: task.steps }, (_, t) => task.step(state, act(t)));

describe("an episode of cue-reward association", () => {
  it("is made of trials: a blank, half of the cues once each among blanks, go, a blank", () => {
    fc.assert(
      fc.property(options, seeds, (made, seed) => {
        const state = new CueReward(made).reset(random(seed, "test", 0));
        let at = 0;
        while (at < made.steps) {
          const rest = [...state.shown].slice(at);
          const go = rest.indexOf(GO);
          const trial = go < 0 ? rest : rest.slice(0, go + 2);
          expect(trial[0]).toBe(BLANK);
          if (go >= 0 && go + 1 < rest.length) expect(trial.at(-1)).toBe(BLANK);
          const cues = trial.filter((what) => what >= 0);
          expect(new Set(cues).size).toBe(cues.length);
          if (go >= 0) {
            expect(cues).toHaveLength(made.cues / 2);
            expect(go - 1 - cues.length).toBeLessThanOrEqual(made.blanks);
            expect(state.wanted[at + go]).toBe(cues.includes(state.target) ? 1 : 0);
          }
          at += trial.length;
        }
      }),
    );
  });

  it("has cues of -1 and 1, no two alike, and shows each as it is", () => {
    fc.assert(
      fc.property(options, seeds, (made, seed) => {
        const task = new CueReward(made);
        const state = task.reset(random(seed, "test", 0));
        const pattern = (cue: number) => [...state.patterns.slice(cue * made.bits, (cue + 1) * made.bits)];
        const all = Array.from({ length: made.cues }, (_, cue) => pattern(cue));
        expect(new Set(all.map((each) => each.join())).size).toBe(made.cues);
        expect(all.flat().every((bit) => bit === 1 || bit === -1)).toBe(true);
        const seen = new Float32Array(task.observations);
        let [action, reward] = [-1, 0];
        for (let t = 0; t < made.steps; t++) {
          task.observe(state, seen, 0);
          const what = state.shown[t]!;
          expect([...seen]).toEqual([
            ...(what >= 0 ? pattern(what) : new Array(made.bits).fill(0)),
            what === GO ? 1 : 0,
            1,
            Math.fround(t / made.steps),
            reward,
            action === 0 ? 1 : 0,
            action === 1 ? 1 : 0,
          ]);
          action = t % 2;
          reward = task.step(state, action);
        }
      }),
    );
  });

  it("rewards only answers at go; who knows the target is always right", () => {
    fc.assert(
      fc.property(options, seeds, (made, seed) => {
        const task = new CueReward(made);
        const state = task.reset(random(seed, "test", 0));
        let seenTarget = false;
        const rewards = lived(task, state, (t) => {
          const what = state.shown[t]!;
          if (what === state.target) seenTarget = true;
          const answer = seenTarget ? 1 : 0;
          if (what === GO) seenTarget = false;
          return answer;
        });
        expect(rewards).toEqual(Array.from(state.shown, (what) => (what === GO ? 1 : 0)));
        const { trials, reward, lateReward } = task.measure(state, rewards);
        expect(trials).toBe([...state.shown].filter((what) => what === GO).length);
        if (trials! > 0) expect(reward).toBe(1);
        expect([0, 1]).toContain(lateReward);
      }),
    );
  });

  it.each([
    ["always", () => 1],
    ["never", () => 0],
  ])("gives nothing on average to who %s answers", (_, act) => {
    const task = new CueReward(cueRewardShort);
    let [sum, count] = [0, 0];
    for (let episode = 0; episode < 400; episode++) {
      const state = task.reset(random(3, "test", episode));
      const { reward, trials } = task.measure(state, lived(task, state, act));
      sum += reward! * trials!;
      count += trials!;
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.05);
  });

  it("is the same for the same random numbers", () => {
    const task = new CueReward(cueRewardTask);
    expect(task.reset(random(5, "test", 7))).toEqual(task.reset(random(5, "test", 7)));
    expect(task.reset(random(5, "test", 7))).not.toEqual(task.reset(random(5, "test", 8)));
  });
});

it("is refused where there is no such task, with the cure", () => {
  expect(() => new CueReward({ ...cueRewardTask, cues: 3 })).toThrow(/cues must be even/);
  expect(() => new CueReward({ ...cueRewardTask, bits: 2, cues: 4 })).toThrow(/distinct cues need more/);
  expect(() => new CueReward({ ...cueRewardTask, steps: 4 })).toThrow(/at least 8, one trial/);
  const task = new CueReward(cueRewardTask);
  expect(() => task.step(task.reset(random(0, "test", 0)), 2)).toThrow(/action must be 0 or 1, got 2/);
});
