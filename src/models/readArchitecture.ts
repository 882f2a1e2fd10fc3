import { FormulaError, namesIn, parseFormula } from "../formulas/index.js";
import { defineRule, type Rule, type RuleDefinition, withRates } from "../rules/rule.js";
import {
  ARCHITECTURE_VERSION,
  type Architecture,
  type Connection,
  type Input,
  type MapOperation,
  type Operation,
  type Program,
  type State,
} from "./architecture.js";
import { count, entries, finite, type Json, list, name, record, text } from "./json.js";
import { ModelError, wrong } from "./modelError.js";

/** The sizes of the file's tensors. */
export type Shapes = ReadonlyMap<string, { readonly rows: number; readonly cols: number }>;

/** An architecture in which everything fits together. */
export interface CheckedArchitecture extends Architecture {
  /** The numbers of every value, inputs (with their tail) and states among them. */
  readonly sizes: ReadonlyMap<string, number>;
}

const MOST_NUMBERS = 1 << 24;
const MOST_ENTRIES = 1000;
const MOST_TAIL = 1 << 16;

/**
 * Reads and checks a description: whatever it refers to exists and has the size that it must have.
 * @throws ModelError, and nothing else
 */
export function readArchitecture(json: string, shapes: Shapes): CheckedArchitecture {
  const all = record(parsed(json), "architecture");
  if (all.version !== ARCHITECTURE_VERSION) {
    throw new ModelError(
      `architecture: this program reads version ${ARCHITECTURE_VERSION}, the file has ${JSON.stringify(all.version)}; ` +
        "use the version of hebbian that wrote the file, or a later one",
    );
  }
  const inputs = list(all.inputs, "inputs", MOST_ENTRIES, readInput);
  const states = list(all.states, "states", MOST_ENTRIES, readState);
  const connections = list(all.connections, "connections", MOST_ENTRIES, (value, where) =>
    readConnection(value, where, shapes),
  );
  expectDistinct([...inputs, ...states], "inputs and states");
  expectDistinct(connections, "connections");
  const reader = new ProgramReader(inputs, states, connections, shapes);
  const programs = list(all.programs, "programs", 16, (value, where) => reader.program(value, where));
  if (programs.length === 0) throw wrong("programs", "at least one", programs);
  const answers = count(all.answers, "answers", reader.outputSize);
  return { inputs, states, connections, programs, answers, sizes: reader.sizes };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw wrong("architecture", "JSON", json);
  }
}

function readInput(value: unknown, where: string): Input {
  const { name: called, size, tail } = record(value, where);
  return {
    name: name(called, `${where}.name`),
    size: count(size, `${where}.size`, MOST_NUMBERS),
    tail: list(tail, `${where}.tail`, MOST_TAIL, finite),
  };
}

function readState(value: unknown, where: string): State {
  const { name: called, size, start } = record(value, where);
  return {
    name: name(called, `${where}.name`),
    size: count(size, `${where}.size`, MOST_NUMBERS),
    start: finite(start, `${where}.start`),
  };
}

function readConnection(value: unknown, where: string, shapes: Shapes): Connection {
  const { name: called, rule: written, pre, post, parameters } = record(value, where);
  const connection = {
    name: name(called, `${where}.name`),
    rule: readRule(written, `${where}.rule`),
    pre: count(pre, `${where}.pre`, MOST_NUMBERS),
    post: count(post, `${where}.post`, MOST_NUMBERS),
    parameters: entries(parameters, `${where}.parameters`, name),
  };
  const { rule } = connection;
  const size = { layer: [1, 1], post: [1, connection.post], connection: [connection.pre, connection.post] };
  for (const [key, { per }] of Object.entries(rule.params)) {
    const [rows, cols] = size[per] as [number, number];
    expectTensor(connection.parameters[key], `${where}.parameters.${key}`, shapes, rows, cols);
  }
  return connection;
}

