import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../test/support/runs.js";
import { defineRule } from "../rules/rule.js";
import { type Architecture, architectureText } from "./architecture.js";
import { ModelError } from "./modelError.js";
import { readModelFile } from "./modelFile.js";
import { writeSafetensors } from "./safetensors.js";

/** A memory with a named read, a trace of its values' neurons that the weight takes, and a gate for each key. */
const rule = defineRule({
  name: "memory",
  traces: { H: 0, theta: { per: "post", init: 0.5 } },
  signals: { a: "pre" },
  reads: { recalled: { per: "post", sum: "pre * a * H" } },
  weight: "H / (1 + theta * theta)",
  update: { H: "a * H + pre * (post - recalled)", theta: "theta + post" },
});
const architecture: Architecture = {
  inputs: [
    { name: "key", size: 3, tail: [] },
    { name: "value", size: 2, tail: [] },
  ],
  states: [{ name: "theta", size: 2, start: 0.5, trace: { connection: "m", name: "theta" } }],
  connections: [{ name: "m", rule, pre: 3, post: 2, parameters: {} }],
  programs: [
    {
      given: ["key", "value"],
      operations: [
        {
          op: "readNamed",
          connection: "m",
          read: "recalled",
          vectors: { pre: "key", a: "key" },
          to: "recalled",
        },
        {
          op: "update",
          connection: "m",
          vectors: { pre: "key", post: "value", a: "key", recalled: "recalled" },
        },
        { op: "read", connection: "m", from: "key", vectors: { theta: "theta" }, to: "z" },
      ],
      next: { theta: "theta" },
      output: "z",
    },
  ],
  answers: 2,
};
const text = architectureText(architecture);
const fileOf = (description: string) =>
  writeSafetensors({}, { format: "hebbian model 2", architecture: description });

// biome-ignore lint/suspicious/noExplicitAny: a description is changed by hand
type Description = any;
function refusal(change: (description: Description) => void): string {
  const description = JSON.parse(text);
  change(description);
  try {
    readModelFile(fileOf(JSON.stringify(description)), "a.safetensors");
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return (error as Error).message;
  }
}
const operation = (description: Description, k: number) => description.programs[0].operations[k];

it("a model file with named reads and traces of neurons comes back as it was", () => {
  const { architecture: back } = readModelFile(fileOf(text), "a.safetensors");
  expect(JSON.parse(architectureText(back))).toEqual(JSON.parse(text));
  expect(back.connections[0]!.rule.neuronTraces.theta).toMatchObject({ per: "post", init: 0.5 });
});

it.each<[string, (description: Description) => void, RegExp]>([
  [
    "a read that the rule lacks",
    (d) => {
      operation(d, 0).read = "constructor";
    },
    /read: expected one of recalled, got "constructor"/,
  ],
  [
    "a read without one of its vectors",
    (d) => {
      delete operation(d, 0).vectors.a;
    },
    /vectors\.a: expected a value that was made before/,
  ],
  [
    "a vector of another size",
    (d) => {
      operation(d, 0).vectors.a = "value";
    },
    /vectors\.a: expected a value of 3 numbers, got 2/,
  ],
  [
    "an update without what it reads",
    (d) => {
      delete operation(d, 1).vectors.recalled;
    },
    /vectors\.recalled: expected a value that was made before/,
  ],
  [
    "a read without the trace that its weight takes",
    (d) => {
      delete operation(d, 2).vectors;
    },
    /vectors\.theta: expected a value that was made before/,
  ],
  [
    "a trace of neurons that is no state",
    (d) => {
      delete d.states[0].trace;
    },
    /states: expected one that is the trace m theta/,
  ],
  [
    "a state that is a trace of nothing",
    (d) => {
      d.states[0].trace.name = "H";
    },
    /states: theta: expected a trace of as many neurons, got "m H"/,
  ],
  [
    "a trace of neurons that differs by connection",
    (d) => {
      d.connections[0].rule.update.theta = "H";
    },
    /rule: update of theta: H: differs by other neurons/,
  ],
  [
    "new values that need each other",
    (d) => {
      d.connections[0].rule.update.theta = "next(theta)";
    },
    /update of theta: next\(theta\): next values that need each other/,
  ],
])("%s is refused, and why is said", (_, change, message) => {
  expect(refusal(change)).toMatch(message);
});

it("a model file with anything for anything else in it is read, or refused with a ModelError and nothing else", () => {
  const places: (readonly (string | number)[])[] = [];
  const collect = (value: unknown, path: readonly (string | number)[]) => {
    if (path.length > 0) places.push(path);
    if (typeof value === "object" && value !== null)
      for (const [key, each] of Object.entries(value)) collect(each, [...path, key]);
  };
  collect(JSON.parse(text), []);
  const anything = fc.oneof(
    fc.constantFrom(null, "", "theta", "H", "key", "next(theta)", "__proto__", 0, -1, 1e9, 0.5),
    fc.constantFrom<unknown>([], {}, [1], { per: "pre", init: 0 }, { per: "post", sum: "H" }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), anything, (path, value) => {
      refusal((description) => {
        const parent = path.slice(0, -1).reduce((at, key) => at[key], description);
        parent[path.at(-1)!] = value;
      });
    }),
    { numRuns: runs(900) },
  );
});
