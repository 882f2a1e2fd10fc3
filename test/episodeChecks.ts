import fc from "fast-check";
import type { Device } from "../src/devices/device.js";
import type { Rate } from "../src/formulas/index.js";
import type { Rule } from "../src/rules/index.js";
import { uniformNumbers } from "./graph.js";
import { expectGraphParity, expectParity, type Nudge, type Outcome, type ParityCheck } from "./parity.js";
import { moves, type PlasticEpisode, paramShape, plasticEpisode, seeds } from "./plasticEpisode.js";
import { ratesOf, testedRules } from "./rules.js";

const size = fc.constantFrom(1, 3, 4, 5, 51, 65, 257);
const batch = fc.constantFrom(1, 2, 3, 7);

/** The most connections times steps in a case: the reference device takes about 2 us for each. */
const mostWork = 100_000;

function episodes(base: Rule): fc.Arbitrary<PlasticEpisode> {
  return fc
    .record({
      rule: ratesOf(base),
      batch,
      pre: size,
      post: size,
      moves: moves(24),
      announced: fc.boolean(),
      seed: seeds,
    })
    .map((episode) => {
      const connections = episode.pre * episode.post;
      const batch = connections > 10_000 ? Math.min(episode.batch, 2) : episode.batch;
      const steps = Math.max(2, Math.floor(mostWork / (connections * batch)));
      return { ...episode, batch, moves: episode.moves.slice(0, steps) };
    });
}

/** Whole episodes of every rule: outputs, traces and the gradient of everything. */
export const episodeChecks: readonly ParityCheck[] = testedRules.map((base) => ({
  method: "traces",
  name: `episodes of ${base.name}`,
  check(reference, device, parameters) {
    const property = fc.property(episodes(base), (episode) =>
      expectGraphParity(reference, device, plasticEpisode(episode)),
    );
    fc.assert(property, parameters as fc.Parameters<[PlasticEpisode]>);
  },
}));

/** Traces that are not differentiable: they start from loaded values, and take many sweeps without a tape. */
export const loadedTracesChecks: readonly ParityCheck[] = testedRules.map((rule) => ({
  method: "traces",
  name: `loaded traces of ${rule.name}, forward only`,
  check(reference, device, parameters) {
    const property = fc.property(seeds, batch, size, size, (seed, most, pre, post) => {
      const batch = pre * post > 10_000 ? 1 : most;
      expectParity(reference, device, (on, nudge) => loadAndRun(on, nudge, rule, seed, batch, pre, post));
    });
    fc.assert(property, parameters as fc.Parameters<[number, number, number, number]>);
  },
}));

function loadAndRun(
  device: Device,
  nudge: Nudge,
  rule: Rule,
  seed: number,
  batch: number,
  pre: number,
  post: number,
): Outcome {
  device.reset();
  device.beginEpisode(batch);
  const sizes = { layer: 1, episode: 1, pre, post, connection: pre * post };
  const numbers = (name: string, rows: number, cols: number) => {
    const buffer = device.scratch(rows, cols);
    device.write(buffer, nudge(name, uniformNumbers(seed, name, rows * cols)));
    return buffer;
  };
  const params = Object.fromEntries(
    Object.entries(rule.params).map(([key, { per }]) => [key, numbers(key, ...paramShape(per, pre, post))]),
  );
  const traces = device.traces({ rule, batch, pre, post, differentiable: false, params });
  const values = device.scratch(batch * pre, post);
  const outcome: Record<string, ArrayLike<number>> = {};
  for (const trace of rule.traces) traces.load(trace, numbers(trace, batch * pre, post));
  for (let t = 0; t < 3; t++) {
    const vectors = (all: Readonly<Record<string, Rate>>, of: string) =>
      Object.fromEntries(
        Object.entries(all).map(([key, rate]) => [key, numbers(`${key} ${of}`, batch, sizes[rate])]),
      );
    const update = vectors(rule.vectors, `${t}`);
    const x = numbers(`x ${t}`, batch, pre);
    const out = device.scratch(batch, post);
    const reads = Object.entries(rule.reads).map(([key, { per, vectors: taken }]) => {
      const value = device.scratch(batch, sizes[per]);
      return [key, { vectors: vectors(taken, `${key} ${t}`), out: value }] as const;
    });
    traces.forward({
      ...(t > 0 && rule.traces.length > 0 && { update }),
      read: { x, out, vectors: vectors(rule.weightVectors, `weight ${t}`) },
      ...(reads.length > 0 && { reads: Object.fromEntries(reads) }),
    });
    outcome[`out ${t}`] = device.read(out);
    for (const [key, read] of reads) outcome[`${key} ${t}`] = device.read(read.out);
    for (const trace of rule.traces) {
      traces.read(trace, values);
      outcome[`${trace} ${t}`] = device.read(values);
    }
  }
  return outcome;
}
