import { afterAll, describe, expect, it } from "vitest";
import { startEngine } from "../../../test/support/engine.js";
import type { Device } from "../../devices/device.js";
import { ReferenceDevice } from "../../devices/reference/index.js";
import { architectureText, readArchitecture } from "../../models/index.js";
import { Tape } from "../../tape/index.js";
import { buildVocabulary, random, textPieces } from "../../tasks/index.js";
import {
  type Checkpoint,
  decodeCheckpoint,
  describeModel,
  encodeCheckpoint,
  evaluateExperiment,
  Recorder,
  type RunEvent,
  resolveOptions,
  run,
  type TextData,
  usualEpisodes,
} from "../../training/index.js";
import { buildModel } from "../../training/options.js";
import { textNetworks } from "./cells.js";
import { TextJudge } from "./judge.js";
import { TextModel, type TextModelOptions, textModelSize, textNeurons } from "./model.js";
import { ptb } from "./ptb.js";

const reference = new ReferenceDevice();
const engine = await startEngine(1);
afterAll(() => engine.dispose());

/** Some lines of eight words, in which each word says something of the next. */
function lines(seed: number, count: number): string {
  const rng = random(seed, "lines", 0);
  const words = "a b c d e f g h".split(" ");
  let at = 0;
  return Array.from({ length: count }, () => {
    const line = Array.from({ length: 5 }, () => {
      at = (at + 1 + rng.integer(2)) % words.length;
      return words[at]!;
    });
    return `${line.join(" ")}\n`;
  }).join("");
}
const text: TextData = {
  name: "lines",
  text: { train: lines(0, 13), valid: lines(1, 6), test: lines(2, 7) },
};
const small = { embedding: 4, neurons: 5, layers: 2, batch: 2, steps: 4, vocabulary: 20 } as const;
const plain: TextModelOptions = {
  ...{ network: "plastic", embedding: 4, layers: 2, neurons: 5, readout: "own", equal: "neurons" },
  ...{ plasticFrom: "both", pre: "previous", trace: "clipped", alpha: 0.3, eta: 0.2, initRange: 0.5 },
};
const networkNames = Object.keys(textNetworks) as (keyof typeof textNetworks)[];
const pause = async () => {};

describe("a language model's size", () => {
  it.each(networkNames)("is known before it is built: %s", (network) => {
    for (const readout of ["own", "tied"] as const) {
      for (const [plasticFrom, trace] of [
        ["hidden", "clipped"],
        ["input", "clipped"],
        ["both", "fading"],
      ] as const) {
        const options = { ...plain, network, readout, plasticFrom, trace };
        const model = new TextModel(reference, 11, options, 0);
        const built = model.parameters.reduce((sum, { shape: [rows, cols] }) => sum + rows * cols, 0);
        expect(textModelSize(network, options, 11, plain.neurons)).toBe(built);
      }
    }
  });

  it("is that of the paper with preset basic, and the same for all networks to the nearest neuron", () => {
    const sizes = networkNames.map((network) => {
      const options = resolveOptions(ptb, { ...ptb.presets!.basic, network });
      return textModelSize(network, options, 10_000, textNeurons(options, 10_000));
    });
    // 4,010,000 of words, 801,600 of two layers whose connections from h to the candidate have an alpha and an eta each.
    expect(sizes[networkNames.indexOf("plastic")]).toBe(4_811_600);
    for (const size of sizes) expect(Math.abs(size - 4_811_600)).toBeLessThan(8_000);
  });

  it("is that of the paper with preset large", () => {
    const options = resolveOptions(ptb, { ...ptb.presets!.large, network: "lstm", equal: "neurons" });
    expect(textModelSize("lstm", options, 10_000, options.neurons) / 1e6).toBeCloseTo(24.2, 1);
  });
});

/** -log p of each word of a text but the first, of a network that lives through it word by word. */
function lived(device: Device, model: TextModel, tokens: ArrayLike<number>): number {
  const tape = new Tape(device, 1, false);
  const { begin, steps } = model.network;
  let state = begin(tape);
  let nats = 0;
  for (let t = 0; t + 1 < tokens.length; t++) {
    const word = tape.constant(
      1,
      model.vocabulary,
      Array.from({ length: model.vocabulary }, (_, k) => +(k === tokens[t])),
    );
    const step = steps[0]!.step(tape, state, [word]);
    state = step.state;
    const logits = Array.from(device.read(step.output.value));
    nats += Math.log(logits.reduce((sum, each) => sum + Math.exp(each), 0)) - logits[tokens[t + 1]!]!;
  }
  return Math.exp(nats / (tokens.length - 1));
}

