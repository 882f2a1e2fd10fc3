import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { images, patterns, patternsSmall } from "../experiments/index.js";
import { type ImageSet, normalise, random } from "../tasks/index.js";
import {
  type Checkpoint,
  CheckpointError,
  DivergenceError,
  decodeCheckpoint,
  encodeCheckpoint,
  evaluateExperiment,
  lookAt,
  OptionsError,
  type RunEvent,
  run,
} from "./index.js";

const tiny = { bits: 12, patterns: 2, cycles: 1, stepsOn: 2, stepsOff: 1, testSteps: 2, lr: 0.01 } as const;
const device = () => new ReferenceDevice();

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const list: RunEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const lastCheckpoint = (events: readonly RunEvent[]): Checkpoint => {
  const event = events.findLast((each) => each.type === "checkpoint");
  if (event?.type !== "checkpoint") throw new Error("no checkpoint");
  return event.checkpoint;
};
const episodesOf = (events: readonly RunEvent[]) => events.filter((event) => event.type === "episode");

/** A task that 250 episodes suffice for. */
const learnable = { ...tiny, bits: 20, patterns: 1, stepsOn: 3, testSteps: 3 };

/** Pictures of 4 x 4 pixels, so that the reference device is quick enough. */
const small: ImageSet = {
  name: "noise",
  count: 50,
  size: 4,
  pixels: (index) => normalise(random(0, "noise", index).fillNormal(new Float32Array(16), 1))!,
};

