import { type Experiment, evaluateExperiment, lookAt, observeAgent } from "../src/training/index.js";
import { memoryProof, proofText } from "./agents/memoryProof.js";
import { expectSourceOf } from "./data.js";
import { withDevice } from "./device.js";
import { codeOf, type Signal, UsageError } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { deviceOf, givenOptions } from "./flags.js";
import { glimpse } from "./glimpse.js";
import { coloursFor, type Io } from "./io.js";
import { shownMetric } from "./progress.js";
import { noteSkipped } from "./report.js";
import { RunFolder } from "./runFolder.js";
import { oneLine } from "./terminalText.js";
import { textColumns } from "./textColumns.js";
import { isFolder, readTrained } from "./trained.js";
import { picturesToTest } from "./trainedPictures.js";
import type { TrainFlags } from "./trainingPlan.js";

export interface EvaluateFlags extends TrainFlags {
  /** Folder for what an agent's episodes look like; that of the run's figures unless given. False: none is drawn. */
  readonly figures?: string | false;
  /** Options of the experiment that are to be other than in training. */
  readonly ways?: string;
  readonly shots?: string;
  readonly set?: readonly string[];
}

/** What these flags change in an experiment. Throws a UsageError or OptionsError for an option that it has not. */
function changedOptions(experiment: Experiment, flags: EvaluateFlags): Record<string, unknown> {
  for (const name of ["ways", "shots"]) {
    if (flags[name] === undefined || name in experiment.schema.shape) continue;
    throw new UsageError(`--${name}: ${experiment.name} has no such option; leave it out`);
  }
  return givenOptions(experiment, flags);
}

/** Tests a trained network on fresh episodes, and draws what agents do in them. Throws what `exitCodeOf` knows. */
export async function evaluate(path: string, flags: EvaluateFlags, io: Io): Promise<number> {
  const { model, pictures } = readTrained(path, io);
  const experiment = experimentNamed(model.experiment);
  const { metric, others = [] } = experiment;
  if (isFolder(path)) expectSourceOf(experiment, pictures.source, new RunFolder(path).file.config);
  const note = (text: string) => io.stderr.write(`note: ${text}\n`);
  const images = picturesToTest(experiment, flags.data, pictures, path, note);
  noteSkipped(images, io);
  const options = changedOptions(experiment, flags);
  const abort = new AbortController();
  let stoppedBy: Signal | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
    abort.abort();
  });
  try {
    return await withDevice(deviceOf(flags), async (device) => {
      const { episodes, seed } = flags;
      const settings = { device, model, images, episodes, seed, options };
      const evaluation = await evaluateExperiment(experiment, { ...settings, signal: abort.signal });
      if (stoppedBy) return codeOf(stoppedBy);
      const conduct = observeAgent(experiment, settings);
      const proof = memoryProof(conduct);
      const usual = isFolder(path) ? new RunFolder(path).file.figures : null;
      const figures = flags.figures === false ? null : (flags.figures ?? usual);
      if (conduct && figures !== null) {
        const { drawAgent } = await import("./drawFigures.js");
        await drawAgent(figures, experiment, conduct);
      }
      if (flags.json) {
        io.stdout.write(`${JSON.stringify({ ...evaluation, ...proof })}\n`);
        return codeOf("ok");
      }
      const { experiment: name, episodes: lived, seed: used, ...metrics } = evaluation;
      const bold = coloursFor(io.stdout, io.env).bold;
      io.stdout.write(
        `${name}, after ${model.episode} training episodes; ${lived} fresh episodes, seed ${used}\n`,
      );
      const rows = Object.entries(metrics).map(([key, value]) => {
        const known = [metric, ...others].find((each) => each.name === key);
        const shown = known ? shownMetric(known, Number(value)) : Number(value).toPrecision(3);
        return [
          oneLine(key),
          `${known === metric ? bold(shown) : shown}${known ? `  (${known.label})` : ""}`,
        ];
      });
      io.stdout.write(textColumns(rows));
      if (proof) io.stdout.write(proofText(proof));
      if (conduct && figures !== null) io.stdout.write(`\nFigures and an animation: ${figures}\n`);
      const { pictures } = lookAt(experiment, { ...settings, episodes: 1 }).episodes[0]!;
      if (pictures) io.stdout.write(`\n${glimpse(pictures)}\n`);
      return codeOf("ok");
    });
  } finally {
    stopListening();
  }
}
