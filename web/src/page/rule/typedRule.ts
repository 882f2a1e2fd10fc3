import type { RuleDefinition } from "hebbian/rules";

/** A rule as somebody types it. */
export interface TypedRule {
  readonly weight: string;
  readonly H: string;
  /** What it has beside these two, a line each; see `linesOf`. */
  readonly more: string;
  /** Where eta begins; learned from there. */
  readonly eta: number;
}

/** A line that says what else there is, and where in it the formula stands. */
export interface RuleLine {
  readonly kind: "trace" | "read" | "constant";
  readonly name: string;
  /** How often it differs: one for each connection, for each neuron at one end, or one in all. */
  readonly per: "connection" | "pre" | "post" | "layer";
  /** The formula, or the number. */
  readonly formula: string;
  readonly at: number;
  readonly text: string;
}

/** What is wrong with a line, and where in it. */
export class LineError extends Error {
  constructor(
    readonly problem: string,
    readonly text: string,
    readonly column: number,
  ) {
    super(problem);
  }
}

const EXAMPLES =
  "expected “theta per post <- …” for a trace, “recalled per post = sum(…)” for a read, or “tau = 0.1” for a constant";
const LINE = /^(\s*)([A-Za-z_]\w*)(\s*)(?:(per\s+)(\w+)\s*)?(<-|←|=)(\s*)(.*?)\s*$/;
/** What the page has lines and boxes of its own for. */
const ITS_OWN: Readonly<Record<string, string>> = {
  H: "H has a line of its own, above",
  eta: "eta begins where its number below says",
};

/**
 * The lines of a text: `theta per post <- formula` is a trace of each receiver (without `per`: of each connection), that begins
 * at 0; `recalled per post = sum(formula)` a read; `tau = 0.1` a constant that is learned from there. Throws a LineError.
 */
export function linesOf(more: string): RuleLine[] {
  return more.split("\n").flatMap((text) => (text.trim() === "" ? [] : [lineOf(text)]));
}

function lineOf(text: string): RuleLine {
  const match = LINE.exec(text);
  if (!match) throw new LineError(EXAMPLES, text, text.search(/\S/));
  const [, indent, name, gap, per = "", rate, sign, space, rest] = match as unknown as string[];
  const column = indent!.length;
  if (Object.hasOwn(ITS_OWN, name!)) throw new LineError(ITS_OWN[name!]!, text, column);
  const where = text.indexOf(sign!, column + name!.length) + sign!.length + space!.length;
  const atRate = column + name!.length + gap!.length + per.length;
  const neurons = rate === "pre" || rate === "post" ? rate : null;
  if (rate !== undefined && !neurons)
    throw new LineError(
      `expected “per pre”, for each sender, or “per post”, for each receiver`,
      text,
      atRate,
    );
  if (rest === "") throw new LineError(`nothing follows; ${EXAMPLES}`, text, where - space!.length);
  if (sign !== "=") {
    return { kind: "trace", name: name!, per: neurons ?? "connection", formula: rest!, at: where, text };
  }
  const sum = /^(sum\s*\(\s*)(.*?)\s*\)$/.exec(rest!);
  if (sum) {
    if (!neurons) {
      const cure = `say for whom it sums: “${name} per post = …” over all that send to a neuron, “per pre” over all that it sends to`;
      throw new LineError(cure, text, column + name!.length);
    }
    return { kind: "read", name: name!, per: neurons, formula: sum[2]!, at: where + sum[1]!.length, text };
  }
  if (!Number.isFinite(Number(rest))) {
    const cure = `expected a number, or “sum(…)”; for what changes with time write “${name} <- …”`;
    throw new LineError(cure, text, where);
  }
  return { kind: "constant", name: name!, per: neurons ?? "layer", formula: rest!, at: where, text };
}

/** The rule that was typed, not yet checked. Throws a LineError. */
export function definitionOf({ weight, H, more, eta }: TypedRule): RuleDefinition {
  const lines = linesOf(more);
  const of = <T>(kind: RuleLine["kind"], entry: (line: RuleLine) => T): Record<string, T> => {
    const found: Record<string, T> = {};
    for (const line of lines.filter((each) => each.kind === kind)) {
      if (Object.hasOwn(found, line.name))
        throw new LineError(`${line.name} is there already`, line.text, line.text.indexOf(line.name));
      found[line.name] = entry(line);
    }
    return found;
  };
  const neurons = (line: RuleLine) => line.per as "pre" | "post";
  const reads = of("read", (line) => ({ per: neurons(line), sum: line.formula }));
  // Addresses from before reads could be named know this one.
  const known = lines.some(({ name }) => name === "recalled") || !`${H} ${more}`.includes("recalled");
  return {
    name: "yours",
    traces: {
      H: 0,
      ...of("trace", (line) => (line.per === "connection" ? 0 : { per: neurons(line), init: 0 })),
    },
    params: {
      eta: { per: "layer", init: eta },
      ...of("constant", (line) => ({ per: line.per, init: Number(line.formula) })),
    },
    reads: { ...(!known && { recalled: { per: "post" as const, sum: "pre * H" } }), ...reads },
    weight,
    update: { H, ...of("trace", (line) => line.formula) },
  };
}
