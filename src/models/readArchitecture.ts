import { FormulaError } from "../formulas/errors.js";
import type { Rate } from "../formulas/rates.js";
import { briefWords, readFormula } from "../formulas/reader.js";
import { namesIn } from "../formulas/tree.js";
import type { Rule } from "../rules/rule.js";
import {
  ARCHITECTURE_VERSION,
  type Architecture,
  type Connection,
  type ConvolveOperation,
  type Input,
  type MapOperation,
  type Operation,
  placesOf,
  type State,
  type StepProgram,
} from "./architecture.js";
import { BUDGETS, Meter } from "./budgets.js";
import { count, entries, fieldsOf, list, parsed, record, text, validName } from "./json.js";
import { ModelError, wrong } from "./modelError.js";
import { expectTensor, MOST_NUMBERS, readConnection, type Shapes } from "./readConnection.js";
import { expectTraceStates, inputFrom, stateFrom } from "./readStates.js";
import { nodesOf, operationFormulas, workOf } from "./work.js";

/** An architecture in which everything fits together. */
export interface CheckedArchitecture extends Architecture {
  /** The numbers of every value, inputs (with their tail) and states among them. */
  readonly sizes: ReadonlyMap<string, number>;
}

const MOST_SIDE = 1 << 12;

/**
 * Reads and checks a description: whatever it refers to exists and has the size that it must have.
 * @throws ModelError, and nothing else
 */
export function readArchitecture(json: string, shapes: Shapes): CheckedArchitecture {
  const { description: characters, nesting: levels } = BUDGETS;
  const all = record(parsed(json, "architecture", { characters, levels }), "architecture");
  if (all.version !== ARCHITECTURE_VERSION) {
    throw new ModelError(
      `architecture: this program reads version ${ARCHITECTURE_VERSION}, the file has ${JSON.stringify(all.version)}; ` +
        "use the version of hebbian that wrote the file, or a later one",
      { code: "other-format" },
    );
  }
  const inputs = list(all.inputs, "inputs", BUDGETS.entries, inputFrom);
  const states = list(all.states, "states", BUDGETS.entries, stateFrom);
  const connections = list(all.connections, "connections", BUDGETS.entries, (value, where) =>
    readConnection(value, where, shapes),
  );
  expectDistinct([...inputs, ...states], "inputs and states");
  expectDistinct(connections, "connections");
  expectTraceStates(states, connections);
  const reader = new ProgramReader(inputs, states, connections, shapes);
  const programs = list(all.programs, "programs", BUDGETS.programs, (value, where) =>
    reader.program(value, where),
  );
  if (programs.length === 0) throw wrong("programs", "at least one", programs);
  const answers = count(all.answers, "answers", reader.outputSize);
  return { inputs, states, connections, programs, answers, sizes: reader.sizes };
}

/** Reads programs one after another; a value that two of them make must have one size in both. */
class ProgramReader {
  readonly sizes = new Map<string, number>();
  /** That of the outputs read so far. */
  outputSize = 0;
  readonly #connections: ReadonlyMap<string, Connection>;
  /** Values that exist at this point of the program. */
  #known = new Set<string>();
  readonly #operations = new Meter(BUDGETS.operations, "operations");
  readonly #formulas = new Meter(BUDGETS.formulas, "numbers, names and calls in its formulas");

  constructor(
    private readonly inputs: readonly Input[],
    private readonly states: readonly State[],
    connections: readonly Connection[],
    private readonly shapes: Shapes,
  ) {
    this.#connections = new Map(connections.map((each) => [each.name, each]));
    for (const { name, size, tail } of inputs) this.sizes.set(name, size + tail.length);
    for (const { name, size } of states) this.sizes.set(name, size);
    for (const { name, rule } of connections) this.#formulas.take(nodesOf(rule.weight), name);
  }

