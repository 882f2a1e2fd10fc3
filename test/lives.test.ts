import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { init } from "../src/devices/init.js";
import { type Life, loadModel, type Model, ModelError } from "../src/lifetime/index.js";
import { readSafetensors, writeSafetensors } from "../src/models/index.js";
import { random } from "../src/tasks/index.js";
import { modelFileOf, networks } from "./support/networks.js";
import { runs } from "./support/runs.js";

const root = join(import.meta.dirname, "..");
const reference = await init({ device: "reference" });
afterAll(() => reference.dispose());

const plastic = modelFileOf(networks["plastic RNN"]!, reference);
const retroactive = modelFileOf(networks["retroactive agent"]!, reference);
const classifier = modelFileOf(networks["few-shot classifier"]!, reference);
const models: Model[] = [await loadModel(plastic), await loadModel(retroactive)];

const bytesOf = (numbers: Float32Array) =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
/** The input of a step, by its number alone. */
const inputAt = (model: Model, t: number, batch = 1): Float32Array => {
  const rng = random(2, "input", t);
  return Float32Array.from({ length: batch * model.inputs[0]!.size }, () => rng.normal());
};
const live = (model: Model, life: Life, steps: number): Buffer =>
  Buffer.concat(
    Array.from({ length: steps }, () => bytesOf(life.step(inputAt(model, life.steps, life.batch)))),
  );

/** What can happen to one of two lives. */
const happenings = ["step", "step", "step", "freeze", "thaw", "reset", "resume", "fork"] as const;

/** Does it, and gives the life to go on with, and what it answered. */
function happen(
  model: Model,
  life: Life,
  what: (typeof happenings)[number],
  t: number,
): [Life, Float32Array | null] {
  switch (what) {
    case "step":
      return [life, life.step(inputAt(model, t, life.batch))];
    case "resume": {
      const again = model.resume(life.snapshot());
      life.end();
      return [again, null];
    }
    case "fork": {
      const copy = life.fork();
      life.step(inputAt(model, t, life.batch));
      life.end();
      return [copy, null];
    }
    default:
      life[what]();
      return [life, null];
  }
}

describe("two lives", () => {
  it("never leak into each other, whatever happens to either", () => {
    const events = fc.array(fc.record({ to: fc.nat(1), what: fc.constantFrom(...happenings) }), {
      minLength: 1,
      maxLength: 40,
    });
    const options = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      halfLife: fc.constantFrom(Infinity, 4),
    });
    fc.assert(
      fc.property(fc.constantFrom(...models), events, fc.tuple(options, options), (model, all, begins) => {
        /** What the lives of `whose` answer. */
        const answersOf = (whose: readonly number[]): Map<number, Buffer[]> => {
          const lives = new Map(whose.map((who) => [who, model.begin(begins[who])]));
          const answers = new Map(whose.map((who) => [who, [] as Buffer[]]));
          all.forEach(({ to, what }, t) => {
            const life = lives.get(to);
            if (!life) return;
            const [next, answer] = happen(model, life, what, t);
            lives.set(to, next);
            if (answer) answers.get(to)!.push(bytesOf(answer));
          });
          for (const life of lives.values()) life.end();
          return answers;
        };
        const together = answersOf([0, 1]);
        for (const who of [0, 1]) expect(together.get(who)).toEqual(answersOf([who]).get(who));
      }),
      { numRuns: runs(60) },
    );
  });
});