function readRule(value: unknown, where: string): Rule {
  const written = record(value, where);
  const rate = (each: unknown, at: string) => text(each, at) as never;
  const definition: RuleDefinition = {
    name: text(written.name, `${where}.name`),
    source: text(written.source ?? "", `${where}.source`),
    traces: entries(written.traces, `${where}.traces`, finite),
    params: entries(written.params ?? {}, `${where}.params`, (each, at) => {
      const { per, init } = record(each, at);
      return { per: rate(per, at), init: finite(init, at) };
    }),
    signals: entries(written.signals ?? {}, `${where}.signals`, rate),
    weight: text(written.weight, `${where}.weight`),
    update: entries(written.update, `${where}.update`, text),
  };
  const rates = entries(written.rates ?? {}, `${where}.rates`, rate);
  for (const per of Object.values<string>(rates)) {
    if (!["layer", "post", "connection"].includes(per)) throw wrong(where, "a rate", per);
  }
  try {
    return withRates(defineRule(definition), rates);
  } catch (error) {
    throw new ModelError(`${where}: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads programs one after another; a value that two of them make must have one size in both. */
class ProgramReader {
  readonly sizes = new Map<string, number>();
  /** That of the outputs read so far. */
  outputSize = 0;
  private readonly connections: ReadonlyMap<string, Connection>;
  /** Values that exist at this point of the program. */
  private known = new Set<string>();

  constructor(
    private readonly inputs: readonly Input[],
    private readonly states: readonly State[],
    connections: readonly Connection[],
    private readonly shapes: Shapes,
  ) {
    this.connections = new Map(connections.map((each) => [each.name, each]));
    for (const { name, size, tail } of inputs) this.sizes.set(name, size + tail.length);
    for (const { name, size } of states) this.sizes.set(name, size);
  }

  program(value: unknown, where: string): Program {
    const { given, operations, next, output } = record(value, where);
    const names = list(given, `${where}.given`, MOST_ENTRIES, name);
    for (const each of names) {
      if (!this.inputs.some((input) => input.name === each)) throw wrong(`${where}.given`, "inputs", each);
    }
    this.known = new Set([...names, ...this.states.map((state) => state.name)]);
    const program = {
      given: names,
      operations: list(operations, `${where}.operations`, MOST_ENTRIES, (each, at) =>
        this.operation(record(each, at), at),
      ),
      next: entries(next, `${where}.next`, (each, at) => this.value(each, at)),
      output: this.value(output, `${where}.output`),
    };
    for (const state of this.states) {
      const to = program.next[state.name];
      if (to === undefined) throw wrong(`${where}.next`, `a value for ${state.name}`, to);
      this.expectSize(to, state.size, `${where}.next.${state.name}`);
    }
    const size = this.sizes.get(program.output)!;
    if (this.outputSize !== 0 && size !== this.outputSize) {
      throw wrong(`${where}.output`, `${this.outputSize} numbers, as before`, size);
    }
    this.outputSize = size;
    return program;
  }

  private operation(written: Json, where: string): Operation {
    const { op } = written;
    if (op === "read") {
      const connection = this.connection(written.connection, where);
      const from = this.sized(written.from, connection.pre, `${where}.from`);
      return { op, connection: connection.name, from, to: this.made(written.to, connection.post, where) };
    }
    if (op === "update") {
      const { name: called, rule, pre, post } = this.connection(written.connection, where);
      const vectors = entries(written.vectors, `${where}.vectors`, (each, at) => this.value(each, at));
      const needed = { pre, post, ...sizesOf(rule.signals, post) };
      for (const [key, size] of Object.entries(needed))
        this.sized(vectors[key], size, `${where}.vectors.${key}`);
      return { op, connection: called, vectors };
    }
    if (op === "product") {
      const from = this.value(written.from, `${where}.from`);
      const weight = name(written.weight, `${where}.weight`);
      const cols = this.shapes.get(weight)?.cols ?? 0;
      expectTensor(weight, `${where}.weight`, this.shapes, this.sizes.get(from)!, cols);
      return { op, from, weight, to: this.made(written.to, cols, where) };
    }
    if (op === "map") return this.map(written, where);
    throw wrong(`${where}.op`, "read, update, product or map", op);
  }

  private map(written: Json, where: string): MapOperation {
    const size = count(written.size, `${where}.size`, MOST_NUMBERS);
    const values = entries(written.values, `${where}.values`, (each, at) => this.value(each, at));
    const parameters = entries(written.parameters, `${where}.parameters`, name);
    for (const [key, value] of Object.entries(values)) {
      if (this.sizes.get(value) !== 1) this.expectSize(value, size, `${where}.values.${key}`);
    }
    for (const [key, tensor] of Object.entries(parameters)) {
      const cols = this.shapes.get(tensor)?.cols === 1 ? 1 : size;
      expectTensor(tensor, `${where}.parameters.${key}`, this.shapes, 1, cols);
    }
    const seen = [...Object.keys(values), ...Object.keys(parameters)];
    const results = list(written.results, `${where}.results`, MOST_ENTRIES, (each, at) => {
      const { to, formula, sum } = record(each, at);
      const tree = readFormula(formula, `${at}.formula`, seen);
      return { to: name(to, `${at}.to`), formula: tree, sum: sum === true };
    });
    for (const { to, sum } of results) this.made(to, sum ? 1 : size, where);
    return { op: "map", size, values, parameters, results };
  }

  private connection(value: unknown, where: string): Connection {
    const found = this.connections.get(text(value, `${where}.connection`));
    if (!found) throw wrong(`${where}.connection`, "a connection", value);
    return found;
  }

  /** A value that exists by now. */
  private value(value: unknown, where: string): string {
    if (!this.known.has(value as string)) throw wrong(where, "a value that was made before", value);
    return value as string;
  }
  private sized(value: unknown, size: number, where: string): string {
    const found = this.value(value, where);
    this.expectSize(found, size, where);
    return found;
  }
  private expectSize(value: string, size: number, where: string): void {
    const got = this.sizes.get(value);
    if (got !== size) throw wrong(where, `a value of ${size} numbers`, got);
  }
  /** A new value. It hides nothing: inputs and states keep their values until the step is over. */
  private made(value: unknown, size: number, where: string): string {
    const called = name(value, `${where}.to`);
    const before = this.sizes.get(called) ?? size;
    if (
      this.known.has(called) ||
      before !== size ||
      [...this.inputs, ...this.states].some((each) => each.name === called)
    ) {
      throw wrong(`${where}.to`, `a name of its own and ${before} numbers`, called);
    }
    this.known.add(called);
    this.sizes.set(called, size);
    return called;
  }
}

const sizesOf = (signals: Rule["signals"], post: number) =>
  Object.fromEntries(Object.entries(signals).map(([key, per]) => [key, per === "post" ? post : 1]));

function readFormula(value: unknown, where: string, seen: readonly string[]) {
  try {
    const formula = parseFormula(text(value, where));
    for (const each of namesIn(formula)) if (!seen.includes(each)) throw wrong(where, `one of ${seen}`, each);
    return formula;
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    throw new ModelError(`${where}: ${error.message}`, { cause: error });
  }
}

function expectTensor(tensor: unknown, where: string, shapes: Shapes, rows: number, cols: number): void {
  const shape = shapes.get(tensor as string);
  if (!shape) throw wrong(where, "a tensor of this file", tensor);
  if (shape.rows === rows && shape.cols === cols) return;
  throw wrong(where, `a tensor [${rows}, ${cols}]`, `[${shape.rows}, ${shape.cols}]`);
}

function expectDistinct(items: readonly { readonly name: string }[], where: string): void {
  const names = items.map((item) => item.name);
  const twice = names.find((each, k) => names.indexOf(each) !== k);
  if (twice !== undefined) throw wrong(where, "each name once", twice);
}
