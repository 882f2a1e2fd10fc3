import { evaluateExperiment, lookAt } from "../src/training/index.js";
import { loadImages } from "./data.js";
import { withDevice } from "./device.js";
import { codeOf, type Signal } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { glimpse } from "./glimpse.js";
import { coloursFor, type Io } from "./io.js";
import { shownMetric } from "./progress.js";
import { readTrained } from "./trained.js";
import { dataFor, type TrainFlags } from "./trainingPlan.js";

/** Tests a trained network on fresh episodes. Throws what `exitCodeOf` knows. */
export async function evaluate(path: string, flags: TrainFlags, io: Io): Promise<number> {
  const { model, data } = readTrained(path);
  const experiment = experimentNamed(model.experiment);
  const { metric } = experiment;
  const source = dataFor(experiment, flags.data ?? data ?? undefined);
  const images = source === null ? null : loadImages(source);
  const abort = new AbortController();
  let stoppedBy: Signal | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
    abort.abort();
  });
  try {
    await withDevice({ device: flags.device, threads: flags.threads }, async (device) => {
      const { episodes, seed } = flags;
      const settings = { device, model, images, episodes, seed };
      const evaluation = await evaluateExperiment(experiment, { ...settings, signal: abort.signal });
      if (stoppedBy) return;
      if (flags.json) return io.stdout.write(`${JSON.stringify(evaluation)}\n`);
      const { experiment: name, episodes: lived, seed: used, ...metrics } = evaluation;
      const bold = coloursFor(io.stdout, io.env).bold;
      io.stdout.write(
        `${name}, after ${model.episode} training episodes; ${lived} fresh episodes, seed ${used}\n`,
      );
      for (const [key, value] of Object.entries(metrics)) {
        const isMain = key === metric.name;
        const shown = isMain
          ? `${bold(shownMetric(metric, Number(value)))}  (${metric.label})`
          : Number(value).toPrecision(3);
        io.stdout.write(`  ${key.padEnd(14)}${shown}\n`);
      }
      const { pictures } = lookAt(experiment, { ...settings, episodes: 1 }).episodes[0]!;
      if (pictures) io.stdout.write(`\n${glimpse(pictures)}\n`);
    });
    return codeOf(stoppedBy ?? "ok");
  } finally {
    stopListening();
  }
}