describe.each(models.map((model) => [model.connections[0]!.rule.name, model] as const))(
  "a life of %s",
  (_, model) => {
    it("frozen, keeps every bit of its traces while it goes on answering; thawed, it learns again", () => {
      const life = model.begin();
      live(model, life, 20);
      const before = life.fork();
      life.freeze();
      const answers = live(model, life, 30);
      for (const difference of life.diff(before))
        expect(difference).toMatchObject({ differing: 0, largest: 0 });
      expect(
        new Set(Array.from({ length: 30 }, (_, t) => answers.subarray(t * 20, t * 20 + 20).toString("hex")))
          .size,
      ).toBe(30);
      life.thaw();
      live(model, life, 1);
      for (const { differing } of life.diff(before)) expect(differing).toBeGreaterThan(0);
    });

    it("reset, is bit for bit a new one", () => {
      const life = model.begin({ batch: 2, halfLife: 3 });
      live(model, life, 9);
      life.freeze();
      life.reset();
      expect(life).toMatchObject({ steps: 0, frozen: false });
      const fresh = model.begin({ batch: 2, halfLife: 3 });
      expect(live(model, life, 9)).toEqual(live(model, fresh, 9));
    });

    it("resumed from a snapshot at any step answers the next 100 steps with the same bits", () => {
      fc.assert(
        fc.property(fc.nat(80), fc.boolean(), (steps, frozen) => {
          const life = model.begin();
          live(model, life, steps);
          if (frozen) life.freeze();
          const again = model.resume(life.snapshot());
          expect(again).toMatchObject({ steps, frozen, batch: 1, halfLife: Infinity });
          expect(live(model, again, 100)).toEqual(live(model, life, 100));
        }),
        { numRuns: runs(15) },
      );
    });

    it("shows traces and weights that agree with the arithmetic of each synapse", () => {
      const life = model.begin({ batch: 2 });
      live(model, life, 12);
      const { name, pre, post } = model.connections[0]!;
      const [trace, weights, w] = [
        life.trace(name, "H", 1),
        life.effective(name, 1),
        model.parameter(name, "w"),
      ];
      expect(trace).toMatchObject({ rows: pre, cols: post });
      for (const [i, j] of [
        [0, 0],
        [3, 7],
        [pre - 1, post - 1],
      ] as const) {
        const synapse = life.synapse(name, i, j, 1);
        expect(synapse.H).toBe(trace.values[i * post + j]);
        expect(synapse.w).toBe(w.values[i * post + j]);
        expect(synapse.weight).toBeCloseTo(synapse.w! + synapse.alpha! * synapse.H!, 6);
        expect(weights.values[i * post + j]).toBe(synapse.weight);
      }
    });

    it("shows what its last update knew: the trace moves by the rule", () => {
      const life = model.begin();
      live(model, life, 5);
      const [name, i, j] = [model.connections[0]!.name, 2, 4];
      const before = life.synapse(name, i, j);
      live(model, life, 1);
      const { eta, pre, post, m, ...after } = life.synapse(name, i, j);
      const expected =
        m === undefined
          ? (1 - eta!) * before.H! + eta! * pre! * post!
          : Math.min(1, Math.max(-1, before.H! + m * before.E!));
      expect(after.H).toBeCloseTo(expected, 6);
      if (m !== undefined) expect(after.E).toBeCloseTo((1 - eta!) * before.E! + eta! * pre! * post!, 6);
    });
  },
);

it("a trace fades by half in one half-life, and not at all without one, while its rule leaves it alone", async () => {
  const model = await loadModel(classifier);
  const [fading, lasting] = [model.begin({ halfLife: 5 }), model.begin()];
  const picture = [1, 2, -1, 0.5, 0, 3, 1];
  const [first, second] = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
  ] as const;
  const traceOf = (life: Life) => life.synapse(undefined, 0, 0).H!;
  for (const life of [fading, lasting]) life.step({ picture, label: first });
  const [before, kept] = [traceOf(fading), traceOf(lasting)];
  expect(before / kept).toBeCloseTo(0.5 ** (1 / 5), 6);
  // Oja's rule leaves alone what leads to a neuron that is silent.
  for (const life of [fading, lasting]) for (let t = 0; t < 5; t++) life.step({ picture, label: second });
  expect(traceOf(fading) / before).toBeCloseTo(0.5, 6);
  expect(traceOf(lasting)).toBe(kept);
  fading.freeze();
  const frozen = traceOf(fading);
  fading.step({ picture });
  expect(traceOf(fading)).toBe(frozen);
});

it("a life that has ended says so, and its memory is used again", () => {
  const [model] = models as [Model, Model];
  const life = model.begin();
  const snapshot = life.snapshot();
  life.end();
  life.end();
  expect(() => life.step(inputAt(model, 0))).toThrow(
    "step: this life is over, end() was called; begin or resume another",
  );
  expect(() => life.trace()).toThrow(/trace: this life is over/);
  expect(model.resume(snapshot).steps).toBe(0);
});

describe("wrong calls", () => {
  const [model] = models as [Model, Model];
  const life = model.begin();

  it.each<[string, () => unknown, RegExp]>([
    ["too few numbers", () => life.step([1, 2]), /step: "input" must be 12 numbers, got 2/],
    [
      "a number that is none",
      () => life.step(new Float32Array(12).fill(NaN)),
      /must hold numbers that are finite in float32 .*, got NaN at 0/,
    ],
    ["an unknown input", () => life.step({ image: [] }), /there is no input "image"; the model has input/],
    ["no input at all", () => life.step({}), /the model takes input, got /],
    [
      "no lives",
      () => model.begin({ batch: 0 }),
      /begin: batch must be a whole number of lives from 1, got 0/,
    ],
    [
      "a half-life of nothing",
      () => model.begin({ halfLife: 0 }),
      /halfLife must be a number of steps above 0, got 0/,
    ],
    [
      "another connection",
      () => life.trace("x"),
      /trace: there is no connection "x"; the model has recurrent/,
    ],
    ["another trace", () => life.trace("recurrent", "E"), /"recurrent" has no trace "E"; it has H/],
    [
      "another life of the batch",
      () => life.trace("recurrent", "H", 1),
      /trace: the life must be a whole number from 0 to 0, got 1/,
    ],
    [
      "a neuron outside",
      () => life.synapse("recurrent", 13, 0),
      /synapse: pre must be a whole number from 0 to 12, got 13/,
    ],
    ["another value", () => life.value("m"), /value: there is no "m"; the model has input, y/],
    [
      "another parameter",
      () => model.parameter("recurrent", "b"),
      /there is no "b" in "recurrent"; the model has recurrent: w, alpha, eta/,
    ],
    [
      "a life of another model",
      () => life.diff(models[1]!.begin()),
      /diff: the other life must be of the same model/,
    ],
  ])("%s: refused with the cure, and the life has not moved", (_, wrong, message) => {
    const before = life.snapshot();
    expect(wrong).toThrow(message);
    expect(Buffer.compare(life.snapshot(), before)).toBe(0);
  });
});

