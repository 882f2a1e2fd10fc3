import { namesIn } from "hebbian/formulas";
import type { Rule } from "hebbian/rules";

const nextName = (trace: string): string => `next(${trace})`;
const SUMS = { post: "all that send to a neuron", pre: "all that a neuron sends to" } as const;
const WHOSE = { post: "receiver", pre: "sender" } as const;

/** What a connection is told at every step beside what its two neurons do, each in a sentence; and what it is not, though it is there. */
export function toldTo({
  reads,
  updateReads,
  neuronTraces,
  traces,
  update,
  definition,
  weight,
}: Rule): string[] {
  const formulas = [
    weight,
    ...Object.values(update),
    ...Object.values(neuronTraces).map((each) => each.update),
  ];
  const names = new Set(formulas.flatMap((formula) => [...namesIn(formula)]));
  const ofReads = Object.keys(reads).map((name) => {
    const { per } = reads[name]!;
    const sum = definition.reads![name]!.sum;
    return updateReads.includes(name)
      ? `${name}: the sum of ${sum} over ${SUMS[per]}, as it was before this step.`
      : `${name} is summed for nobody: no line takes it.`;
  });
  const ofNeurons = Object.entries(neuronTraces).map(([name, { per }]) => {
    const fresh = names.has(nextName(name)) ? ", as this step leaves it" : "";
    const taken = [...names].some((each) => each === name || each === nextName(name));
    return taken
      ? `${name}: one number that each ${WHOSE[per]} carries along${fresh}.`
      : `${name} is kept for nobody.`;
  });
  const others = traces
    .filter((name) => name !== "H")
    .map(
      (name) =>
        `${name}: a second memory in each connection${definition.update.H!.includes(`next(${name})`) ? ", as this step leaves it" : ""}.`,
    );
  return [...ofReads, ...ofNeurons, ...others];
}
