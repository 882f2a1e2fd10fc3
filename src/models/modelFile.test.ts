import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/support/runs.js";
import { parseFormula } from "../formulas/index.js";
import { decayingHebb } from "../rules/decayingHebb.js";
import { type Architecture, architectureText } from "./architecture.js";
import { sign } from "./digest.js";
import { ModelError } from "./modelError.js";
import { readModelFile } from "./modelFile.js";
import { quantised } from "./quantised.js";
import { type TensorToWrite, writeSafetensors } from "./safetensors.js";

const matrix = (rows: number, cols: number): TensorToWrite => ({
  shape: [rows, cols],
  data: Float32Array.from({ length: rows * cols }, (_, k) => Math.sin(k + rows)),
});
const tensors = {
  "r.w": matrix(3, 3),
  "r.alpha": matrix(3, 3),
  "r.eta": matrix(1, 1),
  "h.w": matrix(3, 2),
  "h.b": matrix(1, 2),
};
const architecture: Architecture = {
  inputs: [{ name: "input", size: 2, tail: [1] }],
  states: [{ name: "y", size: 3, start: 0 }],
  connections: [
    {
      name: "r",
      rule: decayingHebb,
      pre: 3,
      post: 3,
      parameters: { w: "r.w", alpha: "r.alpha", eta: "r.eta" },
    },
  ],
  programs: [
    {
      given: ["input"],
      operations: [
        { op: "read", connection: "r", from: "y", to: "z" },
        {
          op: "map",
          size: 3,
          values: { z: "z", u: "input" },
          parameters: {},
          results: [{ to: "next", formula: parseFormula("tanh(z + u)"), sum: false }],
        },
        { op: "product", from: "next", weight: "h.w", to: "h" },
        {
          op: "map",
          size: 2,
          values: { h: "h" },
          parameters: { b: "h.b" },
          results: [{ to: "output", formula: parseFormula("h + b"), sum: false }],
        },
        { op: "update", connection: "r", vectors: { pre: "y", post: "next" } },
      ],
      next: { y: "next" },
      output: "output",
    },
  ],
  answers: 2,
};
const text = architectureText(architecture);
const fileOf = (description: string, format = "hebbian model 2"): Uint8Array =>
  writeSafetensors(tensors, { format, architecture: description, command: "none" });
const file = fileOf(text);

/** What reading gives: "" or the one error allowed. Any other error fails the test. */
function refusal(bytes: Uint8Array): string {
  try {
    readModelFile(bytes, "a.safetensors");
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    const { message } = error as Error;
    expect(message).toMatch(/^a\.safetensors: /);
    expect(message.length).toBeLessThan(900);
    return message;
  }
}

/** The description with something changed by hand. */
function changed(change: (description: ReturnType<typeof JSON.parse>) => void): string {
  const description = JSON.parse(text);
  change(description);
  return JSON.stringify(description);
}

