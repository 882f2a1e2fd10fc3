import type { Buffer, Device, MapProgram, Sweep, TraceOptions, Traces } from "../devices/device.js";
import { call, name, number } from "../formulas/index.js";
import type { Connection, MapOperation, Operation, StepProgram } from "../models/index.js";
import type { Parameter } from "../tape/index.js";
import { renamed } from "./renamed.js";

/** A buffer without numbers. `name` is what it is called in the description, once it is part of it. */
interface Symbol extends Buffer {
  name: string | null;
  /** What `fill` filled it with. */
  constant: number | null;
}

/**
 * A device that computes nothing and holds nothing: it writes down what a network asks of it in a step, as the operations of
 * a model file. Networks are built on it as on any other device; so the description cannot differ from what is trained.
 */
export class Recorder {
  readonly connections: Connection[] = [];
  /** Those that it knows, by name. */
  readonly parameters = new Map<string, Parameter>();
  /** Numbers on the network's own device that a step used and no parameter holds, by the names of their tensors. */
  readonly constants = new Map<string, Buffer>();
  private operations: Operation[] = [];
  private readonly tensors = new Map<Buffer, string>();
  private readonly symbols = new WeakSet<Buffer>();
  /** Connections whose traces were opened since `restart`. */
  private begun = 0;
  private readonly opened = new Map<Traces, Connection>();
  /** Values of the present step, and how many have had a number for a name. */
  private readonly used = new Set<string>();
  private count = 0;

  /** Only what a step without gradient uses; anything else is an error that says so. */
  readonly device: Device = new Proxy({} as Device, {
    get: (_, key) =>
      (this.calls as Readonly<Record<PropertyKey, unknown>>)[key] ??
      (() => {
        throw new Error(
          `a step of this network asks the device for "${String(key)}", which no model file can say yet`,
        );
      }),
  });

  private readonly calls: Partial<Device> = {
    info: { kind: "reference", threads: 1, why: "only describes" },
    peakBytes: 0,
    expectRoom: () => {},
    allocate: (rows, cols) => this.symbol(rows, cols),
    scratch: (rows, cols) => this.symbol(rows, cols),
    release: () => {},
    reset: () => {},
    beginEpisode: () => {},
    write: () => {},
    view: (buffer, from, rows) => {
      if (from === 0 && rows === buffer.rows) return buffer;
      throw new Error(
        "a step of this network looks at some rows of a matrix, which no model file can say yet",
      );
    },
    fill: (buffers, value) => {
      for (const buffer of buffers) (buffer as Symbol).constant = value;
    },
    copy: (from, to) => this.map({ inputs: ["x"], outputs: [{ kind: "name", name: "x" }] }, [from], [to]),
    copyBlock: (from, to, accumulate) => {
      const whole = [from, to].every(({ buffer, columns }) => columns === buffer.cols);
      if (!whole || accumulate) {
        throw new Error(
          "a step of this network takes some columns of a matrix by themselves, which no model file can say yet",
        );
      }
      // The same numbers in rows of another length: a value is one vector, whatever its rows.
      (to.buffer as Symbol).name = this.valueOf(from.buffer);
    },
    matmul: (out, a, b, options = {}) => {
      const weight = this.tensorOf(b);
      if (weight === undefined || options.transposeB || options.accumulate) {
        throw new Error(
          "a step of this network multiplies by something else than a parameter, which no model file can say yet",
        );
      }
      this.operations.push({ op: "product", from: this.valueOf(a), weight, to: this.made(out) });
    },
    convolve: (shape, { x, weight, bias, out }) => {
      const [weights, biases] = [this.tensorOf(weight), this.tensorOf(bias)];
      if (weights === undefined || biases === undefined || x.rows !== shape.height) {
        throw new Error(
          "a step of this network convolves several pictures, or with something else than parameters, which no model " +
            "file can say yet",
        );
      }
      const from = this.valueOf(x);
      this.operations.push({
        op: "convolve",
        from,
        weight: weights,
        bias: biases,
        to: this.made(out),
        shape,
      });
    },
    map: (program, inputs, outputs) => this.map(program, inputs, outputs),
    traces: (options) => this.open(options),
  };

