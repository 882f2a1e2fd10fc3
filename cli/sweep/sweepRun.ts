import { join, resolve } from "node:path";
import {
  describeOptions,
  type Experiment,
  OptionsError,
  resolveOptions,
  usualEpisodes,
} from "../../src/training/index.js";
import { dataFor, isNamedSource, loadData } from "../data.js";
import { experimentNamed } from "../experimentNamed.js";
import { sha256 } from "../fingerprint.js";
import { givenOptions } from "../flags.js";
import { isModulePath } from "../ownModules/moduleFiles.js";
import { loadExperiment } from "../ownModules/ownExperiment.js";
import { loadRules } from "../ownModules/plannedModules.js";
import { codeDigest } from "./code.js";

/** What a run is asked for. */
export interface RunRequest {
  /** Name of an experiment, or the path of a module that exports one. */
  readonly experiment: string;
  /** Options that are other than the defaults, as they were given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Null: as many as the experiment has. */
  readonly episodes?: number | null;
  /** Null: the experiment's usual. */
  readonly data?: string | null;
  readonly device: string;
}

/** A run of a sweep. */
export interface SweepRun {
  /** What it was asked for, nothing left out. */
  readonly request: Required<RunRequest>;
  /** A digest of all that decides what comes out: its configuration, and the code that runs it. */
  readonly id: string;
  /** The first part of `id`, of the configuration alone. */
  readonly configuration: string;
  /** Of its folder, for people: with the experiment and the seed. */
  readonly name: string;
  readonly experiment: Experiment;
  /** All options, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly episodes: number;
  /** Words of `hebbian`, but for --out, that run it. */
  readonly argv: readonly string[];
  /** Whether it is made of nothing but what every machine has: no modules of somebody's own, no folder of pictures. */
  readonly isPortable: boolean;
}

/** Threads of a run: as many runs as there are cores use them better than threads of one, and one thread's bits are those of every machine. */
const THREADS = 1;
/** Characters of a digest: enough that no two of any number of runs are alike. */
const [CONFIGURATION, CODE] = [20, 12];

/**
 * Checks a request and gives the run its identity. Throws what `train` throws for options, data and modules.
 */
export async function sweepRun(request: RunRequest): Promise<SweepRun> {
  const { options: asked, seed, device } = request;
  const { experiment, word, module } = await experimentOf(request.experiment);
  const texts = Object.entries(asked).map(([key, value]) => `${key}=${textOf(value)}`);
  const given = await loadRules(experiment, givenOptions(experiment, { set: texts }));
  const options = resolveOptions(experiment, given.options) as Readonly<Record<string, unknown>>;
  const data = dataFor(experiment, request.data ?? undefined);
  // Reads the data only where it says how many there are.
  const read = () => (experiment.episodesOf ? loadData(experiment, data) : null);
  const episodes = request.episodes ?? usualEpisodes(experiment, options, read());
  const hashes = Object.entries({ ...(module && { experiment: module }), ...given.modules }).map(
    ([use, { hashes }]) => [use, hashes],
  );
  // What a named source holds is the program's, or checked against what was published; a folder may hold anything.
  const pictures = data === null || isNamedSource(data) ? data : loadData(experiment, data)!.fingerprint;
  const configuration = sha256(
    JSON.stringify([experiment.name, sorted(options), seed, episodes, pictures, device, THREADS]),
  ).slice(0, CONFIGURATION);
  const code = codeOf(hashes);
  const id = `${configuration}-${code}`;
  return {
    request: {
      ...{ experiment: word, options: settings(texts.map((text) => absolute(experiment, text))) },
      ...{ seed, episodes, data, device },
    },
    id,
    configuration,
    name: `${experiment.name}-seed${seed}-${id}`,
    experiment,
    options,
    seed,
    episodes,
    isPortable: hashes.length === 0 && (data === null || isNamedSource(data)),
    argv: [
      ...["train", word, "--seed", String(seed), "--episodes", String(episodes), "--device", device],
      ...["--threads", String(THREADS), "--no-figures"],
      ...(data === null ? [] : ["--data", data]),
      ...texts.flatMap((text) => ["--set", absolute(experiment, text)]),
    ],
  };
}

const codeOf = (hashes: readonly unknown[]): string =>
  sha256(codeDigest(), JSON.stringify(hashes)).slice(0, CODE);

/** What an identity says of the code; of this program's own where none is given. */
export const codePart = (id?: string): string =>
  id === undefined ? codeOf([]) : id.slice(CONFIGURATION + 1);

async function experimentOf(word: string) {
  if (!isModulePath(word)) return { word, experiment: experimentNamed(word), module: null };
  return { ...(await loadExperiment(word)), word: resolve(word) };
}

const textOf = (value: unknown): string => {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new OptionsError(`expected a text or a number for an option, got ${JSON.stringify(value)}`);
};

/** A rule's module by its whole path: a run may be started in another folder. */
function absolute(experiment: Experiment, text: string): string {
  const at = text.indexOf("=");
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  const isRule = describeOptions(experiment).some(({ name, type }) => name === key && type === "rule");
  return isRule && isModulePath(value) ? `${key}=${resolve(value)}` : text;
}

const settings = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );

const sorted = (options: Readonly<Record<string, unknown>>) =>
  Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));

/** Where a run of a sweep lies. */
export const runPath = (sweep: string, { name }: { readonly name: string }): string =>
  join(sweep, "runs", name);
