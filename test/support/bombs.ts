import { architectureText, MODEL_FORMAT, writeSafetensors } from "../../src/models/index.js";
import { defineRule } from "../../src/rules/index.js";

type Json = Record<string, unknown>;
const many = <T>(count: number, each: (k: number) => T): T[] =>
  Array.from({ length: count }, (_, k) => each(k));
const record = <T>(count: number, each: (k: number) => [string, T]): Record<string, T> =>
  Object.fromEntries(many(count, each));
const numbers = (rows: number, cols: number) => ({
  shape: [rows, cols],
  data: new Float32Array(rows * cols),
});

/** A small network that is one; `changes` make it hostile. */
const hebb = defineRule({ name: "hebb", traces: { H: 0 }, weight: "H", update: { H: "H + pre * post" } });
const network = JSON.parse(
  architectureText({
    inputs: [{ name: "u", size: 4, tail: [] }],
    states: [{ name: "y", size: 4, start: 0 }],
    connections: [{ name: "r", rule: hebb, pre: 4, post: 4, parameters: {} }],
    programs: [{ given: ["u"], operations: [], next: { y: "u" }, output: "u" }],
    answers: 4,
  }),
);
const read = (k: number) => ({ op: "read", connection: "r", from: "u", to: `z${k}` });
const map = (to: string, size: number, formula: string, more: Json = {}) => ({
  op: "map",
  size,
  values: { u: "u" },
  parameters: {},
  results: [{ to, formula, sum: false }],
  ...more,
});

function file(changes: Json, tensors: Parameters<typeof writeSafetensors>[0] = {}): Uint8Array {
  const architecture = JSON.stringify({ ...network, ...changes });
  return writeSafetensors(tensors, { format: MODEL_FORMAT, architecture });
}
const withOperations = (operations: unknown[], changes: Json = {}, tensors = {}): Uint8Array =>
  file({ programs: [{ ...network.programs[0], operations }], ...changes }, tensors);
const withRule = (changes: Json, more: Json = {}): Uint8Array =>
  file({
    connections: [
      { ...network.connections[0], rule: { ...network.connections[0].rule, ...changes }, ...more },
    ],
  });
/** A file that is nothing but a header. */
function headerOnly(header: string): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const empty = '{"dtype":"F32","shape":[0,0],"data_offsets":[0,0]}';
const described = (architecture: string): Uint8Array =>
  writeSafetensors({}, { format: MODEL_FORMAT, architecture });

/** A chain of sums as deep as the language allows. */
const deep = many(128, () => "u").join(" + ");
/** As many different nodes as fit into a formula. */
const wide = many(100, (k) => `(u + ${k} / 7) * (u - ${k} / 9)`).join(" + ");

/**
 * Files of models that ask for far more than their size would let one think, each with what refuses it. None may cost more
 * than a second, or much more memory than its own size.
 */
