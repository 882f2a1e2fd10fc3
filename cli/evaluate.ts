import {
  type Evaluation,
  type Experiment,
  evaluateExperiment,
  lookAt,
  observeAgent,
} from "../src/training/index.js";
import { memoryProof, proofText } from "./agents/memoryProof.js";
import { expectSourceOf } from "./data.js";
import { withDevice } from "./device.js";
import { evaluationText } from "./evaluationText.js";
import { codeOf, type Signal, UsageError } from "./exitCodes.js";
import { deviceOf, givenOptions } from "./flags.js";
import { glimpse } from "./glimpse.js";
import { coloursFor, type Io, lineLength } from "./io.js";
import { blamed } from "./ownModules/faultIn.js";
import { counted } from "./progress.js";
import { noteSkipped } from "./report.js";
import { RunFolder } from "./runFolder.js";
import { isFolder, readTrained, trainedExperiment } from "./trained.js";
import { picturesToTest } from "./trainedPictures.js";
import type { TrainFlags } from "./trainingPlan.js";

export interface EvaluateFlags extends TrainFlags {
  /** Folder for what an agent's episodes look like; that of the run's figures unless given. False: none is drawn. */
  readonly figures?: string | false;
  /** Where the module of the experiment lies now. */
  readonly experiment?: string;
  /** Options of the experiment that are to be other than in training. */
  readonly ways?: string;
  readonly shots?: string;
  /** One protocol, or several with commas between them: each is a test of its own. */
  readonly protocol?: string;
  readonly set?: readonly string[];
}

/**
 * What these flags change in an experiment, by what distinguishes the tests: protocols where there are several, "" else. Throws a
 * UsageError or OptionsError for an option that it has not.
 */
function changedOptions(
  experiment: Experiment,
  flags: EvaluateFlags,
): Record<string, Record<string, unknown>> {
  for (const name of ["ways", "shots", "protocol"]) {
    if (flags[name] === undefined || name in experiment.schema.shape) continue;
    throw new UsageError(`--${name}: ${experiment.name} has no such option; leave it out`);
  }
  const protocols = flags.protocol?.split(",") ?? [];
  if (protocols.length < 2) return { "": givenOptions(experiment, flags) };
  const options = protocols.map((protocol) => [protocol, givenOptions(experiment, { ...flags, protocol })]);
  return Object.fromEntries(options);
}

/** Tests a trained network on fresh episodes, and draws what agents do in them. Throws what `exitCodeOf` knows. */
export async function evaluate(path: string, flags: EvaluateFlags, io: Io): Promise<number> {
  const trained = readTrained(path, io);
  const { model, pictures } = trained;
  const { experiment, modules } = await trainedExperiment(path, trained, flags.experiment, io);
  const { metric, others = [] } = experiment;
  if (isFolder(path)) expectSourceOf(experiment, pictures.source, new RunFolder(path).file.config);
  const note = (text: string) => io.stderr.write(`note: ${text}\n`);
  const images = picturesToTest(experiment, flags.data, pictures, path, note);
  noteSkipped(images, io);
  const changes = changedOptions(experiment, flags);
  const abort = new AbortController();
  let stoppedBy: Signal | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
    abort.abort();
  });
  try {
    return await withDevice(deviceOf(flags), async (device) => {
      const { episodes, seed } = flags;
      const test = { device, model, images, episodes, seed };
      const tests: Record<string, Evaluation> = {};
      for (const [label, options] of Object.entries(changes)) {
        tests[label] = await evaluateExperiment(experiment, { ...test, options, signal: abort.signal });
        if (stoppedBy) return codeOf(stoppedBy);
      }
      const settings = { ...test, options: Object.values(changes)[0]! };
      const conduct = observeAgent(experiment, settings);
      const proof = memoryProof(conduct);
      const usual = isFolder(path) ? new RunFolder(path).file.figures : null;
      const figures = flags.figures === false ? null : (flags.figures ?? usual);
      let drawn: readonly string[] = [];
      if (conduct && figures !== null) {
        const { drawAgent } = await import("./drawFigures.js");
        drawn = await drawAgent(figures, experiment, conduct);
      }
      if (flags.json) {
        for (const [label, evaluation] of Object.entries(tests)) {
          const protocol = label === "" ? {} : { protocol: label };
          io.stdout.write(`${JSON.stringify({ ...evaluation, ...protocol, ...proof })}\n`);
        }
        return codeOf("ok");
      }
      const { experiment: name, episodes: lived, seed: used } = Object.values(tests)[0]!;
      io.stdout.write(
        `${name}, after ${counted(model.episode, "training episode")}; ${counted(lived, "fresh episode")}, seed ${used}\n`,
      );
      io.stdout.write(evaluationText(tests, [metric, ...others], coloursFor(io.stdout, io.env).bold));
      if (proof) io.stdout.write(proofText(proof));
      if (drawn.length > 0) io.stdout.write(`\nFigures: ${figures} (${drawn.join(", ")})\n`);
      const { pictures } = lookAt(experiment, { ...settings, episodes: 1 }).episodes[0]!;
      if (pictures) io.stdout.write(`\n${glimpse(pictures, lineLength(io.stdout))}\n`);
      return codeOf("ok");
    });
  } catch (error) {
    throw blamed(error, modules);
  } finally {
    stopListening();
  }
}