  /** Calls the parameters by their names. Throws an Error for two of one name. */
  know(parameters: Iterable<Parameter>): void {
    for (const parameter of parameters) {
      const { name, value } = parameter;
      if ((this.parameters.get(name) ?? parameter) !== parameter) {
        throw new Error(
          `two parameters of this network are called ${name}; give their layers names of their own`,
        );
      }
      this.parameters.set(name, parameter);
      this.tensors.set(value, name);
    }
  }

  /** A new life: the next traces that are opened are again those of the first connection. */
  restart(): void {
    this.begun = 0;
  }

  /** Calls an input or a state by its name. */
  call(buffer: Buffer, name: string): void {
    (buffer as Symbol).name = name;
    (buffer as Symbol).constant = null;
  }

  /** What a buffer was filled with, if nothing else happened to it. */
  constantOf(buffer: Buffer): number | null {
    return (buffer as Symbol).constant;
  }

  /** The program of a step, which `work` takes. Its output and modulator are called so, unless they have names already. */
  during(work: () => Omit<StepProgram, "operations"> & { readonly modulator: string | null }): StepProgram {
    this.operations = [];
    this.used.clear();
    const { modulator, ...program } = work();
    const table = new Map<string, string>();
    for (const [value, name] of [
      [modulator, "modulator"],
      [program.output, "output"],
    ] as const) {
      if (value !== null && this.used.has(value) && !table.has(value)) table.set(value, name);
    }
    return renamed({ ...program, operations: this.operations }, (name) => table.get(name) ?? name);
  }

  /** The name of a value, which a constant gets here, if it has none yet. */
  valueOf(buffer: Buffer): string {
    const symbol = buffer as Symbol;
    const tensor = this.tensorOf(buffer);
    if (tensor === undefined && symbol.name !== null) return symbol.name;
    if (tensor === undefined && symbol.constant === null)
      throw new Error("a step of this network uses a value that nothing has made");
    const formula = tensor === undefined ? number(symbol.constant!) : name("x");
    const to = this.name();
    if (tensor === undefined) symbol.name = to;
    this.operations.push({
      op: "map",
      size: buffer.rows * buffer.cols,
      values: {},
      parameters: tensor === undefined ? {} : { x: tensor },
      results: [{ to, formula, sum: false }],
    });
    return to;
  }

  /** The tensor that a buffer is: a parameter's, or numbers that lie on the network's own device. */
  private tensorOf(buffer: Buffer): string | undefined {
    if (!this.tensors.has(buffer) && !this.symbols.has(buffer)) {
      const called = `constant${this.constants.size + 1}`;
      this.constants.set(called, buffer);
      this.tensors.set(buffer, called);
    }
    return this.tensors.get(buffer);
  }

  update(traces: Traces, vectors: Readonly<Record<string, Buffer>>): void {
    const { name } = this.opened.get(traces)!;
    this.operations.push({ op: "update", connection: name, vectors: this.valuesOf(vectors) });
  }
  private valuesOf(vectors: Readonly<Record<string, Buffer>>): Record<string, string> {
    const values = Object.entries(vectors).map(([key, buffer]) => [key, this.valueOf(buffer)]);
    return Object.fromEntries(values);
  }

  /** The name of the connection whose traces these are. */
  connectionOf(traces: Traces): string {
    return this.opened.get(traces)!.name;
  }

  private symbol(rows: number, cols: number): Symbol {
    const symbol = { rows, cols, name: null, constant: null };
    this.symbols.add(symbol);
    return symbol;
  }

  private made(buffer: Buffer, wanted = ""): string {
    const called = this.name(wanted);
    (buffer as Symbol).name = called;
    return called;
  }
  private name(wanted = ""): string {
    const called = wanted && !this.used.has(wanted) ? wanted : `v${++this.count}`;
    this.used.add(called);
    return called;
  }