export const bombs: readonly (readonly [what: string, make: () => Uint8Array, refused: RegExp])[] = [
  ["a description a million levels deep", () => described("[".repeat(999_999)), /up to 16 levels/],
  [
    "a description whose inputs are a hundred thousand levels deep",
    () =>
      described(
        JSON.stringify(network).replace('"inputs":', `"inputs":${"[".repeat(1e5)}${"]".repeat(1e5)},"x":`),
      ),
    /up to 16 levels/,
  ],
  [
    "a description of ten million characters",
    () => described(" ".repeat(3_900_000)),
    /up to 1000000 characters/,
  ],
  ["a header of 80 MB", () => headerOnly(`{${" ".repeat(80e6)}}`), /a model's has at most 4000000/],
  [
    "a million empty tensors",
    () => headerOnly(`{${`"t":${empty},`.repeat(1e6)}"u":${empty}}`),
    /a model's has at most 4000000/,
  ],
  [
    "fifty thousand empty tensors",
    () => headerOnly(`{${many(50_000, (k) => `"t${k}":${empty}`)}}`),
    /at most 10000 tensors/,
  ],
  [
    "1,000 maps of 100 names",
    () => {
      const values = record(100, (k) => [`n${k}`, "u"]);
      const formula = many(100, (k) => `n${k}`).join(" + ");
      return withOperations(many(1000, (k) => map(`m${k}`, 4, formula, { values })));
    },
    /up to 1000000 characters/,
  ],
  [
    "250 maps of 100 names",
    () => {
      const values = record(100, (k) => [`n${k}`, "u"]);
      const formula = many(100, (k) => `n${k}`).join(" + ");
      return withOperations(many(250, (k) => map(`m${k}`, 4, formula, { values })));
    },
    /at most 1500 numbers, names and calls/,
  ],
  ["900 operations", () => withOperations(many(900, read)), /a list of up to 256 entries/],
  [
    "900 operations in nine programs",
    () => {
      const operations = many(100, read);
      return file({ programs: many(9, () => ({ ...network.programs[0], operations })) });
    },
    /at most 256 operations/,
  ],
  [
    "4,000 traces",
    () => {
      const names = many(4000, (k) => `H${k}`);
      const traces = record(4000, (k) => [names[k]!, 0]);
      return withRule({ traces, weight: "H0", update: record(4000, (k) => [names[k]!, names[k]!]) });
    },
    /rule\.traces: expected up to 16 entries, got 4000/,
  ],
  [
    "ten thousand parameters of a rule",
    () => withRule({ params: record(10_000, (k) => [`p${k}`, { per: "layer", init: 0 }]) }),
    /rule\.params: expected up to 64 entries/,
  ],
  [
    "a map with ten thousand names",
    () => withOperations([map("m", 4, "u", { values: record(10_000, (k) => [`n${k}`, "u"]) })]),
    /values: expected up to 256 entries/,
  ],
  [
    "the widest and the deepest formulas, over and over",
    () => withOperations(many(200, (k) => map(`m${k}`, 4, k % 2 ? wide : deep))),
    /at most 1500 numbers, names and calls/,
  ],
  [
    "a rule of long formulas in a hundred updates",
    () => {
      const long = many(100, (k) => `H * ${k}`).join(" + ");
      const update = { op: "update", connection: "r", vectors: { pre: "y", post: "u" } };
      const rule = { ...network.connections[0].rule, update: { H: long } };
      return withOperations(
        many(100, () => update),
        { connections: [{ ...network.connections[0], rule }] },
      );
    },
    /at most 1500 numbers, names and calls/,
  ],
  [
    "sums over huge loops",
    () => {
      const operations = many(200, (k) =>
        map("", 1 << 24, "", {
          values: { s: "s" },
          results: [{ to: `m${k}`, formula: "tanh(exp(s))", sum: true }],
        }),
      );
      const states = [{ name: "s", size: 1, start: 0 }];
      return file({ states, programs: [{ given: ["u"], operations, next: { s: "m0" }, output: "u" }] });
    },
    /at most 2147483648 elementary operations/,
  ],
  [
    "a huge connection of no parameters, read again and again",
    () => {
      const size = 1 << 14;
      const connections = [{ ...network.connections[0], pre: size, post: size }];
      const operations = many(200, (k) => ({ op: "read", connection: "r", from: "w", to: `z${k}` }));
      const program = { given: ["w"], operations, next: { y: "y" }, output: "w" };
      return file({ inputs: [{ name: "w", size, tail: [] }], connections, programs: [program], answers: 1 });
    },
    /at most 2147483648 elementary operations/,
  ],
  [
    "a connection beyond any memory",
    () => withRule({}, { pre: 1 << 24, post: 1 << 24 }),
    /at most 268435456 connections from one layer to another/,
  ],
  [
    "many large traces",
    () => {
      const size = 1 << 13;
      const traces = record(16, (k) => [`H${k}`, 0]);
      const update = record(16, (k) => [`H${k}`, `H${k}`]);
      return withRule({ traces, update, weight: "H0" }, { pre: size, post: size });
    },
    /a life: a model may have at most 1073741824 bytes/,
  ],
  [
    "many large vectors",
    () =>
      file({
        states: many(200, (k) => ({ name: `y${k}`, size: 1 << 24, start: 0 })),
        programs: [{ ...network.programs[0], next: record(200, (k) => [`y${k}`, `y${k}`]) }],
      }),
    /a life: a model may have at most 1073741824 bytes/,
  ],
  [
    "a huge convolution",
    () => {
      const shape = {
        height: 1000,
        width: 1000,
        channels: 1,
        kernelHeight: 500,
        kernelWidth: 500,
        stride: 1,
        filters: 4,
      };
      const operation = { op: "convolve", from: "w", weight: "k", bias: "b", to: "c", shape };
      const program = { given: ["w"], operations: [operation], next: { y: "y" }, output: "c" };
      return file(
        { inputs: [{ name: "w", size: 1e6, tail: [] }], programs: [program], answers: 1 },
        { k: numbers(250_000, 4), b: numbers(1, 4) },
      );
    },
    /at most 2147483648 elementary operations/,
  ],
  [
    "weights of float64 that float32 has not",
    () => file({}, { t: { shape: [1, 1], data: Float64Array.of(1e300) } }),
    /tensor "t": expected a matrix of finite numbers, got numbers beyond float32/,
  ],
  [
    "a state that begins at 1e300",
    () => file({ states: [{ name: "y", size: 4, start: 1e300 }] }),
    /start: expected a number that is finite in float32/,
  ],
  ["a trace that begins at 1e300", () => withRule({ traces: { H: 1e300 } }), /finite in float32/],
];
