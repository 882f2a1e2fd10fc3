import { describe, expect, it } from "vitest";
import { glyphs } from "../../worker/glyphs.js";
import { OwnRule } from "../../worker/ownRule.js";
import { presetOf, presets, shining } from "./presets.js";
import { RuleTraining, scoreOf, type View, verdictOf } from "./ruleTraining.js";

const ceiling = { weight: "w + alpha * H", H: "clip(H + eta * pre * post, -1, 1)", more: "", eta: 0.01 };
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
    // What is back is seen to be back: a cell that is right but faint is counted as such.
    memory!.restored.forEach((answer, which) => {
      const towards = Array.from({ length: 25 }, (_, k) => answer[25 + k]! * glyphs[which]![25 + k]!);
      expect(memory!.wrong[which]).toBe(towards.filter((value) => value <= 0).length);
      expect(memory!.faint[which]).toBe(towards.filter((value) => value > 0 && value < 0.5).length);
    });
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

  it("begins by itself only where nobody has begun, and nothing failed", async () => {
    const { training, worker } = begun(25);
    const own = training.train(ceiling, 15);
    await training.begin(() => lost, 15);
    await own;
    const { loadModel } = await import("hebbian/lifetime");
    expect((await loadModel(worker.modelFile()!)).connections[0]!.rule.update).toEqual({ H: ceiling.H });
    const blocked = begun(25).training;
    await blocked.start(Promise.reject(new Error("failed to fetch")));
    await blocked.begin(() => lost, 15);
    expect(blocked.view).toMatchObject({
      course: { errors: [] },
      failure: expect.stringContaining("offline"),
    });
    const alone = begun(25).training;
    await alone.begin(() => lost, 15);
    expect(alone.view.course.episodes).toEqual([25]);
  });

  it("leaves the file of the latest network, though one before it ends later", async () => {
    const { worker, training } = begun(60);
    await Promise.all([training.train(ceiling, 15), training.train(lost, 15)]);
    const { loadModel } = await import("hebbian/lifetime");
    const model = await loadModel(worker.modelFile()!);
    expect(model.connections[0]!.rule.update).toEqual({ H: lost.H });
  });

  it("computes on one device, however often it is asked for", async () => {
    const worker = new OwnRule(1);
    const [one, other] = await Promise.all([worker.start(), worker.start()]);
    expect(one).toBe(other);
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

describe("a rule with lines of its own", () => {
  const sliding = {
    weight: "w + alpha * H",
    H: "H + eta * pre * post * (post - next(theta))",
    more: "theta per post <- (1 - tau) * theta + tau * post * post\ntau = 0.1",
    eta: 0.01,
  };

  it("is trained, with its threshold and a read from post to pre, and remembers", async () => {
    const { worker, training } = begun(300);
    const told = { ...sliding, H: "H + eta * post * (pre - told)", more: "told per pre = sum(post * H)" };
    for (const rule of [sliding, told]) {
      await training.train(rule, 15);
      expect(training.view).toMatchObject({ failure: "", memory: { episode: 300 } });
      expect(scoreOf(training.view.course)!.error).toBeLessThan(0.2);
    }
    // What was trained is a model file, which a life goes on with.
    const { loadModel } = await import("hebbian/lifetime");
    const model = await loadModel(worker.modelFile()!);
    expect(model.connections[0]!.rule.update).toEqual({ H: told.H });
  });

  it("says in words what it takes, and what is there for nobody", () => {
    const { worker } = begun(1);
    const told = (rule: object) => {
      const checked = worker.check({ ...sliding, ...rule });
      return checked.ok ? checked.told : checked;
    };
    expect(told({})).toEqual(["theta: one number that each receiver carries along, as this step leaves it."]);
    expect(told({ H: "H + eta * pre * (post - heard)", more: "heard per post = sum(pre * H)" })).toEqual([
      "heard: the sum of pre * H over all that send to a neuron, as it was before this step.",
    ]);
    expect(told({ H: "H", more: "heard per pre = sum(post * H)" })).toEqual([
      "heard is summed for nobody: no line takes it.",
    ]);
    const running = "S <- 0.9 * S + pre * post";
    expect(told({ H: "H + eta * next(S)", more: running })).toEqual([
      "S: a second memory in each connection, as this step leaves it.",
    ]);
    for (const more of [running, "S per post <- 0.9 * S + post"]) {
      expect(told({ H: "H + eta * post", more })).toEqual(["S is kept for nobody: no other line takes it."]);
    }
    expect(told({ H: "H + eta * S", more: "S <- 0.9 * S + pre * post" })).toEqual([
      "S: a second memory in each connection.",
    ]);
    expect(told({ H: "(1 - eta) * H + eta * pre * post", more: "" })).toEqual([]);
    // Addresses from before reads could be named.
    expect(told({ H: "H + eta * pre * (post - recalled)", more: "" })).toHaveLength(1);
  });

  it("is wrong at a place, which is shown in the line as it was typed", () => {
    const { worker } = begun(1);
    const fault = (more: string, H = sliding.H) => {
      const checked = worker.check({ ...sliding, H, more });
      return checked.ok ? null : [checked.field, checked.formula.slice(checked.column), checked.problem];
    };
    const theta = "theta per post <- (1 - tau) * theta + tau * post";
    expect(fault(`${theta} * pots\ntau = 0.1`)).toEqual([
      "more",
      "pots",
      expect.stringContaining('unknown name "pots"'),
    ]);
    expect(fault(`tau = 0.1\n  ${theta} * pre`)).toEqual([
      "more",
      "pre",
      expect.stringContaining("differs by pre neuron"),
    ]);
    expect(fault(`${theta}\ntau = fast`)).toEqual([
      "more",
      "fast",
      expect.stringContaining("expected a number"),
    ]);
    expect(fault(`${theta}\ntau = 0.1\ntau = 0.2`)).toEqual([
      "more",
      "tau = 0.2",
      expect.stringContaining("there already"),
    ]);
    expect(fault("theta per neuron <- post")).toEqual([
      "more",
      "neuron <- post",
      expect.stringContaining("per post"),
    ]);
    expect(fault("heard = sum(pre * H)")).toEqual([
      "more",
      " = sum(pre * H)",
      expect.stringContaining("for whom it sums"),
    ]);
    expect(fault("heard per post = sum(pre * J)")).toEqual([
      "more",
      "J)",
      expect.stringContaining('unknown name "J"'),
    ]);
    expect(fault("heard per post = sum(pre * (H)")).toEqual(["more", expect.anything(), expect.anything()]);
    expect(fault("pre = 0.1")).toEqual(["more", "pre = 0.1", expect.stringContaining("taken")]);
    expect(fault("H <- 1")).toEqual(["more", "H <- 1", expect.stringContaining("line of its own")]);
    expect(fault("what is this")).toEqual([
      "more",
      "what is this",
      expect.stringContaining("theta per post"),
    ]);
    expect(fault("theta per post <-")?.[0]).toBe("more");
    expect(fault(`${theta}\ntau = 0.1`, "H + next(pre)")?.[0]).toBe("H");
    expect(fault("theta per post <- post * next(mu)\nmu per post <- next(theta)")).toEqual([
      "more",
      expect.stringContaining("next"),
      expect.stringContaining("next value"),
    ]);
  });
});

describe("the presets", () => {
  it("are rules, each with a name and a sentence of its own", () => {
    const { worker } = begun(1);
    for (const { name, weight, H, more = "" } of presets)
      expect(worker.check({ weight, H, more, eta: 0.01 }), name).toMatchObject({ ok: true });
    for (const key of ["name", "says"] as const)
      expect(new Set(presets.map((preset) => preset[key])).size).toBe(presets.length);
  });
  it("are found by their equations", () => {
    for (const preset of presets) expect(presetOf({ more: "", ...preset })).toBe(preset);
    expect(presetOf({ weight: "w", H: "H + 1", more: "" })).toBeNull();
    expect(presetOf({ ...shining[0]!, more: "tau = 0.1" })).toBeNull();
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