  private map(program: MapProgram, inputs: readonly Buffer[], outputs: readonly (Buffer | null)[]): void {
    const all = [...inputs, ...outputs].filter((buffer) => buffer !== null);
    const rows = Math.max(...all.map((buffer) => buffer.rows));
    const size = rows * Math.max(...all.map((buffer) => buffer.cols));
    // Of a picture, each number by itself: rows and columns of it are nothing that a vector has.
    const isOdd = ({ rows: own, cols }: Buffer) => own * cols !== 1 && own * cols !== size;
    if (rows > 1 && all.some(isOdd)) {
      throw new Error(
        "a step of this network uses a row or column throughout a matrix, which no model file can say yet",
      );
    }
    const values: Record<string, string> = {};
    const parameters: Record<string, string> = {};
    program.inputs.forEach((name, k) => {
      const tensor = this.tensorOf(inputs[k]!);
      if (tensor !== undefined) parameters[name] = tensor;
      else values[name] = this.valueOf(inputs[k]!);
    });
    if (program.reductions && (rows > 1 || program.rowOutputs?.length)) {
      throw new Error(
        "a step of this network finds out something of each row of a matrix, which no model file can say yet",
      );
    }
    // What the numbers of a vector need to know of all of them. No result depends on a largest one, which is there so that
    // differences from it are moderate; those from the mean are, too.
    for (const { name: reduction, how, formula } of program.reductions ?? []) {
      const [sum, mean] = [this.name(), how === "max" ? this.name() : null];
      const summed = [{ to: sum, formula, sum: size > 1 }];
      this.operations.push({ op: "map", size, values: { ...values }, parameters, results: summed });
      values[reduction] = mean ?? sum;
      if (mean === null) continue;
      const results = [{ to: mean, formula: call("div", name("s"), number(size)), sum: false }];
      this.operations.push({ op: "map", size: 1, values: { s: sum }, parameters: {}, results });
    }
    const results: MapOperation["results"] = outputs.flatMap((buffer, k) =>
      buffer
        ? [{ to: this.made(buffer), formula: program.outputs[k]!, sum: buffer.rows * buffer.cols < size }]
        : [],
    );
    this.operations.push({ op: "map", size, values, parameters, results });
  }

  private open({ rule, pre, post, params, name: called }: TraceOptions): Traces {
    const parameters = Object.fromEntries(
      Object.entries(params).map(([key, buffer]) => [key, this.tensorOf(buffer)!]),
    );
    const connection = this.connection({ rule, pre, post, parameters }, called);
    const { name } = connection;
    const forward = ({ update, read, reads = {} }: Sweep) => {
      if (update) this.update(traces, update);
      if (read) {
        const from = this.valueOf(read.x);
        const taken = read.vectors ? { vectors: this.valuesOf(read.vectors) } : {};
        const to = this.made(read.out, `${name}.z`);
        this.operations.push({ op: "read", connection: name, from, ...taken, to });
      }
      for (const [key, { vectors: taken, out }] of Object.entries(reads)) {
        const vectors = this.valuesOf(taken);
        const to = this.made(out, `${name}.${key}`);
        this.operations.push({ op: "readNamed", connection: name, read: key, vectors, to });
      }
    };
    const traces = { forward, finish: () => {} } as Traces;
    this.opened.set(traces, connection);
    return traces;
  }

  /** The connection whose traces are opened: one that was opened before at the same place in a life, or a new one. */
  private connection(described: Omit<Connection, "name">, called?: string): Connection {
    const { rule, pre, post, parameters } = described;
    const text = (of: Omit<Connection, "name">) => JSON.stringify([of.pre, of.post, of.parameters]);
    const known = this.connections[this.begun++];
    if (known?.rule === rule && text(known) === text({ rule, pre, post, parameters })) return known;
    // Parameters are called after their connection: "recurrent.w". One that is shared has the name of another; a matrix that
    // is the whole of its connection may have just its name.
    const taken = new Set(this.connections.map((each) => each.name));
    const wanted = Object.entries(parameters).flatMap(([key, parameter]) =>
      parameter.endsWith(`.${key}`) ? [parameter.slice(0, -key.length - 1)] : [],
    );
    const names = [...(called === undefined ? [] : [called]), ...wanted, ...Object.values(parameters)];
    const free = names.find((each) => !taken.has(each)) ?? `connection${this.connections.length}`;
    const connection = { name: free, ...described };
    this.connections.push(connection);
    return connection;
  }
}
