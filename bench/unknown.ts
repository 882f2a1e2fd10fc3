/**
 * When should the network that names say "I don't know"? It learns a few classes from one drawing each, and is asked for another
 * drawing of one of them, and for one of a class that it was never shown. Writes, as JSON, what each threshold of its evidence would do:
 * which share of the known is named right, and which share of the unknown is named at all.
 *
 *     node dist/bench/unknown.js > bench/unknown.json
 */
import { loadCharacters } from "../cli/characters.js";
import { loadModel } from "../src/lifetime/index.js";
import { type CharacterSet, centredPicture, random, syntheticCharacters } from "../src/tasks/index.js";

const EPISODES = 400;
const SIZE = 31;
const thresholds = Array.from({ length: 17 }, (_, k) => 6 + 0.5 * k);

/** What the network says of a drawing: the class, and how much speaks for it. */
interface Answer {
  readonly named: number;
  /** The largest sum that a class's neuron receives. */
  readonly evidence: number;
  /** How much more that is than the second largest. */
  readonly lead: number;
  /** The probability of the class among those shown. */
  readonly share: number;
}
interface Asked {
  readonly known: Answer;
  readonly truth: number;
  readonly unknown: Answer;
}

const model = await loadModel("models/omniglot.safetensors");

/** Drawing `second` of class `k` of six classes of one alphabet. */
function picked(set: CharacterSet, episode: number, k: number, second: boolean): Float32Array {
  const rng = random(episode, "characters", 0);
  const { first, characters } = set.alphabets[rng.integer(set.alphabets.length)]!;
  const character = first + rng.choose(6, characters)[k]!;
  const half = Math.floor(set.drawings / 2);
  const drawing = random(episode, "drawing", k).integer(half) + (second ? half : 0);
  return centredPicture(set.pixels(character * set.drawings + drawing), SIZE);
}

function asked(set: CharacterSet, shown: number): Asked[] {
  return Array.from({ length: EPISODES }, (_, episode) => {
    const life = model.begin();
    for (let k = 0; k < shown; k++) {
      const label = new Float32Array(model.outputs).fill(1, k, k + 1);
      life.step({ picture: picked(set, episode, k, false), label });
    }
    life.freeze();
    const answer = (k: number): Answer => {
      life.step({ picture: picked(set, episode, k, true) });
      const sums = [...life.value("readout.z").subarray(0, shown)];
      const [best, next] = sums.toSorted((a, b) => b - a) as [number, number];
      const all = sums.reduce((sum, z) => sum + Math.exp(z - best), 0);
      return { named: sums.indexOf(best), evidence: best, lead: best - next, share: 1 / all };
    };
    const truth = episode % shown;
    const said = { known: answer(truth), truth, unknown: answer(5) };
    life.end();
    return said;
  });
}

/** The probability that a known drawing scores higher than an unknown one. */
function told(answers: readonly Asked[], score: (answer: Answer) => number): number {
  const unknown = answers.map((each) => score(each.unknown));
  const above = answers.map(({ known }) => unknown.filter((other) => score(known) > other).length);
  return rounded(above.reduce((sum, count) => sum + count, 0) / answers.length ** 2);
}

const share = (answers: readonly Asked[], is: (each: Asked) => boolean) =>
  rounded(answers.filter(is).length / answers.length);
const rounded = (value: number) => Number(value.toFixed(3));

function measured(set: CharacterSet, shown: number) {
  const answers = asked(set, shown);
  const isRight = ({ known, truth }: Asked) => known.named === truth;
  return {
    right: share(answers, isRight),
    toldApartBy: {
      evidence: told(answers, ({ evidence }) => evidence),
      lead: told(answers, ({ lead }) => lead),
      share: told(answers, (answer) => answer.share),
      evidenceAndLead: told(answers, ({ evidence, lead }) => evidence + lead / 4),
    },
    byThreshold: Object.fromEntries(
      thresholds.map((least) => [
        least,
        {
          knownNamedRight: share(answers, (each) => isRight(each) && each.known.evidence >= least),
          knownNamedWrong: share(answers, (each) => !isRight(each) && each.known.evidence >= least),
          unknownNamed: share(answers, ({ unknown }) => unknown.evidence >= least),
        },
      ]),
    ),
  };
}

const bySet = (set: CharacterSet) => Object.fromEntries([2, 3, 5].map((n) => [n, measured(set, n)]));
const characters = loadCharacters("omniglot") as unknown as { readonly test: CharacterSet };
const result = {
  command: "node dist/bench/unknown.js",
  model: model.fingerprint,
  episodes: EPISODES,
  omniglot: bySet(characters.test),
  synthetic: bySet(syntheticCharacters(1, 100, 120)),
};
console.log(JSON.stringify(result, null, 2));
