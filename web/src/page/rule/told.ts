import { namesIn } from "hebbian/formulas";
import type { Rule } from "hebbian/rules";

const SUMS = { post: "all that send to a neuron", pre: "all that a neuron sends to" } as const;
const WHOSE = { post: "receiver", pre: "sender" } as const;

/** What a connection is told at every step beside what its two neurons do, each in a sentence; and what it is not, though it is there. */
export function toldTo(rule: Rule): string[] {
  const { reads, updateReads, neuronTraces, traces, definition } = rule;
  const ofReads = Object.keys(reads).map((name) =>
    updateReads.includes(name)
      ? `${name}: the sum of ${definition.reads![name]!.sum} over ${SUMS[reads[name]!.per]}, as it was before this step.`
      : `${name} is summed for nobody: no line takes it.`,
  );
  const ofTrace = (name: string, what: string) => {
    const { old, fresh } = takenBy(rule, name);
    if (!old && !fresh) return `${name} is kept for nobody: no other line takes it.`;
    return `${name}: ${what}${fresh ? ", as this step leaves it" : ""}.`;
  };
  return [
    ...ofReads,
    ...Object.entries(neuronTraces).map(([name, { per }]) =>
      ofTrace(name, `one number that each ${WHOSE[per]} carries along`),
    ),
    ...traces
      .filter((name) => name !== "H")
      .map((name) => ofTrace(name, "a second memory in each connection")),
  ];
}

/** Whether any equation but its own takes a trace, as it was or as the step leaves it. */
function takenBy({ weight, reads, definition, update, neuronTraces }: Rule, trace: string) {
  const others = {
    ...update,
    ...Object.fromEntries(Object.entries(neuronTraces).map(([key, each]) => [key, each.update])),
  };
  delete others[trace];
  const formulas = [weight, ...Object.values(reads).map(({ sum }) => sum), ...Object.values(others)];
  const names = new Set(formulas.flatMap((formula) => [...namesIn(formula)]));
  // That of a connection is put in where its next value is named: only the text says so.
  const said = Object.entries(definition.update).some(
    ([key, text]) => key !== trace && text.replaceAll(" ", "").includes(`next(${trace})`),
  );
  return { old: names.has(trace), fresh: said };
}