describe("a snapshot", () => {
  const [model, other] = models as [Model, Model];
  const life = model.begin();
  live(model, life, 7);
  const snapshot = life.snapshot();
  const refused = (bytes: Uint8Array): string => {
    try {
      model.resume(bytes);
      return "";
    } catch (error) {
      expect(error).toBeInstanceOf(ModelError);
      return (error as Error).message;
    }
  };

  it("of another model is refused", () => {
    expect(refused(other.begin().snapshot())).toMatch(/it was taken with another model/);
  });

  it("of the first version, without a digest, is gone on from", () => {
    const { tensors, metadata } = readSafetensors(snapshot);
    const first = writeSafetensors(Object.fromEntries(tensors), {
      ...metadata,
      format: "hebbian life 1",
      checksum: "0123456789abcdef",
    });
    expect(model.resume(first).snapshot()).toEqual(snapshot);
  });

  it.each([
    ["steps", "7.0"],
    ["batch", "1e0"],
    ["halfLife", " 1"],
    ["frozen", "False"],
  ])("whose %s are %j is refused", (key, text) => {
    const { tensors, metadata } = readSafetensors(snapshot);
    const other = writeSafetensors(Object.fromEntries(tensors), { ...metadata, [key]: text });
    expect(refused(other)).toContain(`its "${key}" is ${text}; use another copy`);
  });

  it("cut short anywhere, or with any bit changed, is refused with a ModelError", () => {
    fc.assert(
      fc.property(fc.nat(snapshot.length - 1), fc.nat(7), (at, bit) => {
        expect(refused(snapshot.subarray(0, at))).toMatch(/^resume: this is no snapshot to go on from: /);
        const damaged = snapshot.slice();
        damaged[at]! ^= 1 << bit;
        expect(refused(damaged)).toMatch(/^resume: this is no snapshot to go on from: /);
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("in a fresh process", () => {
  let folder: string;
  beforeAll(async () => {
    mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
    folder = mkdtempSync(join(root, "node_modules/.cache/hebbian-life-"));
    const source = `
      import { readFileSync } from "node:fs";
      import { createHash } from "node:crypto";
      import { loadModel } from "./src/lifetime/index.ts";
      const [file, snapshot, steps] = process.argv.slice(2);
      const model = await loadModel(file);
      const life = model.resume(readFileSync(snapshot));
      const hash = createHash("sha256");
      for (let t = 0; t < steps; t++) {
        const input = Float32Array.from({ length: model.inputs[0].size }, (_, k) => ((life.steps * 31 + k * 17) % 23) / 11 - 1);
        hash.update(new Uint8Array(life.step(input).buffer));
      }
      console.log(hash.digest("hex"), life.steps);`;
    const stdin = { contents: source, resolveDir: root, loader: "ts" as const };
    const platform = "node" as const;
    await build({
      stdin,
      bundle: true,
      format: "esm",
      platform,
      outfile: join(folder, "live.mjs"),
      logLevel: "error",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["plastic RNN", plastic, 60],
    ["retroactive agent", retroactive, 333],
  ])("a snapshot of the %s goes on with identical answers for 1,000 further steps", (_, file, lived) => {
    const [modelPath, snapshotPath] = [join(folder, "model.safetensors"), join(folder, "life.safetensors")];
    writeFileSync(modelPath, file);
    const model = file === plastic ? models[0]! : models[1]!;
    const life = model.begin();
    live(model, life, lived);
    writeFileSync(snapshotPath, life.snapshot());
    const inFreshProcess = () =>
      execFileSync(process.execPath, [join(folder, "live.mjs"), modelPath, snapshotPath, "1000"], {
        encoding: "utf8",
      });
    const here = createHash("sha256");
    for (let t = 0; t < 1000; t++) {
      const size = model.inputs[0]!.size;
      const input = Float32Array.from({ length: size }, (_, k) => ((life.steps * 31 + k * 17) % 23) / 11 - 1);
      here.update(bytesOf(life.step(input)));
    }
    expect(inFreshProcess()).toBe(`${here.digest("hex")} ${lived + 1000}\n`);
  });
});
