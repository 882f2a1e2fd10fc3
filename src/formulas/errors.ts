/** Characters of a long formula shown on either side of the caret. */
const SHOWN = 60;

/**
 * What is wrong with a formula, and where. The message holds the problem, then the formula's line, then a caret:
 *
 *     unknown function "tahn", expected one of ...; did you mean "tanh"?
 *       tahn(pre) * post
 *       ^
 */
export class FormulaError extends Error {
  override readonly name = "FormulaError";
  /** The problem alone: what was found, what was expected, and the cure. */
  readonly problem: string;
  /** The text that the caret points into. */
  readonly formula: string;
  /** Index of the culprit in `formula`, from 0, in UTF-16 units; `formula.length` where something is missing. */
  readonly column: number;

  constructor(problem: string, formula: string, column: number, options?: ErrorOptions) {
    super(`${problem}\n${excerpt(formula, column)}`, options);
    this.problem = problem;
    this.formula = formula;
    this.column = column;
  }

  /** The same error, its problem preceded by where the formula stands, e.g. `rule "oja", update of H`. */
  at(place: string): FormulaError {
    return new FormulaError(`${place}: ${this.problem}`, this.formula, this.column, { cause: this });
  }
}

/** The line of the formula that holds the column, cut to a width fit for a terminal, and the caret below it. */
function excerpt(formula: string, column: number): string {
  const lineStart = formula.lastIndexOf("\n", column - 1) + 1;
  const newline = formula.indexOf("\n", column);
  const lineEnd = newline < 0 ? formula.length : newline;
  const from = Math.max(lineStart, column - SHOWN);
  const to = Math.min(lineEnd, column + SHOWN);
  const before = from > lineStart ? "..." : "";
  const after = to < lineEnd ? "..." : "";
  // A tab or another control character would move the caret away from its character.
  const shown = formula.slice(from, to).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
  return `  ${before}${shown}${after}\n  ${" ".repeat(before.length + column - from)}^`;
}

/** Quotes what a user wrote for a message, cut short if long. */
export function quote(text: string): string {
  const cut = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return `"${cut.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")}"`;
}

/** `; did you mean "eta"?` if a candidate is a slip or two away from the word, else nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  let best = "";
  let bestDistance = Math.min(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best && `; did you mean "${best}"?`;
}

/** What is said of a name that there is not: `there is no option "etta"; there are lr, eta; did you mean "eta"?` */
export const noSuch = (what: string, name: string, names: readonly string[]): string =>
  `there is no ${what} "${name}"; there are ${names.join(", ")}${didYouMean(name, names)}`;

/** What was given, as an error shows it: a text in quotes, what holds others by its kind. */
export function shownGiven(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (Damerau). */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}

const WORDS = /[\d.]+(?:[eE][+-]?\d+)?|next\s*\(\s*[\p{L}\p{N}_]+\s*\)|[\p{L}_][\p{L}\p{N}_]*/gu;

/** Where a name first stands in a formula's text, or 0. */
export function columnOfName(formula: string, name: string): number {
  for (const word of formula.matchAll(WORDS)) if (word[0].replace(/\s/g, "") === name) return word.index;
  return 0;
}
