import { type Formula, print } from "../../formulas/index.js";
import { formulasOf, incoming, renewed, type SweepSpec } from "./sweep.js";

/** Prints what a sweep computes: a line for each value that it makes and each sum that it adds to. */
export function printPass(spec: SweepSpec): string {
  const { rule, pre, post, direction, update, read, inverse } = spec;
  const { next, weight, previous, adjoint, outgoing, sums, rowSums } = formulasOf(spec);
  const lines = [`pass ${rule.name} ${pre}x${post} ${direction}: episodes, pre i, post j`];
  const say = (head: string, formula: Formula, about: string) =>
    lines.push(`  ${head} ${print(formula)}    // ${about}`);
  if (inverse && previous) say(`${rule.traces[0]} <-`, previous, "the trace before, from the one after");
  else if (update) {
    for (const trace of rule.traces) {
      const kept = direction === "forward" ? "stored" : "computed again";
      say(`${renewed(trace)} =`, next[trace]!, `every connection, ${kept}`);
    }
  }
  if (direction === "forward") {
    if (read)
      say(
        "z +=",
        { kind: "call", fn: "mul", args: [{ kind: "name", name: "x(read)" }, weight] },
        "every post j",
      );
    return `${lines.join("\n")}\n`;
  }
  for (const trace of rule.traces) say(`A(${trace}) =`, adjoint[trace]!, "dL / d new trace");
  for (const { of, rate, formula, terms } of sums) {
    const where = rate === "layer" ? "the layer" : `every ${rate}`;
    if (terms.length === 0) say(`d ${of} +=`, formula, where);
    else {
      const parts = terms.map(({ factor, sum }) => {
        const total = `S${[...rowSums.keys()].indexOf(sum)}`;
        if (factor.kind !== "number") return `${print(factor)} * ${total}`;
        return factor.value === 1 ? total : `${factor.value} * ${total}`;
      });
      lines.push(`  d ${of} += ${parts.join(" + ")}    // ${where}`);
    }
  }
  for (const [k, formula] of [...rowSums.values()].entries()) say(`S${k} =`, formula, "summed along a row");
  for (const trace of rule.traces)
    say(`${incoming(trace)} <-`, outgoing[trace]!, "handed to the step before");
  return `${lines.join("\n")}\n`;
}