describe("a model file", () => {
  it("gives back the architecture, the tensors and the notes", () => {
    const { architecture: back, parameters, provenance } = readModelFile(file, "x");
    expect(JSON.parse(architectureText(back))).toEqual(JSON.parse(text));
    expect(Object.fromEntries(back.sizes)).toEqual({ input: 3, y: 3, z: 3, next: 3, h: 2, output: 2 });
    expect(parameters.get("h.w")).toEqual({ rows: 3, cols: 2, values: tensors["h.w"]!.data });
    expect(provenance).toEqual({ command: "none" });
  });

  it("may hold each tensor as float32, float16 or int8", () => {
    const mixed = {
      ...tensors,
      "r.alpha": { ...tensors["r.alpha"], dtype: "F16" as const },
      ...quantised("r.w", [3, 3], tensors["r.w"]!.data as Float32Array),
    };
    const bytes = writeSafetensors(mixed, { format: "hebbian model 2", architecture: text });
    const { parameters } = readModelFile(bytes, "x");
    for (const [name, limit] of [
      ["r.w", 1 / 250],
      ["r.alpha", 1 / 2000],
      ["r.eta", 0],
    ] as const) {
      parameters.get(name)!.values.forEach((value, k) => {
        expect(Math.abs(value - Number(tensors[name]!.data[k]))).toBeLessThanOrEqual(limit);
      });
    }
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "of a later version",
      fileOf(text, "hebbian model 3"),
      /got "hebbian model 3"; a later version of hebbian wrote it/,
    ],
    ["of another program", fileOf(text, "pt"), /got "pt"; pass a model file/],
    [
      "without an architecture",
      writeSafetensors(tensors, { format: "hebbian model 2" }),
      /hebbian export OLD NEW/,
    ],
    [
      "with a later architecture",
      fileOf(
        changed((d) => {
          d.version = 2;
        }),
      ),
      /reads version 1, the file has 2; use/,
    ],
    ["with text for an architecture", fileOf("tanh"), /architecture: expected JSON, got "tanh"/],
    [
      "with a tensor too few",
      fileOf(
        changed((d) => {
          d.connections[0].parameters.w = "w";
        }),
      ),
      /parameters\.w: expected a tensor of this file, got "w"/,
    ],
    [
      "with a tensor of another shape",
      fileOf(
        changed((d) => {
          d.connections[0].post = 2;
        }),
      ),
      /expected a tensor \[3, 2\], got "\[3, 3\]"/,
    ],
    [
      "with an unknown operation",
      fileOf(
        changed((d) => {
          d.programs[0].operations[0].op = "eval";
        }),
      ),
      /op: expected read, readNamed, update, product, convolve or map, got "eval"/,
    ],
    [
      "using a value before it is made",
      fileOf(
        changed((d) => {
          d.programs[0].operations[0].from = "next";
        }),
      ),
      /expected a value that was made before, got "next"/,
    ],
    [
      "making a value twice",
      fileOf(
        changed((d) => {
          d.programs[0].operations[2].to = "z";
        }),
      ),
      /expected a name of its own/,
    ],
    [
      "with a formula that does not parse",
      fileOf(
        changed((d) => {
          d.programs[0].operations[1].results[0].formula = "tanh(z";
        }),
      ),
      /results\[0\]\.formula: /,
    ],
    [
      "with a formula of something else",
      fileOf(
        changed((d) => {
          d.programs[0].operations[1].results[0].formula = "w";
        }),
      ),
      /expected one of z,u, got "w"/,
    ],
    [
      "with a rule of something else",
      fileOf(
        changed((d) => {
          d.connections[0].rule.update.H = "constructor";
        }),
      ),
      /connections\[0\]\.rule: update of H: constructor: unknown name/,
    ],
    [
      "with names that objects inherit",
      fileOf(
        changed((d) => {
          d.states[0].name = "constructor";
        }),
      ),
      /states\[0\]\.name: expected a name/,
    ],
    [
      "without an update's vector",
      fileOf(
        changed((d) => {
          delete d.programs[0].operations[4].vectors.post;
        }),
      ),
      /vectors\.post: expected a value/,
    ],
    [
      "with states that go nowhere",
      fileOf(
        changed((d) => {
          d.programs[0].next = {};
        }),
      ),
      /next: expected a value for y/,
    ],
    [
      "with too many answers",
      fileOf(
        changed((d) => {
          d.answers = 3;
        }),
      ),
      /answers: expected a whole number from 1 to 2, got 3/,
    ],
    [
      "with endless vectors",
      fileOf(
        changed((d) => {
          d.inputs[0].size = 1e12;
        }),
      ),
      /inputs\[0\]\.size: expected a whole number/,
    ],
  ])("%s is refused, and why is said", (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  it("cut short anywhere is refused with a ModelError", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        expect(refusal(file.subarray(0, length))).not.toBe("");
      }),
    );
  });

  it("with any bytes changed is read, or refused with a ModelError and nothing else", () => {
    const change = fc.record({ at: fc.nat(file.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const damaged = file.slice();
        for (const { at, value } of changes) damaged[at] = value;
        // Without this, the digest would refuse every one before anything else looks at it.
        sign(damaged);
        refusal(damaged);
      }),
      { numRuns: runs(1500) },
    );
  });

  it("with any bit changed, or any stretch of it zero, is refused", () => {
    const refused = (bytes: Uint8Array): boolean => {
      try {
        readModelFile(bytes, "x");
        return false;
      } catch (error) {
        return error instanceof ModelError;
      }
    };
    const changed = file.slice();
    for (let bit = 0; bit < 8 * file.length; bit++) {
      changed[bit >> 3]! ^= 1 << (bit & 7);
      if (!refused(changed)) expect.fail(`bit ${bit} was missed`);
      changed[bit >> 3]! ^= 1 << (bit & 7);
    }
    for (let from = 0; from < file.length; from += 32) {
      if (!refused(file.slice().fill(0, from, from + 512))) expect.fail(`zeros from ${from} were missed`);
    }
  });

  it("of the first version is read without a digest; one of the second without is refused, with the cure", () => {
    const first = fileOf(text, "hebbian model 1");
    const without = (bytes: Uint8Array) => {
      const copy = bytes.slice();
      copy.set(new TextEncoder().encode("digesT"), 8 + '{"__metadata__":{"'.length);
      return copy;
    };
    expect(readModelFile(without(first), "x").parameters).toEqual(readModelFile(file, "x").parameters);
    expect(refusal(without(file))).toMatch(/its digest is missing; use another copy/);
  });

  it("whose description has anything for anything else in it is read, or refused with a ModelError and nothing else", () => {
    const paths = pathsIn(JSON.parse(text));
    const hostile = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        "__proto__",
        "constructor",
        "y",
        "z",
        "next",
        "r",
        "r.w",
        "input",
        "post",
        "layer",
        "read",
      ),
      fc.constantFrom("w * pre", "tanh(tanh(z", "1/0", "-", "toString", 1e300, -1, 0, 2 ** 31, 1.5),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...paths), hostile), { minLength: 1, maxLength: 3 }),
        (all) => {
          refusal(
            fileOf(
              changed((description) => {
                for (const [path, value] of all) put(description, path, value);
              }),
            ),
          );
        },
      ),
      { numRuns: runs(3000) },
    );
  });

  it("made of any bytes at all is refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(refusal(bytes)).not.toBe("");
      }),
    );
  });
});

type Path = readonly (string | number)[];

function pathsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const inner = Object.keys(value).flatMap((key) =>
    pathsIn((value as Record<string, unknown>)[key], [...at, key]),
  );
  return at.length === 0 ? inner : [at, ...inner];
}

function put(description: unknown, path: Path, value: unknown): void {
  let place = description as Record<string, unknown>;
  for (const key of path.slice(0, -1)) {
    const next = place[key];
    // Another change may have taken this place away.
    if (typeof next !== "object" || next === null) return;
    place = next as Record<string, unknown>;
  }
  place[path.at(-1)!] = value;
}
