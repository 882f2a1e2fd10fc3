import { describe, expect, it } from "vitest";
import { OwnRule } from "../../worker/ownRule.js";
import { presetOf, presets } from "./presets.js";
import { RuleTraining, scoreOf, type View, verdictOf } from "./ruleTraining.js";

const ceiling = { weight: "w + alpha * H", H: "clip(H + eta * pre * post, -1, 1)", eta: 0.01 };
const lost = { ...ceiling, weight: "w", H: "H" };

function begun(episodes: number) {
  const worker = new OwnRule(episodes);
  const views: View[] = [];
  return { worker, views, training: new RuleTraining(worker, (view) => views.push(view)) };
}

describe("training with a rule", () => {
  it("shows how the error falls, and what the network makes of two pictures meanwhile", async () => {
    const { training, views } = begun(400);
    await training.start();
    await training.train(ceiling, 15);
    const { course, memory, training: going, failure } = training.view;
    expect([going, failure]).toEqual([false, ""]);
    expect(course.episodes.at(-1)).toBe(400);
    expect(scoreOf(course)!.error).toBeLessThan(0.06);
    expect(memory).toMatchObject({ episode: 400 });
    expect(memory!.restored.map(({ length }) => length)).toEqual([50, 50]);
    expect(memory!.wrong.every((wrong) => wrong <= 3)).toBe(true);
    // There was a memory before there was a good one.
    expect(views.some((view) => view.training && view.memory !== null && view.memory.episode < 400)).toBe(
      true,
    );
  });

  it("remembers nothing where no connection changes, and keeps the curve of the rule before", async () => {
    const { training } = begun(150);
    await training.train(ceiling, 15);
    const before = training.view.course;
    await training.train(lost, 15);
    expect(training.view.former).toEqual(before);
    expect(scoreOf(training.view.course)!.error).toBeGreaterThan(0.2);
    expect(Math.max(...training.view.memory!.wrong)).toBeGreaterThan(6);
    training.forget();
    expect(training.view).toMatchObject({ memory: null, course: { errors: [] }, former: { errors: [] } });
  });

  it("does not begin with what is no rule, and says where it is wrong", async () => {
    const { training } = begun(50);
    await training.train({ ...ceiling, H: "H + tahn(post)" }, 15);
    expect(training.view.training).toBe(false);
    expect(training.view.checked).toMatchObject({ ok: false, field: "H", column: 4 });
  });

  it("hears the latest training alone", async () => {
    const { training } = begun(100);
    const both = [training.train(ceiling, 15), training.train(lost, 15)];
    await Promise.all(both);
    expect(training.view.course.episodes).toEqual([25, 50, 75, 100]);
    expect(scoreOf(training.view.course)!.error).toBeGreaterThan(0.2);
  });

  it("says in words why it cannot, and no longer once it can", async () => {
    const { worker, training } = begun(50);
    const refusing = new RuleTraining(
      Object.assign(Object.create(worker), { train: () => Promise.reject(new Error("out of memory")) }),
      () => {},
    );
    await refusing.train(ceiling, 1);
    expect(refusing.view).toMatchObject({
      training: false,
      failure: expect.stringContaining("not enough memory"),
    });
    await training.train(ceiling, 1);
    expect(training.view.failure).toBe("");
  });
});

describe("the presets", () => {
  it("are rules, each with a name and a sentence of its own", () => {
    const { worker } = begun(1);
    for (const { name, weight, H } of presets)
      expect(worker.check({ weight, H, eta: 0.01 }), name).toMatchObject({ ok: true });
    for (const key of ["name", "says"] as const)
      expect(new Set(presets.map((preset) => preset[key])).size).toBe(presets.length);
  });
  it("are found by their equations", () => {
    for (const preset of presets) expect(presetOf(preset)).toBe(preset);
    expect(presetOf({ weight: "w", H: "H + 1" })).toBeNull();
  });
});

it("a score is said as what it means", () => {
  expect([0.002, 0.03, 0.1, 0.2, 0.25].map(verdictOf)).toEqual([
    "It remembers nearly everything.",
    "It remembers well.",
    "It remembers some of it.",
    "It remembers little.",
    "It remembers nothing.",
  ]);
});