describe("a trace that fades", () => {
  it("begins to fade at the rate eta", () => {
    const model = new TextModel(
      reference,
      11,
      { ...plain, network: "modulated", trace: "fading", eta: 0.2 },
      0,
    );
    const fades = model.parameters.filter(({ name }) => name.endsWith(".fade"));
    expect(fades.length).toBeGreaterThan(0);
    for (const { value } of fades)
      for (const fade of reference.read(value)) expect(1 / (1 + Math.exp(-fade))).toBeCloseTo(0.2, 6);
  });
});

describe("a text's perplexity", () => {
  const pieces = textPieces(text.text.test, "word");
  const vocabulary = buildVocabulary(pieces);
  const tokens = vocabulary.encode(pieces);
  const judged = (
    device: Device,
    options: TextModelOptions,
    steps: number,
    kept: "all" | "activity" | "nothing",
  ) =>
    new TextJudge(
      device,
      new TextModel(device, vocabulary.size, options, 3),
      tokens,
      { batch: 1, steps },
      "lines",
    ).judge(kept, { pause });

  it.each(["own", "tied"] as const)(
    "is that of the network word by word, whatever segments it is read in: %s",
    async (readout) => {
      for (const network of networkNames) {
        const options = { ...plain, network, readout };
        const expected = lived(reference, new TextModel(reference, vocabulary.size, options, 3), tokens);
        for (const steps of [1, 4, 1000]) {
          const { perplexity, segments } = await judged(reference, options, steps, "all");
          expect(perplexity).toBeCloseTo(expected, 9);
          expect(segments).toBe(Math.ceil((tokens.length - 1) / steps));
        }
        if (network !== "retroactive") continue;
        expect((await judged(engine, options, 4, "all")).perplexity).toBeCloseTo(expected, 3);
      }
    },
  );

  it("is another one where traces, or all of the state, begin afresh with every segment", async () => {
    const [all, activity, nothing] = await Promise.all(
      (["all", "activity", "nothing"] as const).map((kept) => judged(reference, plain, 4, kept)),
    );
    expect(new Set([all, activity, nothing].map((each) => each!.perplexity.toFixed(6))).size).toBe(3);
    const unplastic = { ...plain, network: "lstm" } as const;
    const [same, likewise] = await Promise.all(
      (["all", "activity"] as const).map((kept) => judged(reference, unplastic, 4, kept)),
    );
    expect(likewise).toEqual(same);
  });

  it("of several streams is the mean over what each reads from a state of its own", async () => {
    const model = new TextModel(reference, vocabulary.size, plain, 3);
    const both = tokens.subarray(0, 2 * Math.floor((tokens.length - 1) / 2) + 1);
    const half = (both.length - 1) / 2;
    const { perplexity } = await new TextJudge(reference, model, both, { batch: 2, steps: 3 }, "lines").judge(
      "all",
      { pause },
    );
    const apart = [both.subarray(0, half + 1), both.subarray(half)].map((stream) =>
      lived(reference, model, stream),
    );
    expect(perplexity).toBeCloseTo(Math.sqrt(apart[0]! * apart[1]!), 9);
  });
});

/** All that a run says, and its checkpoints as they lie in files. */
async function ran(
  options: object,
  limits: { episodes?: number; resume?: Checkpoint; checkpointEvery?: number } = {},
) {
  const events: RunEvent[] = [];
  const checkpoints: Uint8Array[] = [];
  for await (const event of run(ptb, { device: engine, images: text, options, ...limits })) {
    if (event.type === "checkpoint") checkpoints.push(encodeCheckpoint(event.checkpoint));
    if (event.type === "episode") events.push(event);
  }
  return { events, checkpoints };
}

