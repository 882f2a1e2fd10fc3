import { FormulaError } from "./errors.js";
import { arity, isCallable } from "./signatures.js";
import { call, type Formula, type FunctionName, name, nextName, number } from "./tree.js";

/** Most characters that a formula may have. */
export const MAX_LENGTH = 4096;
/** Deepest nesting of parentheses, calls and operators; a sum of n terms nests n - 1 deep. */
export const MAX_DEPTH = 128;

/** Operators by how tightly they bind, loosest first; those of a line group from the left. */
const OPERATORS: readonly Readonly<Record<string, FunctionName>>[] = [
  { "+": "add", "-": "sub" },
  { "*": "mul", "/": "div" },
];

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

/** What may be wrong with a formula, and what its words are made of. */
export interface Problems {
  "too long": [length: number];
  "too deep": [];
  "not a number": [why: string];
  "too large a number": [digits: string];
  /** `found` is empty at the end of the text. */
  unexpected: [expected: string, found: string];
  "unknown operator": [found: string];
  "odd character in a name": [found: string];
  "a function without arguments": [fn: FunctionName];
  "a reserved word": [word: string];
  "next of no name": [];
  "unknown function": [fn: string];
  "wrong number of arguments": [fn: FunctionName, given: number];
}

/** Says what is wrong: `briefWords`, or as parse.ts does to those who write formulas. */
export type Words = <K extends keyof Problems>(problem: K, ...about: Problems[K]) => string;

/** For formulas that a program wrote, such as those in a model file: no advice can help there. */
export const briefWords: Words = (problem, ..._) => problem;

/**
 * Reads a formula, as `parseFormula` does. What is wrong is said in these words.
 * @throws FormulaError with the text and the column of the first thing that is wrong
 */
export function readFormula(text: string, words: Words): Formula {
  if (text.length > MAX_LENGTH) throw new FormulaError(words("too long", text.length), text, MAX_LENGTH);
  return new Reader(text, words).formula();
}

/** A part of a formula, and how deeply it nests. */
interface Part {
  readonly tree: Formula;
  readonly height: number;
}

/** Reads by recursive descent, a method for each kind of part; each begins and ends after any spaces. */
class Reader {
  #at = 0;
  /** The leftmost thing that is well-formed and yet wrong: told if the form of all is right. */
  #fault: FormulaError | null = null;

  constructor(
    private readonly text: string,
    private readonly words: Words,
  ) {}

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
      if (foreign !== null) throw this.#error(this.#at, "unknown operator", foreign);
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
    if (depth > MAX_DEPTH) throw this.#error(start, "too deep");
    const part = this.#signed(depth) ?? this.#number() ?? this.#word(depth) ?? this.#group(depth);
    if (!part) this.#refuse('a number, a name, a function call or "("');
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
    if (!Number.isFinite(value)) this.#note(start, "too large a number", digits);
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
    if (odd >= 0) this.#note(start + odd, "odd character in a name", characterAt(word, odd));
    else if (isCallable(word)) this.#note(start, "a function without arguments", word);
    else if (RESERVED.has(word)) this.#note(start, "a reserved word", word);
  }

  #checkFunction(fn: string, given: number, start: number): fn is FunctionName {
    if (fn === "next") this.#note(start, "next of no name");
    else if (!isCallable(fn)) this.#note(start, "unknown function", fn);
    else {
      if (given !== arity(fn)) this.#note(start, "wrong number of arguments", fn, given);
      return true;
    }
    return false;
  }

  /** Chains such as a + b + c... nest deeply without a parenthesis; whatever takes a formula recurses. */
  #above(tree: Formula, ...parts: readonly Part[]): Part {
    const height = 1 + Math.max(...parts.map((part) => part.height));
    if (height > MAX_DEPTH) throw this.#error(0, "too deep");
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

  #error<K extends keyof Problems>(column: number, problem: K, ...about: Problems[K]): FormulaError {
    return new FormulaError(this.words(problem, ...about), this.text, column);
  }

  #note<K extends keyof Problems>(column: number, problem: K, ...about: Problems[K]): void {
    if (this.#fault && this.#fault.column <= column) return;
    this.#fault = this.#error(column, problem, ...about);
  }

  #refuse(expected: string): never {
    throw this.#error(this.#at, "unexpected", expected, characterAt(this.text, this.#at));
  }

  #refuseNumber(why: string): never {
    throw this.#error(this.#at, "not a number", why);
  }
}

/** The character there, of one code unit or two; none at the end. */
const characterAt = (text: string, at: number): string => [...text.slice(at, at + 2)][0] ?? "";
