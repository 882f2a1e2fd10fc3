import { print } from "../../formulas/index.js";
import type { Output, Pass, PassInput, SumTerm } from "./pass.js";

/** Where a value or a sum is one of many, in words. */
const places: Readonly<Record<PassInput["along"], string>> = {
  layer: "the layer",
  episode: "every episode",
  pre: "every pre",
  post: "every post",
  connection: "every connection",
};

const terms = (all: readonly SumTerm[]): string =>
  all
    .map(({ factor, sum }) => {
      if (factor.kind !== "number") return `${print(factor)} * ${sum}`;
      return factor.value === 1 ? sum : `${factor.value} * ${sum}`;
    })
    .join(" + ");

/** Prints what is computed: what it takes, and a line for each value and for each number that is left in memory. */
export function printPass({
  label,
  inputs,
  reductions = [],
  lets,
  rowSums,
  columnSums = [],
  outputs,
}: Pass): string {
  const lines = [`pass ${label}`];
  const say = (what: string, about: string) => lines.push(`  ${what}    // ${about}`);
  const taken = new Map<string, string[]>();
  for (const { name, along, own } of inputs) {
    const where = `${places[along]}${own || along === "layer" ? "" : ", in all episodes alike"}`;
    taken.set(where, [...(taken.get(where) ?? []), name]);
  }
  for (const [where, names] of taken) say(`takes ${names.join(", ")}`, where);
  const over = {
    sum: "summed along a row, before its outputs",
    max: "the largest of a row, before its outputs",
  };
  for (const { name, how, formula } of reductions) say(`${name} = ${print(formula)}`, over[how]);
  /** A value that is stored as it is needs one line. */
  const storeOf = (name: string): Output | undefined =>
    outputs.find(({ how, formula }) => how === "store" && formula.kind === "name" && formula.name === name);
  const inOneLine = new Set(lets.map(({ name }) => storeOf(name)));
  for (const { name, formula, about } of lets) {
    const store = storeOf(name);
    const where = store ? `stored${store.to === name ? "" : ` as ${store.to}`}` : "kept for what follows";
    say(`${name} = ${print(formula)}`, about ?? `${places.connection}, ${where}`);
  }
  for (const output of outputs) {
    if (inOneLine.has(output)) continue;
    const { to, how, adds, along, formula, about } = output;
    const value = output.terms.length > 0 ? terms(output.terms) : print(formula);
    say(`${to} ${how === "sum" || adds ? "+=" : "<-"} ${value}`, about ?? places[along]);
  }
  for (const { name, formula } of rowSums) say(`${name} = ${print(formula)}`, "summed along a row");
  for (const { name, formula } of columnSums) say(`${name} = ${print(formula)}`, "summed along a column");
  return `${lines.join("\n")}\n`;
}
