import { describe, expect, test } from "vitest";
import { gradientErrors } from "../../test/finiteDifferences.js";
import { ReferenceDevice } from "../devices/reference/index.js";
import { sum, Tape } from "../tape/index.js";
import { random } from "../tasks/index.js";
import { TraceCache } from "./traceCache.js";

const device = new ReferenceDevice();
const [inputs, words, features, steps] = [3, 5, 4, 12];
const hidden = random(1, "hidden", 0).fillNormal(new Float64Array(steps * inputs), 1);
const came = Array.from({ length: steps }, (_, t) => random(2, "words", t).integer(words));
/** The network's own probabilities, [steps, words]. */
const own = came.flatMap((_, t) => {
  const raw = Array.from({ length: words }, (_, w) => 1 + random(3, "own", t * words + w).uniform());
  const all = raw.reduce((a, b) => a + b);
  return raw.map((each) => each / all);
});
const oneHot = (word: number) => Array.from({ length: words }, (_, w) => (w === word ? 1 : 0));
const at = <T>(values: ArrayLike<T>, t: number, cols: number) =>
  Array.from(values).slice(t * cols, (t + 1) * cols);

function cacheOf(seed = 4): TraceCache {
  // Links that fade fast show every mistake in how they do.
  const cache = new TraceCache(
    device,
    { inputs, words, features, horizons: [2, 9] },
    random(seed, "weights", 0),
  );
  device.write(cache.share.weight.value, random(seed, "share", 0).fillNormal(new Float64Array(inputs), 1));
  return cache;
}

/** Probabilities at every step, one step after the other. */
function lived(cache: TraceCache): number[][] {
  const tape = new Tape(device, 1, false);
  let traces = cache.begin(tape);
  return came.map((word, t) => {
    const h = tape.constant(1, inputs, at(hidden, t, inputs));
    const read = cache.read(tape, traces, h, tape.constant(1, words, at(own, t, words)));
    traces = cache.learn(tape, read.traces, h, tape.constant(1, words, oneHot(word)));
    return Array.from(device.read(read.output.value));
  });
}

/** The equations of the docstring, with every moment kept. */
function expected(cache: TraceCache): number[][] {
  const read = (parameter: { value: unknown }) => Array.from(device.read(parameter.value as never));
  const [weight, bias] = [read(cache.features.weight), read(cache.features.bias)];
  const [m, c] = [read(cache.share.weight), read(cache.share.bias)[0]!];
  const d = read(cache.fading).map((u) => Math.exp(-Math.exp(u)));
  const phi = came.map((_, t) =>
    d.map((_, k) =>
      Math.exp(
        bias[k]! + at(hidden, t, inputs).reduce((sum, h, i) => sum + h * weight[i * features + k]!, 0),
      ),
    ),
  );
  return came.map((_, t) => {
    const recalled = Array<number>(words).fill(0);
    for (let s = 0; s < t; s++) {
      for (let k = 0; k < features; k++)
        recalled[came[s]!]! += phi[t]![k]! * phi[s]![k]! * d[k]! ** (t - 1 - s);
    }
    const all = recalled.reduce((a, b) => a + b);
    const l = 1 / (1 + Math.exp(-c - at(hidden, t, inputs).reduce((sum, h, i) => sum + h * m[i]!, 0)));
    return recalled.map((each, w) => {
      const p = own[t * words + w]!;
      return (1 - l) * p + (l * (each + p)) / (all + 1);
    });
  });
}

describe("a cache in a trace", () => {
  test("names the words that came at similar moments, as its equations say", () => {
    const cache = cacheOf();
    const [got, want] = [lived(cache), expected(cache)];
    got.forEach((row, t) => {
      row.forEach((p, w) => {
        expect(p, `step ${t}, word ${w}`).toBeCloseTo(want[t]![w]!, 12);
      });
    });
  });

  test("gives probabilities, and the network's own before anything came", () => {
    const rows = lived(cacheOf());
    for (const row of rows) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    rows[0]!.forEach((p, w) => {
      expect(p).toBeCloseTo(own[w]!, 12);
    });
  });

  test("told of a word that is none learns nothing, and only forgets", () => {
    const cache = cacheOf();
    const tape = new Tape(device, 1, false);
    const h = tape.constant(1, inputs, at(hidden, 0, inputs));
    const p = tape.constant(1, words, at(own, 0, words));
    const traces = cache.learn(tape, cache.begin(tape), h, tape.constant(1, words, [0, 0, 0, 0, 0]));
    const { output } = cache.read(tape, traces, h, p);
    expect(Array.from(device.read(output.value))).toEqual(
      at(own, 0, words).map((each) => expect.closeTo(each, 12)),
    );
  });

  test("has the same losses over a whole stretch at once as step by step", () => {
    const cache = cacheOf();
    const tape = new Tape(device, 1);
    const losses = cache.losses(
      tape,
      tape.constant(steps, inputs, hidden),
      tape.constant(steps, 1, came),
      tape.constant(
        steps,
        1,
        came.map((word, t) => own[t * words + word]!),
      ),
    );
    const got = Array.from(device.read(losses.value));
    lived(cache).forEach((row, t) => {
      expect(got[t]!, `step ${t}`).toBeCloseTo(-Math.log(row[came[t]!]!), 10);
    });
  });

  test("has gradients, through a whole stretch, that are those of finite differences", () => {
    const cache = cacheOf();
    const leaves = Object.fromEntries(
      cache.parameters.map(({ name, shape: [rows, cols], value }) => [
        name,
        { kind: "parameter" as const, rows, cols, data: Float64Array.from(device.read(value)) },
      ]),
    );
    const errors = gradientErrors(device, {
      batch: 1,
      leaves,
      build(tape, tensors) {
        const replaced = Object.create(cache) as TraceCache;
        const known = new Map(cache.parameters.map((parameter) => [parameter, tensors[parameter.name]!]));
        const own_ = tape.param.bind(tape);
        tape.param = (parameter) => known.get(parameter) ?? own_(parameter);
        const losses = replaced.losses(
          tape,
          tape.constant(steps, inputs, hidden),
          tape.constant(steps, 1, came),
          tape.constant(
            steps,
            1,
            came.map((word, t) => own[t * words + word]!),
          ),
        );
        return { loss: sum(tape, losses), outputs: { losses } };
      },
    });
    expect(Object.keys(errors)).toHaveLength(5);
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-6);
  });

  test("refuses shapes that do not match, and stretches that are too long", () => {
    const cache = cacheOf();
    const tape = new Tape(device, 1);
    const column = tape.constant(2, 1, [0, 1]);
    expect(() => cache.losses(tape, tape.constant(2, 2, [1, 2, 3, 4]), column, column)).toThrow(
      "traceCache.losses: expected hidden [steps, 3]",
    );
    expect(() => cache.read(tape, cache.begin(tape), tape.constant(1, 2, [1, 2]), column)).toThrow(
      "traceCache.read: input must be [1, 3]",
    );
  });
});
