export interface Fault {
  readonly path: readonly (string | number)[];
  /** What was expected there. */
  readonly message: string;
  readonly got: unknown;
  /** Set if the fault is that there are these keys. */
  readonly unknownKeys?: readonly string[];
}

export type Checked<Output> = { readonly value: Output } | { readonly faults: readonly Fault[] };

/** What a schema says of a value, as data; bounds are inclusive unless `above` is set. */
export interface SchemaFacts {
  readonly type: string;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** The value is larger than `min`. */
  readonly above?: boolean;
  /** The value is a multiple of this. */
  readonly step?: number;
  readonly default?: unknown;
  readonly description?: string;
}

export type Path = readonly (string | number)[];
/** Returns the value with all defaults filled in; pushes what is wrong with it, and then returns anything. */
export type Read = (value: unknown, path: Path, faults: Fault[]) => unknown;

/** A schema of values that come out as Output, of what may go in as Input. */
export class Schema<out Output, out Input = Output> {
  /** Never there: what a schema's types are asked by. */
  declare readonly types: { readonly output: Output; readonly input: Input };

  constructor(
    /** For schemas made of others. */
    readonly read: Read,
    readonly facts: SchemaFacts,
  ) {}

  /** The value with all defaults filled in, or everything that is wrong with it. */
  check(value: unknown): Checked<Output> {
    const faults: Fault[] = [];
    const read = this.read(value, [], faults) as Output;
    return faults.length === 0 ? { value: read } : { faults };
  }

  /** @throws TypeError naming each fault */
  parse(value: unknown): Output {
    const checked = this.check(value);
    if ("value" in checked) return checked.value;
    throw new TypeError(checked.faults.map(faultText).join("; "));
  }

  /** What stands for a value that is left out. */
  default(value: Output): Schema<Output, Input | undefined> {
    const read: Read = (given, path, faults) =>
      given === undefined ? value : this.read(given, path, faults);
    return new Schema(read, { ...this.facts, default: value });
  }

  nullable(): Schema<Output | null, Input | null> {
    return new Schema(
      (given, path, faults) => (given === null ? null : this.read(given, path, faults)),
      this.facts,
    );
  }

  /** What the value is for, in a few words: the help of a flag. */
  describe(description: string): Schema<Output, Input> {
    return new Schema(this.read, { ...this.facts, description });
  }
}

/** "bits: expected a whole number of at least 1, got 0". */
export function faultText({ path, message, got, unknownKeys }: Fault): string {
  const where = path.length > 0 ? `${path.join(".")}: ` : "";
  return unknownKeys ? `${where}${message}` : `${where}${message}, got ${textOf(got)}`;
}

/** Notes a fault; what is read then does not matter. */
export function fault(faults: Fault[], path: Path, message: string, got: unknown): undefined {
  faults.push({ path, message, got });
}

/** What comes out of a schema: every default filled in. */
export type output<Of extends Schema<unknown, unknown>> = Of["types"]["output"];
/** What may go into it. */
export type input<Of extends Schema<unknown, unknown>> = Of["types"]["input"];

/** JSON where that tells what came. */
function textOf(value: unknown): string {
  return typeof value === "object" && value !== null
    ? (JSON.stringify(value) ?? "?")
    : typeof value === "string"
      ? JSON.stringify(value)
      : String(value);
}
