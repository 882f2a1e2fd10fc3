/**
 * The network of the page's first screen. In an episode it looks at up to three drawings, once each; then it is shown what is
 * left of one of them, for a single step, and should restore all of it by itself. In a clone that was built:
 *
 *     npx hebbian train web/training/drawings.js --device native
 */
import { defineMap, defineRule, map, mean, PlasticConnection } from "hebbian";
import { integerOption, numberOption } from "hebbian/experiments";
import { random } from "hebbian/tasks";
import { defineExperiment, z } from "hebbian/training";
import { smashed } from "../src/drawings/damage.js";
import { AT_ONCE, BLINK, LOOK, PAPER, RECALL, said, seen } from "../src/drawings/protocol.js";
import { PIXELS, SIDE } from "../src/drawings/raster.js";
import { randomCode, randomDrawing } from "../src/drawings/shapes.js";

const GLANCE = 1 + LOOK;
const LOOKING = AT_ONCE * GLANCE;
/** Neurons that listen in a step of recall, as a share of all. */
const PART = 0.25;

/**
 * A neuron that says something changes its connections to those that it did not expect to do what they do; `post` is that
 * surprise. So a second look changes nothing, and what drawings have in common is learned only once.
 */
const surprise = defineRule({
  name: "surprise",
  source: "Widrow & Hoff 1960 (the delta rule), with a bound",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 1 / LOOK } },
  weight: "w + alpha * H",
  update: { H: "clip(H + eta * pre * post, -1, 1)" },
});

const paper = String(-PAPER);
const spoken = `max(u, 0) + ${paper} * min(u, 0)`;
const heard = `${1 - PAPER} * sigmoid(8 * z) - ${paper}`;
/** A neuron does what its pixel says, ink or paper; where nothing is said, what the other neurons say. */
const told = defineMap(["z", "u"], { y: `where(u, ${spoken}, ${heard})` });
/** What it is told beyond what the others made it expect. */
const unexpected = defineMap(["z", "u"], { e: "where(u, u - clip(z, -1, 1), 0)" });
/** What is said, of those that said the same in the step before: after darkness, nothing. */
const lasting = defineMap(["before", "y"], {
  pre: `y * min(1, max(0, before * y) / ${PAPER ** 2})`,
});
/** In each step of recall a part of the neurons listens to the others, as on the page; `m` is 1 for these. */
const listen = defineMap(["z", "y", "m"], { next: `where(m, ${heard}, y)` });
/** How far each neuron is from saying, clearly, what it should: 1 or -1. Where it is clear, nothing is to be learned. */
const firstError = defineMap(["z", "target"], { e: "max(0, 1 - 4 * target * z)" });
const nextError = defineMap(["before", "z", "target"], { e: "before + max(0, 1 - 4 * target * z)" });
const pixels = defineMap(["u"], { y: spoken });
const clearly = defineMap(["z"], { y: heard });