describe("training on a text", () => {
  const options = {
    ...small,
    network: "modulated",
    dropout: 0.3,
    anneal: "validation",
    lr: 8,
    decay: 0.5,
    epochs: 4,
  };

  it("reads it as often as it is told, and judges the validation text after every epoch", async () => {
    // 78 words: 38 in each of two streams, 9 segments of 4.
    expect(usualEpisodes(ptb, resolveOptions(ptb, options), text)).toBe(4 * 9 * 2);
    const { events } = await ran(options);
    const judgedAt = events.flatMap((event) =>
      event.type === "episode" && "perplexity.valid" in event.metrics ? [event.episode] : [],
    );
    expect(judgedAt).toEqual([18, 36, 54, 72]);
  });

  it("learns", async () => {
    const { events } = await ran({
      ...small,
      network: "plastic",
      layers: 1,
      initRange: 0.5,
      lr: 2,
      epochs: 30,
    });
    const valid = events.flatMap((event) =>
      event.type === "episode" ? (event.metrics["perplexity.valid"] ?? []) : [],
    );
    expect(valid).toHaveLength(30);
    expect(valid.at(-1)).toBeLessThan(0.7 * valid[0]!);
  });

  it("goes on from any checkpoint as if it had never stopped: state, traces, masks and annealed rate", async () => {
    const whole = await ran(options, { checkpointEvery: 2 });
    expect(whole.checkpoints).toHaveLength(36);
    const rates = new Set(whole.checkpoints.map((bytes) => decodeCheckpoint(bytes, "here").annealed));
    expect(rates.size).toBeGreaterThan(1);
    for (const at of [0, 4, 8, 9, 20, 34]) {
      const resume = decodeCheckpoint(whole.checkpoints[at]!, "here");
      const rest = await ran(options, { resume, checkpointEvery: 2 });
      expect(rest.events).toEqual(whole.events.slice(at + 1));
      expect(rest.checkpoints.at(-1)).toEqual(whole.checkpoints.at(-1));
    }
  });

  it("refuses to go on without the state that it stopped in", async () => {
    const { checkpoints } = await ran(options, { episodes: 4 });
    const { carried: _, ...without } = decodeCheckpoint(checkpoints[0]!, "here");
    await expect(ran(options, { resume: without })).rejects.toThrow(/carried state is of another network/);
  });

  it("tests by the whole test text, or as many segments of it as are asked for", async () => {
    const { checkpoints } = await ran(options, { episodes: 4 });
    const model = decodeCheckpoint(checkpoints[0]!, "here");
    const settings = { device: engine, model, images: text };
    const whole = await evaluateExperiment(ptb, settings);
    // 42 words, the first of which is told by nothing.
    expect(whole.episodes).toBe(Math.ceil(41 / 4));
    const some = await evaluateExperiment(ptb, { ...settings, episodes: 3 });
    expect(some.episodes).toBe(3);
    expect(some.perplexity).not.toBe(whole.perplexity);
  });

  it("lowers the rate with every epoch from the one that it is told on", () => {
    const given = { ...ptb.presets!.basic, ...small, lr: 1, decay: 0.5, decayAfter: 2 };
    const build = { options: resolveOptions(ptb, given), device: reference, seed: 0, images: text };
    expect(buildModel(ptb, build).sgd).toMatchObject({
      lr: 1,
      schedule: { every: 9, factor: 0.5, after: 9 },
    });
  });
});

describe("the text that it is told", () => {
  it("is needed", async () => {
    await expect(async () => {
      for await (const _ of run(ptb, { device: reference })) expect.unreachable();
    }).rejects.toThrow("ptb: needs a text");
  });

  it("must be long enough for the streams", async () => {
    await expect(ran({ ...small, batch: 50 })).rejects.toThrow(
      "lines, training text: 50 streams in segments of 4",
    );
  });

  it("may be read by character", () => {
    const options = resolveOptions(ptb, { ...small, by: "character" });
    const model = buildModel(ptb, { options, device: reference, seed: 0, images: text });
    // <unk>, eight letters, the space and the line's end.
    expect(model.network.answers).toBe(11);
  });
});

describe.each(networkNames)("a %s language model", (network) => {
  it.each([
    ["own", "clipped"],
    ["tied", "fading"],
  ] as const)(
    "can be told in a model file, with weights of words that are %s and a trace that is %s",
    (readout, trace) => {
      const options = { ...small, network, readout, trace };
      const { device } = new Recorder();
      const resolved = resolveOptions(ptb, options);
      const built = buildModel(ptb, { options: resolved, device, seed: 0, images: text });
      const shapes = new Map(built.parameters.map(({ name, shape: [rows, cols] }) => [name, { rows, cols }]));
      const said = architectureText(describeModel(ptb, { options, seed: 0 }, text));
      const read = readArchitecture(said, shapes);
      expect(JSON.parse(architectureText(read))).toEqual(JSON.parse(said));
      expect(read.connections.map(({ name }) => name).sort()).toEqual(Object.keys(built.rules).sort());
      for (const name of shapes.keys()) expect(said).toContain(`"${name}"`);
    },
  );
});
