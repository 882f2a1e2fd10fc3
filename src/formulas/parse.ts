import { didYouMean, FormulaError, quote } from "./errors.js";
import { arity, callable, isCallable, signatures } from "./signatures.js";
import { call, type Formula, type FunctionName, name, nextName, number } from "./tree.js";

export const MAX_LENGTH = 4096;
/** Deepest nesting of parentheses, calls and operators; a sum of n terms nests n - 1 deep. */
export const MAX_DEPTH = 128;

/** Operators by how tightly they bind, loosest first; those of a line group from the left. */
const OPERATORS: readonly Readonly<Record<string, FunctionName>>[] = [
  { "+": "add", "-": "sub" },
  { "*": "mul", "/": "div" },
];

/** What to write instead, for things that people bring along from papers and programming languages. */
const CURES: Readonly<Record<string, string>> = {
  "^": "write a power as a product, x * x",
  "**": "write a power as a product, x * x",
  "=": "a formula is only the right-hand side of an equation",
  "<": "write less(a, b)",
  ">": "write less(b, a)",
  "<=": "write 1 - less(b, a)",
  ">=": "write 1 - less(a, b)",
  "?": "write where(condition, a, b)",
  ".": "there is no member access",
  "[": "there are no arrays and indices; a formula is about one connection",
  "(": "write a product with *, as in 2 * (a + b)",
  "\u2212": "write minus as -",
  "\u00b7": "write a product with *",
  "\u00d7": "write a product with *",
};
/** `; ` and what to write instead of a character or operator, if there is something. */
const cureFor = (found: string): string => (Object.hasOwn(CURES, found) ? `; ${CURES[found]}` : "");

const SPACES = /[ \t\n\r]*/y;
const DIGITS = /(?:\d+\.?\d*|\.\d+)/y;
const EXPONENT = /[eE][+-]?/y;
/** Taken whole, with characters that no name may have, so that an error can name the one that is wrong. */
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const ODD_IN_WORD = /[^\p{L}\p{N}_]/u;
/** Operators of programming languages that formulas lack. */
const FOREIGN = /\*\*|\|\|?|&&?|\?\?|\^|[=!]==?|<<|>>>?|[<>]=?|%/y;
/** Words that mean something in JavaScript and would be confusing as names. */
const RESERVED = new Set(["true", "false", "null", "this"]);

const OPERAND = `a number, a name, a function call or "("`;

/**
 * Reads a formula: numbers, names, calls of the known functions, `+ - * /`, signs and parentheses, nothing else.
 * Products bind tighter than sums, signs tighter than products; operators of one kind group from the left. `next(H)` is a
 * name of its own.
 *
 * @throws FormulaError with the text and the column of the first thing that is wrong.
 */
export function parseFormula(text: string): Formula {
  if (text.length > MAX_LENGTH) {
    const problem = `expected a formula of at most ${MAX_LENGTH} characters, got ${text.length}; split it in two`;
    throw new FormulaError(problem, text, MAX_LENGTH);
  }
  return new Parser(text).formula();
}

/** A part of a formula, and how deeply it nests. */
interface Part {
  readonly tree: Formula;
  readonly height: number;
}

/** Reads by recursive descent, a method for each kind of part; each begins and ends after any spaces. */
class Parser {
  #at = 0;
  /** The leftmost thing that is well-formed and yet wrong: told if the form of all is right. */
  #fault: FormulaError | null = null;

  constructor(private readonly text: string) {}

  formula(): Formula {
    this.#take(SPACES);
    const { tree } = this.#sum(0);
    if (this.#at < this.text.length) this.#refuse("an operator or the end of the formula");
    if (this.#fault) throw this.#fault;
    return tree;
  }

  /** Operands joined by operators that bind at least as tightly as those of `level`. */
  #sum(depth: number, level = 0): Part {
    const operators = OPERATORS[level];
    if (!operators) return this.#operand(depth);
    let left = this.#sum(depth, level + 1);
    for (;;) {
      const foreign = this.#peek(FOREIGN);
      if (foreign !== null) this.#refuseOperator(foreign);
      const sign = this.#here();
      const fn = operators[sign];
      if (fn === undefined) return left;
      this.#step();
      const right = this.#sum(depth, level + 1);
      left = this.#above(call(fn, left.tree, right.tree), left, right);
    }
  }

  #operand(depth: number): Part {
    const start = this.#at;
    if (depth > MAX_DEPTH) throw this.#tooDeep(start);
    const part = this.#signed(depth) ?? this.#number() ?? this.#word(depth) ?? this.#group(depth);
    if (!part) this.#refuse(OPERAND);
    this.#take(SPACES);
    if (this.#here() !== "" && ".[(".includes(this.#here())) this.#refuse("an operator");
    return part;
  }

  #signed(depth: number): Part | null {
    const sign = this.#here();
    if (sign !== "-" && sign !== "+") return null;
    this.#step();
    const inner = this.#operand(depth + 1);
    const { tree } = inner;
    if (sign === "+") return inner;
    // A number with signs is one number; -0 is not written as a number, so that print need not know it.
    const isNumber = tree.kind === "number" && tree.value !== 0;
    return this.#above(isNumber ? number(-tree.value) : call("neg", tree), inner);
  }