  program(value: unknown, where: string): StepProgram {
    const field = fieldsOf(value, where);
    const names = field("given", list<string>, BUDGETS.entries, validName);
    for (const each of names) {
      if (!this.inputs.some((input) => input.name === each)) throw wrong(`${where}.given`, "inputs", each);
    }
    this.#known = new Set([...names, ...this.states.map((state) => state.name)]);
    const work = new Meter(BUDGETS.work, "elementary operations in a step");
    const program = {
      given: names,
      operations: field("operations", list<Operation>, BUDGETS.operations, (each, at) => {
        this.#operations.take(1, at);
        const operation = this.#operation(each, at);
        for (const formula of operationFormulas(operation, this.#connections))
          this.#formulas.take(nodesOf(formula), at);
        work.take(workOf(operation, this.#connections, this.sizes), at);
        return operation;
      }),
      next: field("next", entries<string>, BUDGETS.entries, this.#value),
      output: field("output", this.#value),
    };
    for (const state of this.states) {
      const to = program.next[state.name];
      if (to === undefined) throw wrong(`${where}.next`, `a value for ${state.name}`, to);
      this.#expectSize(to, `${where}.next.${state.name}`, state.size);
    }
    const size = this.sizes.get(program.output)!;
    if (this.outputSize !== 0 && size !== this.outputSize) {
      throw wrong(`${where}.output`, `${this.outputSize} numbers, as before`, size);
    }
    this.outputSize = size;
    return program;
  }

  #operation(value: unknown, where: string): Operation {
    const fields = record(value, where);
    const { op } = fields;
    const field = fieldsOf(value, where);
    if (op === "read") {
      const { name: called, rule, pre, post } = field("connection", this.#connection);
      const from = field("from", this.#sized, pre);
      // Files of earlier versions have none.
      const vectors = this.#vectors(fields.vectors ?? {}, `${where}.vectors`, rule.weightVectors, pre, post);
      const taken = Object.keys(vectors).length > 0 ? { vectors } : {};
      return { op, connection: called, from, ...taken, to: field("to", this.#made, post) };
    }
    if (op === "readNamed") {
      const found = field("connection", this.#connection);
      const { name: connection, rule, pre, post } = found;
      const read = field("read", text);
      const { per, vectors: taken } = named(rule.reads, read, `${where}.read`);
      const vectors = this.#vectors(fields.vectors, `${where}.vectors`, taken, pre, post);
      return { op, connection, read, vectors, to: field("to", this.#made, found[per]) };
    }
    if (op === "update") {
      const { name: called, rule, pre, post } = field("connection", this.#connection);
      const vectors = this.#vectors(fields.vectors, `${where}.vectors`, rule.vectors, pre, post);
      return { op, connection: called, vectors };
    }
    if (op === "product") {
      const from = field("from", this.#value);
      const weight = field("weight", validName);
      const cols = this.shapes.get(weight)?.cols ?? 0;
      expectTensor(weight, `${where}.weight`, this.shapes, this.sizes.get(from)!, cols);
      return { op, from, weight, to: field("to", this.#made, cols) };
    }
    if (op === "convolve") return this.#convolve(value, where);
    if (op === "map") return this.#map(value, where);
    throw wrong(`${where}.op`, "read, readNamed, update, product, convolve or map", op);
  }

  /** The values that a rule takes by its own names, each with its rate. */
  #vectors(value: unknown, where: string, needed: Rule["vectors"], pre: number, post: number) {
    const given = record(value, where);
    const sizes: Partial<Record<Rate, number>> = { pre, post };
    return Object.fromEntries(
      Object.entries(needed).map(([key, rate]) => [
        key,
        this.#sized(given[key], `${where}.${key}`, sizes[rate] ?? 1),
      ]),
    );
  }

  #convolve(value: unknown, where: string): ConvolveOperation {
    const field = fieldsOf(value, where);
    const given = field("shape", fieldsOf);
    const side = (key: keyof ConvolveOperation["shape"], most = MOST_SIDE) => given(key, count, most);
    const [height, width, channels, filters] = [
      side("height"),
      side("width"),
      side("channels"),
      side("filters"),
    ];
    const [kernelHeight, kernelWidth] = [side("kernelHeight", height), side("kernelWidth", width)];
    const shape = { height, width, channels, kernelHeight, kernelWidth, stride: side("stride"), filters };
    const from = field("from", this.#sized, height * width * channels);
    const [weight, bias] = [field("weight", validName), field("bias", validName)];
    expectTensor(weight, `${where}.weight`, this.shapes, kernelHeight * kernelWidth * channels, filters);
    expectTensor(bias, `${where}.bias`, this.shapes, 1, filters);
    const { down, across } = placesOf(shape);
    const size = count(down * across * filters, `${where}.to`, MOST_NUMBERS);
    return { op: "convolve", from, weight, bias, to: field("to", this.#made, size), shape };
  }

  #map(value: unknown, where: string): MapOperation {
    const field = fieldsOf(value, where);
    const size = field("size", count, MOST_NUMBERS);
    const values = field("values", entries<string>, BUDGETS.entries, this.#value);
    const parameters = field("parameters", entries<string>, BUDGETS.entries, validName);
    for (const [key, value] of Object.entries(values)) {
      if (this.sizes.get(value) !== 1) this.#expectSize(value, `${where}.values.${key}`, size);
    }
    for (const [key, tensor] of Object.entries(parameters)) {
      const cols = this.shapes.get(tensor)?.cols === 1 ? 1 : size;
      expectTensor(tensor, `${where}.parameters.${key}`, this.shapes, 1, cols);
    }
    const seen = [...Object.keys(values), ...Object.keys(parameters)];
    const results = field("results", list<MapOperation["results"][number]>, BUDGETS.entries, (each, at) => {
      const { sum } = record(each, at);
      const of = fieldsOf(each, at);
      const formula = of("formula", formulaFrom, seen);
      return { to: of("to", validName), formula, sum: sum === true };
    });
    for (const { to, sum } of results) this.#made(to, `${where}.to`, sum ? 1 : size);
    return { op: "map", size, values, parameters, results };
  }

  readonly #connection = (value: unknown, where: string): Connection => {
    const found = this.#connections.get(text(value, where));
    if (!found) throw wrong(where, "a connection", value);
    return found;
  };

  /** A value that exists by now. */
  readonly #value = (value: unknown, where: string): string => {
    if (!this.#known.has(value as string)) throw wrong(where, "a value that was made before", value);
    return value as string;
  };
  readonly #sized = (value: unknown, where: string, size: number): string => {
    const found = this.#value(value, where);
    this.#expectSize(found, where, size);
    return found;
  };
  #expectSize(value: string, where: string, size: number): void {
    const got = this.sizes.get(value);
    if (got !== size) throw wrong(where, `a value of ${size} numbers`, got);
  }
  /** A new value. It hides nothing: inputs and states keep their values until the step is over. */
  readonly #made = (value: unknown, where: string, size: number): string => {
    const called = validName(value, where);
    const before = this.sizes.get(called) ?? size;
    if (
      this.#known.has(called) ||
      before !== size ||
      [...this.inputs, ...this.states].some((each) => each.name === called)
    ) {
      throw wrong(where, `a name of its own and ${before} numbers`, called);
    }
    this.#known.add(called);
    this.sizes.set(called, size);
    return called;
  };
}

function named<T>(all: Readonly<Record<string, T>>, key: string, where: string): T {
  if (Object.hasOwn(all, key)) return all[key]!;
  throw wrong(where, `one of ${Object.keys(all).join(", ") || "none"}`, key);
}

function formulaFrom(value: unknown, where: string, seen: readonly string[]) {
  try {
    const formula = readFormula(text(value, where), briefWords);
    for (const each of namesIn(formula)) if (!seen.includes(each)) throw wrong(where, `one of ${seen}`, each);
    return formula;
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    throw new ModelError(`${where}: ${error.message}`, { cause: error });
  }
}

function expectDistinct(items: readonly { readonly name: string }[], where: string): void {
  const names = items.map((item) => item.name);
  const twice = names.find((each, k) => names.indexOf(each) !== k);
  if (twice !== undefined) throw wrong(where, "each name once", twice);
}
