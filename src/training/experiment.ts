import type { Device } from "../devices/device.js";
import type { StoredMatrix } from "../models/index.js";
import type { Rule } from "../rules/rule.js";
import type * as z from "../schema/index.js";
import type { Parameter, Tape, Tensor } from "../tape/index.js";
import type { ImageSet } from "../tasks/imageSets/imageSet.js";
import type { Network } from "./network.js";
import type { Optimizer, OptimizerChoice } from "./optimizer.js";
import { shownValue, TaskError } from "./taskError.js";

/** Episodes to learn from, and fresh ones of the same task to be judged by: separate random streams and images. */
export type Split = "train" | "test";

/** Pictures for tasks that need some; the two sets share none. */
export interface ImageData {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** A text to learn from, one to choose by while learning, and one to be judged by, as they were written. */
export interface TextData {
  /** What they are, for people: "Penn Treebank". */
  readonly name: string;
  readonly text: { readonly train: string; readonly valid: string; readonly test: string };
}

/** What an experiment may need from outside. */
export type ExperimentData = ImageData | TextData;

/** A number that an experiment judges an episode by. */
export interface Metric {
  /** Its name among the numbers that an episode measures. */
  readonly name: string;
  /** In words, with its unit: "share of wrong bits". */
  readonly label: string;
  readonly better: "lower" | "higher";
  /** How people read it: 0.012 as "1.2 %", or as it is. */
  readonly show: "percent" | "number";
  /** What answering without any memory scores, where that is one known number. */
  readonly chance?: number;
  /**
   * What an evaluation makes of all its episodes; the mean unless given. Training always gives the mean of a batch.
   * A share is 0 or 1 in each episode: the evaluation adds `low` and `high`, its 95 % interval.
   */
  readonly over?: "median" | "share";
}

/** One figure or table of a paper: task, network, hyper-parameters and what should come out. */
export interface Experiment<Schema extends z.ObjectSchema = z.ObjectSchema> {
  readonly name: string;
  readonly title: string;
  /** Paper and section. */
  readonly source: string;
  /** What a run with default options should reach. */
  readonly expected: string;
  /** Where it differs from the programs released with the paper, and why. */
  readonly departures: readonly string[];
  /** Every option with range, default and description; command-line flags and sliders derive from it. */
  readonly schema: Schema;
  readonly metric: Metric;
  /** Others that are worth a word beside it, the most telling first. */
  readonly others?: readonly Metric[];
  /** Options that are always other in tests, e.g. a single question an episode. */
  readonly testOptions?: Readonly<Record<string, unknown>>;
  /** Pictures to remember, the drawn characters of alphabets (a `CharacterSet`), or a text to tell the words of (`TextData`). */
  readonly needsImages: false | "pictures" | "characters" | "text";
  /** Sets of options that belong together, such as the sizes of a paper, by name: what differs from the defaults. */
  readonly presets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Training episodes of a run that does not say otherwise. */
  readonly episodes: number;
  /** The same, where it depends on options and data, such as a number of epochs. */
  episodesOf?(options: z.output<Schema>, data: ExperimentData | null): number;
  /** Episodes per evaluation that does not say otherwise. */
  readonly testEpisodes: number;
  /** A freshly initialised network and its task. Throws a RangeError for options that contradict each other. */
  build(context: BuildContext<z.output<Schema>>): TrainableModel;
}

/** What an experiment's model is built with. */
export interface BuildContext<Options> {
  readonly options: Options;
  readonly device: Device;
  readonly seed: number;
  /** Null for experiments that need none. */
  readonly images: ImageData | null;
  /** Likewise; absent is null. */
  readonly text?: TextData | null;
}

/** A network on a device, with its task, and the options of `adam` or of `sgd`, which trains it. */
export interface TrainableModel extends OptimizerChoice {
  readonly parameters: readonly Parameter[];
  /** The rule of each plastic connection, by the connection's name. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** The same network, one step at a time. */
  readonly network: Network;
  /** Episodes that it lives through side by side. */
  readonly batch: number;
  /** Makes episodes `first` to `first + batch` of a split and puts their numbers where `live` reads them. */
  prepare(split: Split, seed: number, first: number): EpisodeJudge;
  /** Lets the network live through the episodes prepared last. Makes the same calls on the device every time. */
  live(tape: Tape): LivedEpisode;
  /** What one batch leaves for the next, beside parameters: part of a run's state. */
  readonly carried?: Carried;
  /** What is judged between two batches, such as a validation text after an epoch, as metrics; none where nothing is due. */
  between?(moment: Between): Promise<Readonly<Record<string, number>>>;
  /** Judges the network by one long test instead of by episodes apart from each other: as `evaluateExperiment` should. */
  test?(limits: TestLimits): Promise<{
    readonly episodes: number;
    readonly metrics: Readonly<Record<string, number>>;
  }>;
  /** What it can do with the parameters of a network that was trained with other options. */
  adapted?(stored: Readonly<Record<string, StoredMatrix>>): Readonly<Record<string, StoredMatrix>>;
  /** Gives back what it holds on the device, parameters included. */
  release(): void;
}

/** Matrices by name, for a checkpoint. */
export interface Carried {
  /** What is carried, by name, as a checkpoint keeps it. */
  read(): Readonly<Record<string, StoredMatrix>>;
  /** Goes on from what `read` gave. Throws a RangeError for other names or shapes. */
  write(stored: Readonly<Record<string, StoredMatrix>>): void;
}

/** The moment after a step of the optimizer. */
export interface Between {
  /** Episodes lived so far. */
  readonly episode: number;
  /** Whose rate may be annealed. */
  readonly optimizer: Optimizer;
  /** To be awaited now and then: lets whatever else waits have its turn. */
  pause(): Promise<void>;
}

/** How long a model's own test may take. */
export interface TestLimits {
  /** At most so many test episodes. */
  readonly episodes: number;
  /** On abort: the metrics so far. */
  readonly signal?: { readonly aborted: boolean };
  /** As in `Between`. */
  pause(): Promise<void>;
}

/** Judges the episodes of a batch, given the network's last output, [batch, outputs]. */
export interface EpisodeJudge {
  /** The metrics of each episode by name, all finite; `metric.name` of the experiment among them. */
  measure(output: ArrayLike<number>): Record<string, number>[];
  /** What there is to see of the first of them, in tasks of remembering pictures. */
  pictures?(output: ArrayLike<number>): EpisodePictures;
  /** What each of them asked, and the answer, in tasks of telling drawings apart. */
  answers?(output: ArrayLike<number>): EpisodeAnswer[];
  /** What kind each of them is of: an evaluation also gives the main metric of each kind, as `<metric>.<kind>`. */
  readonly kinds?: readonly string[];
}

/** The mean over some episodes of every metric. Throws a RangeError for no episodes at all. */
export function meanMetrics(episodes: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  if (episodes.length === 0) throw new RangeError("meanMetrics: expected at least one episode, got none");
  const mean = (name: string) => episodes.reduce((sum, metrics) => sum + metrics[name]!, 0) / episodes.length;
  return Object.fromEntries(Object.keys(episodes[0]!).map((name) => [name, mean(name)]));
}

/** Throws a TaskError unless an experiment's metric is among these metrics, and all of them are finite. */
export function expectMeasured(
  { metric }: Pick<Experiment, "metric">,
  metrics: Readonly<Record<string, number>>,
): void {
  const name = Object.keys({ [metric.name]: 0, ...metrics }).find((each) => !Number.isFinite(metrics[each]));
  if (name === undefined) return;
  throw new TaskError(
    `measure: ${name}: expected a finite number, got ${shownValue(metrics[name])}` +
      (name === metric.name ? "; it is the experiment's metric" : ""),
  );
}

/** A batch of episodes after the last step; readable until the tape's device is reset. */
export interface LivedEpisode {
  /** What training minimises, [1, 1]. */
  readonly loss: Tensor;
  /** The network's output at every step. */
  readonly outputs: readonly Tensor[];
  /** Traces of the plastic connections after the last step, as `connection.trace`. */
  traces(): NamedMatrix[];
}

/** What was to be remembered, and what the network made of it; values run from -1 to 1, row-major from the top left. */
export interface EpisodePictures {
  /** Bits are -1, 0 (erased) or 1; greys are anything between. */
  readonly kind: "bits" | "grey";
  readonly width: number;
  readonly height: number;
  readonly shown: readonly ArrayLike<number>[];
  readonly degraded: ArrayLike<number>;
  readonly restored: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

/** A drawing and its class, to be shown to people. */
export interface LabelledDrawing {
  /** size * size, row-major, 0 (paper) to 1 (ink). */
  readonly pixels: ArrayLike<number>;
  readonly label: number;
}

/** Drawings of some classes, another drawing of one of them, and what the network says of it. */
export interface EpisodeAnswer {
  readonly size: number;
  readonly support: readonly LabelledDrawing[];
  readonly query: LabelledDrawing;
  /** Of each class, for the query. */
  readonly probabilities: readonly number[];
}

/** A matrix to be drawn, row-major [rows, cols]. */
export interface NamedMatrix {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly values: ArrayLike<number>;
}