  #number(): Part | null {
    const start = this.#at;
    if (this.#take(DIGITS) === null) return null;
    if (this.#take(EXPONENT) !== null && this.#take(/\d+/y) === null)
      this.#refuseNumber("the exponent is missing");
    if (this.#peek(WORD) !== null) this.#refuseNumber("a name cannot begin with a digit");
    if (this.#here() === ".") this.#refuseNumber("a point too many");
    const digits = this.text.slice(start, this.#at);
    const value = Number(digits);
    if (!Number.isFinite(value)) {
      this.#note(`expected a number that float64 can hold, got ${quote(digits)}`, start);
    }
    return { tree: number(value), height: 0 };
  }

  /** A name, or a call, where a parenthesis follows it. */
  #word(depth: number): Part | null {
    const start = this.#at;
    const word = this.#take(WORD);
    if (word === null) return null;
    this.#take(SPACES);
    if (this.#here() === "(" && !RESERVED.has(word)) return this.#call(word, start, depth);
    this.#checkName(word, start);
    return { tree: name(word), height: 0 };
  }

  #call(fn: string, start: number, depth: number): Part {
    const args: Part[] = [];
    this.#step();
    while (args.length > 0 || this.#here() !== ")") {
      args.push(this.#sum(depth + 1));
      if (this.#here() === ")") break;
      if (this.#here() !== ",") this.#refuse(`an operator, "," or ")"`);
      this.#step();
    }
    this.#at++;
    const [first] = args;
    if (fn === "next" && args.length === 1 && first?.tree.kind === "name") {
      return { tree: name(nextName(first.tree.name)), height: 0 };
    }
    if (!this.#checkFunction(fn, args.length, start)) return { tree: name(fn), height: 0 };
    return this.#above(call(fn, ...args.map(({ tree }) => tree)), ...args);
  }

  #group(depth: number): Part | null {
    if (this.#here() !== "(") return null;
    this.#step();
    const part = this.#sum(depth + 1);
    if (this.#here() !== ")") this.#refuse(`an operator or ")"`);
    this.#at++;
    return part;
  }

  #checkName(word: string, start: number): void {
    const odd = word.search(ODD_IN_WORD);
    if (odd >= 0) {
      const character = String.fromCodePoint(word.codePointAt(odd)!);
      const expected = "expected a name of letters, digits and _";
      this.#note(`${expected}, got ${quote(character)} in it${cureFor(character)}`, start + odd);
    } else if (isCallable(word)) {
      this.#note(`expected a name, got the function ${word}; write ${signature(word)}`, start);
    } else if (RESERVED.has(word)) {
      this.#note(`expected a number, a name or a function call, got ${quote(word)}`, start);
    }
  }

  #checkFunction(fn: string, given: number, start: number): fn is FunctionName {
    if (fn === "next") {
      this.#note(`expected next(trace), the next value of a trace by its name`, start);
      return false;
    }
    if (!isCallable(fn)) {
      const hint = didYouMean(fn, callable) || "; write a product with *";
      this.#note(`unknown function ${quote(fn)}, expected one of ${callable.join(", ")}${hint}`, start);
      return false;
    }
    if (given !== arity(fn)) {
      this.#note(`expected ${signature(fn)}, got ${given} argument${given === 1 ? "" : "s"}`, start);
    }
    return true;
  }

  /** Chains such as a + b + c... nest deeply without a parenthesis; whatever takes a formula recurses. */
  #above(tree: Formula, ...parts: readonly Part[]): Part {
    const height = 1 + Math.max(...parts.map((part) => part.height));
    if (height > MAX_DEPTH) throw this.#tooDeep(0);
    return { tree, height };
  }

  /** The character here; none at the end. */
  #here(): string {
    return this.text.charAt(this.#at);
  }
  /** Goes on after this character and the spaces that follow it. */
  #step(): void {
    this.#at++;
    this.#take(SPACES);
  }
  /** The text that matches here, if any; `take` goes on after it. */
  #peek(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.text)?.[0] ?? null;
  }
  #take(pattern: RegExp): string | null {
    const found = this.#peek(pattern);
    if (found !== null) this.#at += found.length;
    return found;
  }

  #note(problem: string, column: number): void {
    if (this.#fault && this.#fault.column <= column) return;
    this.#fault = new FormulaError(problem, this.text, column);
  }

  #refuse(expected: string): never {
    const character = String.fromCodePoint(this.text.codePointAt(this.#at) ?? 0);
    const found = this.#at < this.text.length ? quote(character) : "the end of the formula";
    throw new FormulaError(`expected ${expected}, got ${found}${cureFor(character)}`, this.text, this.#at);
  }

  #refuseOperator(found: string): never {
    const cure = cureFor(found) || "; comparisons are less(a, b), conditions where(condition, a, b)";
    const problem = `expected one of the operators + - * /, got ${quote(found)}${cure}`;
    throw new FormulaError(problem, this.text, this.#at);
  }

  #refuseNumber(why: string): never {
    const problem = `not a number: ${why}; write numbers as 2, 0.5 or 1e-3, and products as 2 * x`;
    throw new FormulaError(problem, this.text, this.#at);
  }

  #tooDeep(column: number): FormulaError {
    const problem = `expected at most ${MAX_DEPTH} levels of nesting; split the formula in two`;
    return new FormulaError(problem, this.text, column);
  }
}

const signature = (fn: FunctionName): string => `${fn}(${signatures[fn].args.join(", ")})`;
