import jsep from "jsep";
import { FormulaError, quote } from "./errors.js";

export const MAX_LENGTH = 4096;
/** Deepest nesting of parentheses, calls and operators; a sum of n terms nests n - 1 deep. */
export const MAX_DEPTH = 128;

/** The part of jsep's parser class that is used here; its published types leave the class out. */
interface Scanner {
  index: number;
  readonly expr: string;
  readonly char: string;
  gobbleSpaces(): void;
  gobbleExpression(): jsep.Expression;
  gobbleBinaryExpression(): jsep.Expression;
  gobbleBinaryOp(): string | false;
  gobbleToken(): jsep.Expression;
  gobbleTokenProperty(node: jsep.Expression): jsep.Expression;
  gobbleGroup(): jsep.Expression;
  throwError(message: string): never;
}
const { Jsep } = jsep as unknown as { Jsep: new (text: string) => Scanner };

const OPERATORS = new Set(["+", "-", "*", "/"]);

/** What to write instead, for things that people bring along from papers and programming languages. */
const CURES: ReadonlyMap<string, string> = new Map([
  ["^", "write a power as a product, x * x"],
  ["**", "write a power as a product, x * x"],
  ["=", "a formula is only the right-hand side of an equation"],
  ["<", "write less(a, b)"],
  [">", "write less(b, a)"],
  ["<=", "write 1 - less(b, a)"],
  [">=", "write 1 - less(a, b)"],
  ["?", "write where(condition, a, b)"],
  [".", "there is no member access"],
  ["[", "there are no arrays and indices; a formula is about one connection"],
  ["(", "write a product with *, as in 2 * (a + b)"],
  ["\u2212", "write minus as -"],
  ["\u00b7", "write a product with *"],
  ["\u00d7", "write a product with *"],
]);

/** `; ` and what to write instead of a character or operator, if there is something. */
export function cureFor(found: string): string {
  const cure = CURES.get(found);
  return cure === undefined ? "" : `; ${cure}`;
}

/**
 * jsep's parser, kept to the language of formulas. What jsep would read and formulas lack (strings, arrays, member
 * access, comparisons, several expressions in a row) is refused where it stands. A subclass, since jsep's
 * own configuration is one global object that a host program may use for itself.
 */
class Syntax extends Jsep {
  /** Where in the text each node begins. */
  readonly columns = new Map<jsep.Expression, number>();
  private depth = 0;

  refuse(expected: string): never {
    const character = String.fromCodePoint(this.expr.codePointAt(this.index) ?? 0);
    const found = this.index < this.expr.length ? quote(character) : "the end of the formula";
    throw new FormulaError(`expected ${expected}, got ${found}${cureFor(character)}`, this.expr, this.index);
  }

  /** jsep's own complaints: after the overrides below, only those about the digits of a number are left. */
  override throwError(message: string): never {
    throw new FormulaError(
      `not a number: ${message}; write numbers as 2, 0.5 or 1e-3, and products as 2 * x`,
      this.expr,
      this.index,
    );
  }

  override gobbleExpression(): jsep.Expression {
    const node = this.gobbleBinaryExpression();
    this.gobbleSpaces();
    return node;
  }

  override gobbleBinaryOp(): string | false {
    const operator = super.gobbleBinaryOp();
    if (operator && !OPERATORS.has(operator)) {
      const column = this.index - operator.length;
      const cure = cureFor(operator) || "; comparisons are less(a, b), conditions where(condition, a, b)";
      throw new FormulaError(
        `expected one of the operators + - * /, got ${quote(operator)}${cure}`,
        this.expr,
        column,
      );
    }
    return operator;
  }

  override gobbleToken(): jsep.Expression {
    this.gobbleSpaces();
    const start = this.index;
    if (++this.depth > MAX_DEPTH) throw tooDeep(this.expr, start);
    const operand = `a number, a name, a function call or "("`;
    if (`"'[!~`.includes(this.char)) this.refuse(operand);
    const node = super.gobbleToken();
    if (!node) this.refuse(operand);
    this.depth--;
    if (!this.columns.has(node)) this.columns.set(node, start);
    return node;
  }

  /** A call, where a parenthesis follows a name. */
  override gobbleTokenProperty(node: jsep.Expression): jsep.Expression {
    const group = this.expr[this.index - 1] === ")";
    this.gobbleSpaces();
    if (this.char === "." || this.char === "[") this.refuse("an operator");
    if (this.char !== "(") return node;
    if (node.type !== "Identifier" || group) this.refuse("an operator");
    this.index++;
    return this.gobbleTokenProperty({ type: "CallExpression", callee: node, arguments: this.list() });
  }

  override gobbleGroup(): jsep.Expression {
    this.index++;
    const node = this.gobbleExpression();
    if (this.char !== ")") this.refuse(`an operator or ")"`);
    this.index++;
    return node;
  }

  /** Arguments up to and including the closing parenthesis. */
  private list(): jsep.Expression[] {
    const args: jsep.Expression[] = [];
    this.gobbleSpaces();
    while (args.length > 0 || this.char !== ")") {
      args.push(this.gobbleExpression());
      if (this.char === ")") break;
      if (this.char !== ",") this.refuse(`an operator, "," or ")"`);
      this.index++;
    }
    this.index++;
    return args;
  }
}

export const tooDeep = (text: string, column: number): FormulaError =>
  new FormulaError(`expected at most ${MAX_DEPTH} levels of nesting; split the formula in two`, text, column);

/** A syntax tree as jsep makes it, and where each of its nodes begins in the text. Throws `FormulaError`. */
export function readSyntax(text: string): { root: jsep.Expression; columns: Map<jsep.Expression, number> } {
  if (text.length > MAX_LENGTH) {
    throw new FormulaError(
      `expected a formula of at most ${MAX_LENGTH} characters, got ${text.length}; split it in two`,
      text,
      MAX_LENGTH,
    );
  }
  const syntax = new Syntax(text);
  const root = syntax.gobbleExpression();
  if (syntax.index < text.length) syntax.refuse("an operator or the end of the formula");
  return { root, columns: syntax.columns };
}