describe("run", () => {
  it("says in order: start, every episode, checkpoints, done", async () => {
    const events = await all(
      run(patterns, { device: device(), options: tiny, episodes: 5, checkpointEvery: 2 }),
    );
    expect(events.map((event) => event.type).join(" ")).toBe(
      "start episode episode checkpoint episode episode checkpoint episode checkpoint done",
    );
    expect(episodesOf(events).map((event) => event.type === "episode" && event.episode)).toEqual([
      1, 2, 3, 4, 5,
    ]);
  });

  it("learns a small task, and does as well in fresh episodes", async () => {
    const events = await all(run(patterns, { device: device(), options: learnable, episodes: 250 }));
    const error = (from: number, to: number) =>
      episodesOf(events)
        .slice(from, to)
        .reduce((sum, event) => sum + (event.type === "episode" ? event.metrics.error! : 0), 0) /
      (to - from);
    expect(error(0, 50)).toBeGreaterThan(0.15);
    expect(error(200, 250)).toBeLessThan(0.05);
    const fresh = await evaluateExperiment(patterns, {
      device: device(),
      model: lastCheckpoint(events),
      episodes: 50,
    });
    expect(fresh.error).toBeLessThan(0.05);
  });

  it("gives the same events for the same seed, others for another", async () => {
    const events = (seed: number) =>
      all(run(patterns, { device: device(), options: tiny, episodes: 3, seed }));
    expect(await events(1)).toEqual(await events(1));
    expect(episodesOf(await events(1))).not.toEqual(episodesOf(await events(2)));
  });

  it.each([1, 4, 7])(
    "goes on bit for bit as if it had never stopped, from a file of episode %i",
    async (stop) => {
      const whole = await all(run(patternsSmall, { device: device(), options: tiny, episodes: 9, seed: 3 }));
      const first = await all(
        run(patternsSmall, { device: device(), options: tiny, episodes: stop, seed: 3 }),
      );
      const resume = decodeCheckpoint(encodeCheckpoint(lastCheckpoint(first)), "test");
      const rest = await all(
        run(patternsSmall, { device: device(), options: tiny, episodes: 9, seed: 3, resume }),
      );
      expect([...episodesOf(first), ...episodesOf(rest)]).toEqual(episodesOf(whole));
      expect(lastCheckpoint(rest)).toEqual(lastCheckpoint(whole));
    },
  );

  it("on abort yields a checkpoint from which it can go on, and ends", async () => {
    const controller = new AbortController();
    const events: RunEvent[] = [];
    for await (const event of run(patterns, { device: device(), options: tiny, signal: controller.signal })) {
      events.push(event);
      if (event.type === "episode" && event.episode === 3) controller.abort();
    }
    const last = events.at(-1);
    expect(last).toMatchObject({ type: "checkpoint", reason: "abort", checkpoint: { episode: 3 } });
    expect(events).toHaveLength(5);
  });

  it("lets timers through while it trains", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const options = { ...tiny, bits: 40 };
    await all(run(patterns, { device: device(), options, episodes: 10 }));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it("refuses to go on with other options, another seed or another experiment", async () => {
    const resume = lastCheckpoint(await all(run(patterns, { device: device(), options: tiny, episodes: 1 })));
    const go = (other: object) => all(run(patterns, { device: device(), options: tiny, resume, ...other }));
    await expect(go({ options: { ...tiny, lr: 1 } })).rejects.toThrow(/option lr is 0.01, this run's 1;/);
    await expect(go({ seed: 1 })).rejects.toThrow(/seed is 0, this run's 1/);
    await expect(all(run(patternsSmall, { device: device(), options: tiny, resume }))).rejects.toThrow(
      CheckpointError,
    );
  });

  it("refuses unknown options and options out of range, naming them and the value", async () => {
    const go = (options: object) => all(run(patterns, { device: device(), options }));
    await expect(go({ bit: 3 })).rejects.toThrow(/unknown option bit; patterns has network, rule, bits/);
    await expect(go({ bits: 0 })).rejects.toThrow(/patterns: bits: .*, got 0/);
    await expect(go({ rule: "bcm" })).rejects.toThrow(OptionsError);
  });
});

describe("divergence", () => {
  const images4 = { train: small, test: small };
  const short = { images: 1, cycles: 1, stepsOn: 5, stepsOff: 3, testSteps: 2 };

  it("names episode, time step and tensor, and leaves the earlier checkpoint good", async () => {
    const events: RunEvent[] = [];
    const failure = await (async () => {
      const settings = {
        device: device(),
        images: images4,
        options: { ...short, lr: 1e60 },
        checkpointEvery: 1,
      };
      for await (const event of run(images, settings)) events.push(event);
    })().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DivergenceError);
    expect((failure as Error).message).toMatch(/training diverged in episode \d+.* is not finite; lower lr/);
    for (const event of events) {
      if (event.type !== "checkpoint") continue;
      for (const { data } of Object.values(event.checkpoint.parameters))
        expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it("also stops a network that is so saturated that nothing can be learned", async () => {
    const options = { ...tiny, lr: 1e9 };
    const go = all(run(patterns, { device: device(), options, episodes: 100 }));
    await expect(go).rejects.toThrow(/every gradient has been exactly 0/);
  });

  it("stops such a network in the same episode, however often the run is stopped and goes on", async () => {
    const options = { ...tiny, lr: 1e9 };
    const endOf = async (stops: number): Promise<unknown> => {
      let resume: Checkpoint | undefined;
      for (let episodes = stops; episodes <= 100; episodes += stops) {
        try {
          const events = await all(run(patterns, { device: device(), options, episodes, resume }));
          resume = decodeCheckpoint(encodeCheckpoint(lastCheckpoint(events)), "test");
        } catch (error) {
          return error;
        }
      }
      return null;
    };
    const whole = await endOf(100);
    expect(whole).toBeInstanceOf(DivergenceError);
    for (const stops of [1, 10]) expect(await endOf(stops)).toEqual(whole);
  });
});

describe("evaluateExperiment", () => {
  it("returns the mean metrics, the same for the same seed of episodes", async () => {
    const model = lastCheckpoint(
      await all(run(patterns, { device: device(), options: tiny, episodes: 2, seed: 5 })),
    );
    const evaluate = (seed?: number) =>
      evaluateExperiment(patterns, { device: device(), model, episodes: 10, seed });
    const result = await evaluate();
    expect(Object.keys(result)).toEqual(["experiment", "episodes", "seed", "error"]);
    expect(result).toMatchObject({ experiment: "patterns", episodes: 10, seed: 5 });
    expect(await evaluate(5)).toEqual(result);
    const errors = [6, 7, 8, 9].map(async (seed) => (await evaluate(seed)).error);
    expect(new Set(await Promise.all(errors)).size).toBeGreaterThan(1);
  });

  it("reports the missing half of images beside the guesses that remember nothing", async () => {
    const settings = { images: { train: small, test: small }, options: { images: 2, cycles: 1, stepsOn: 2 } };
    const model = lastCheckpoint(await all(run(images, { device: device(), ...settings, episodes: 2 })));
    const result = await evaluateExperiment(images, {
      device: device(),
      model,
      episodes: 3,
      images: settings.images,
    });
    expect(Object.keys(result).sort()).toEqual(
      ["correlation", "episodes", "experiment", "mse", "mseMeanImage", "mseZero", "seed"].sort(),
    );
    for (const value of Object.values(result))
      expect(typeof value === "string" || Number.isFinite(value)).toBe(true);
  });

  it.each(["plastic", "homogeneous", "rnn"] as const)(
    "shows pictures and matrices of a %s network",
    async (network) => {
      const options = { ...tiny, network };
      const model = lastCheckpoint(await all(run(patternsSmall, { device: device(), options, episodes: 1 })));
      const look = lookAt(patternsSmall, { device: device(), model, episodes: 2 });
      expect(look.episodes).toHaveLength(2);
      expect(look.episodes[0]!.pictures).toMatchObject({ kind: "bits", width: 4, height: 3 });
      expect(look.episodes[0]!.pictures!.restored).toHaveLength(12);
      const shapes = Object.fromEntries(
        look.matrices.map(({ name, rows, cols }) => [name, `${rows} x ${cols}`]),
      );
      expect(shapes).toEqual(
        {
          plastic: {
            "recurrent.w": "13 x 13",
            "recurrent.alpha": "13 x 13",
            "recurrent.eta": "1 x 1",
            "recurrent.H": "13 x 13",
          },
          homogeneous: {
            "recurrent.w": "13 x 13",
            "recurrent.alpha": "1 x 1",
            "recurrent.eta": "1 x 1",
            "recurrent.H": "13 x 13",
          },
          rnn: { "recurrent.w": "13 x 13" },
        }[network],
      );
    },
  );

  it("refuses a network of another size", async () => {
    const model = lastCheckpoint(await all(run(patterns, { device: device(), options: tiny, episodes: 1 })));
    const other = { ...model, options: { ...model.options, bits: 14 } };
    await expect(evaluateExperiment(patterns, { device: device(), model: other })).rejects.toThrow(
      /expected .*recurrent.w \[14,14\]; got|expected .*\[14,14\].* got .*\[12,12\]/,
    );
  });
});