export default defineExperiment({
  name: "drawings",
  title: "Drawings, seen once, restored from what is left of them",
  source: "Miconi, Clune, Stanley 2018 (arXiv 1804.02464), 4.1, with drawings for patterns",
  metric: { name: "error", label: "share of wrong pixels", better: "lower", show: "percent" },
  episodes: 9_000,
  testEpisodes: 500,
  schema: z.object({
    batch: integerOption(4, "episodes side by side", { min: 1, max: 64 }),
    lr: numberOption(2e-4, "learning rate of Adam", { min: 1e-6, max: 0.1 }),
    alpha: numberOption(0.015, "alpha of every connection at the start", { min: -1, max: 1 }),
  }),
  build({ options, device, seed }) {
    const { batch, lr } = options;
    const rng = random(seed, "weights", 0);
    const connection = new PlasticConnection(
      device,
      { name: "recurrent", rule: surprise, pre: PIXELS, post: PIXELS, std: 5e-4 },
      rng,
    );
    const alpha = connection.parameter("alpha");
    device.write(
      alpha.value,
      rng.fillNormal(new Float32Array(PIXELS * PIXELS), 5e-4).map((value) => value + options.alpha),
    );
    const begin = (tape) => ({ y: tape.filled(tape.batch, PIXELS, 0), traces: connection.begin(tape) });
    const step = (tape, state, input) => {
      const { z, traces } = connection.read(state.traces, state.y);
      const y = map(tape, told, [z, input])[0];
      const pre = map(tape, lasting, [state.y, y])[0];
      const post = map(tape, unexpected, [z, input])[0];
      return { output: y, state: { y, traces: connection.update(traces, { pre, post }) } };
    };
    const inputs = device.allocate(LOOKING * batch, PIXELS);
    const cue = device.allocate(batch, PIXELS);
    const target = device.allocate(batch, PIXELS);
    const listening = device.allocate(RECALL * batch, PIXELS);
    const buffers = [inputs, cue, target, listening];
    return {
      parameters: connection.parameters,
      adam: { lr },
      rules: { recurrent: surprise },
      network: {
        inputs: [{ name: "input", size: PIXELS, tail: [] }],
        answers: PIXELS,
        begin,
        steps: [{ given: ["input"], step: (tape, state, [input]) => step(tape, state, input) }],
      },
      batch,
      prepare(split, episodeSeed, first) {
        const episodes = Array.from({ length: batch }, (_, b) =>
          episode(random(episodeSeed, split, first + b)),
        );
        const rows = new Float32Array(LOOKING * batch * PIXELS).fill(BLINK[0]);
        episodes.forEach(({ shown }, b) => {
          for (let t = 0; t < LOOKING; t++) {
            const drawing = shown[Math.floor(t / GLANCE)];
            // It blinks, and then looks.
            if (drawing && t % GLANCE > 0) rows.set(seen(drawing), (t * batch + b) * PIXELS);
          }
        });
        device.write(inputs, rows);
        device.write(cue, rowsOf(episodes.map(({ left }) => seen(left))));
        device.write(target, rowsOf(episodes.map(({ whole }) => seen(whole))));
        const rng = random(episodeSeed, `${split} listening`, first);
        device.write(
          listening,
          Float32Array.from({ length: RECALL * batch * PIXELS }, () => Number(rng.uniform() < PART)),
        );
        return {
          kinds: episodes.map(({ kind }) => kind),
          measure: (output) =>
            episodes.map(({ whole }, b) => ({ error: wrong(said(rowOf(output, b)), whole) })),
          pictures: (output) => {
            const { shown, left, whole } = episodes[0];
            return {
              ...{ kind: "bits", width: SIDE, height: SIDE },
              shown: shown.map((drawing) => signs(drawing ?? new Uint8Array(PIXELS))),
              ...{ degraded: signs(left), restored: signs(said(rowOf(output, 0))), target: signs(whole) },
            };
          },
        };
      },
      live(tape) {
        const [all, first, aim, masks] = [inputs, cue, target, listening].map((buffer) => tape.input(buffer));
        const outputs = [];
        let state = begin(tape);
        for (let t = 0; t < LOOKING; t++) {
          const next = step(tape, state, tape.rows(all, t * batch, batch));
          state = next.state;
          outputs.push(next.output);
        }
        // It learns by looking, not by remembering: the page freezes it.
        let { traces } = state;
        let y = map(tape, pixels, [first])[0];
        let error = null;
        for (let t = 0; t < RECALL; t++) {
          const read = connection.read(traces, y);
          traces = read.traces;
          error = error
            ? map(tape, nextError, [error, read.z, aim])[0]
            : map(tape, firstError, [read.z, aim])[0];
          y = map(tape, listen, [read.z, y, tape.rows(masks, t * batch, batch)])[0];
          if (t === RECALL - 1) outputs.push(map(tape, clearly, [read.z])[0]);
        }
        return { loss: mean(tape, error), outputs, traces: () => [] };
      },
      release() {
        for (const buffer of buffers) device.release(buffer);
        for (const parameter of connection.parameters) parameter.release();
      },
    };
  },
});

/** Drawings, null where there is only silence; which of them is asked for, and what is left of it. */
function episode(rng) {
  const kind = rng.uniform();
  // Three are the hardest, and half of what it is trained on.
  const count = kind < 0.1 ? 1 : rng.uniform() < 0.5 ? AT_ONCE : 1 + rng.integer(AT_ONCE - 1);
  const code = kind < 0.1;
  const drawings = Array.from({ length: count }, () => (code ? randomCode(rng) : randomDrawing(rng)));
  const whole = drawings[rng.integer(count)];
  const shown = [...Array.from({ length: AT_ONCE - count }, () => null), ...drawings];
  return { shown, whole, left: smashed(whole, rng), kind: code ? "code" : `of${count}` };
}

const signs = (drawing) => Array.from(drawing, (ink) => (ink ? 1 : -1));
const rowOf = (values, b) => Array.from({ length: PIXELS }, (_, k) => values[b * PIXELS + k]);
const rowsOf = (rows) => Float32Array.from(rows.flatMap((row) => [...row]));
const wrong = (drawing, whole) => drawing.reduce((sum, ink, k) => sum + Number(ink !== whole[k]), 0) / PIXELS;
