import type { Probe, ProbeNumbers, SequenceTask } from "../tasks/index.js";
import { likeliest } from "../tasks/index.js";
import type { BuildContext, Experiment, TrainableModel } from "../training/index.js";
import { aFunction, aMetric, expectDefinition, type OptionShape, type Options } from "./definition.js";
import { classCrossEntropy } from "./losses.js";
import {
  buildSequence,
  type SequenceDefinition,
  type SequenceSettings,
  sequenceExperiment,
  sequenceOptions,
} from "./sequence.js";

type Asking<Episode extends ProbeNumbers> = Episode & { readonly targets: ArrayLike<number> };

/** A probe as what it is: a sequence whose answers are classes. */
function sequenceOf<Episode extends ProbeNumbers>(probe: Probe<Episode>): SequenceTask<Asking<Episode>> {
  const { steps, inputs, answers: outputs, asked } = probe;
  return {
    ...{ steps, inputs, outputs, asked },
    episode(random, split) {
      const episode = probe.episode(random, split);
      return { ...episode, targets: episode?.right };
    },
    ...(probe.measure && {
      measure: (episode: Episode, answers: Float32Array) =>
        probe.measure!(
          episode,
          asked.map((_, k) => likeliest(answers, k * outputs, outputs)),
        ),
    }),
  };
}

/** A network of the kind asked for, and a probe of its memory; the loss is the mean cross-entropy of the answers asked for. */
export const buildProbe = <Episode extends ProbeNumbers>(
  settings: SequenceSettings,
  probe: Probe<Episode>,
  context: Pick<BuildContext<unknown>, "device" | "seed">,
): TrainableModel => buildSequence(settings, sequenceOf(probe), context, classCrossEntropy);

/** An experiment with a probe of memory. */
export interface ProbeDefinition<Own extends OptionShape, Episode extends ProbeNumbers>
  extends Omit<SequenceDefinition<Own, Asking<Episode>>, "loss" | "task"> {
  readonly probe: (options: Options<ReturnType<typeof sequenceOptions> & Own>) => Probe<Episode>;
}

/**
 * An experiment that asks a network questions about what it was shown: at some steps, one right answer out of a few.
 * @throws ExperimentError for a definition that lacks something
 */
export const probeExperiment = <
  Own extends OptionShape = Record<never, never>,
  Episode extends ProbeNumbers = ProbeNumbers,
>(
  definition: ProbeDefinition<Own, Episode>,
): Experiment => {
  const fields = { probe: aFunction("a function that makes a probe of the options"), metric: aMetric };
  expectDefinition(definition, fields, sequenceOptions());
  const { probe, ...others } = definition;
  return sequenceExperiment({
    ...others,
    loss: classCrossEntropy,
    task: (options) => sequenceOf(probe(options)),
  });
};
