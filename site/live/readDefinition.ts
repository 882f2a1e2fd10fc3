import type { RuleDefinition } from "../../src/rules/index.js";

/** A text that is no rule definition: what is wrong, and where in the text. */
export class DefinitionError extends Error {
  override name = "DefinitionError";
  constructor(
    readonly problem: string,
    readonly at: number,
  ) {
    super(problem);
  }
}

/**
 * The definition in `defineRule({ ... })`, read and not run: objects, strings and numbers, with comments. Throws a
 * DefinitionError where anything else stands.
 */
export function readDefinition(code: string): RuleDefinition {
  const call = /\bdefineRule\s*\(/.exec(code);
  if (!call) throw new DefinitionError("expected defineRule({ ... })", 0);
  const reader = new Reader(code, call.index + call[0].length);
  const value = reader.value();
  reader.expect(")");
  for (const [part, kind] of Object.entries(parts)) {
    const got = (value as { [key: string]: Literal })[part];
    if (kind.endsWith("?") && got === undefined) continue;
    if (typeof got !== kind.replace("?", "")) {
      const wanted = kind.startsWith("object") ? "{ ... }" : "text in quotes";
      throw new DefinitionError(`expected the part ${part}: ${wanted}`, call.index);
    }
  }
  return value as unknown as RuleDefinition;
}

/** What the parts of a definition are; what is in them is the library's to check. */
const parts: Readonly<Record<string, "string" | "object" | "string?" | "object?">> = {
  name: "string",
  source: "string?",
  traces: "object",
  params: "object?",
  signals: "object?",
  reads: "object?",
  weight: "string",
  update: "object",
};

type Literal = string | number | { [key: string]: Literal };

/** Reads one literal; spaces and comments may stand between any two of its parts. */
class Reader {
  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  value(): Literal {
    this.skip();
    const next = this.text[this.at];
    if (next === "{") return this.object();
    if (next === '"' || next === "'" || next === "`") return this.string(next);
    return this.number();
  }

  expect(character: string): void {
    this.skip();
    if (this.text[this.at] !== character) this.fail(`expected ${character}`);
    this.at++;
  }

  private object(): Literal {
    const fields: { [key: string]: Literal } = Object.create(null);
    this.expect("{");
    for (;;) {
      this.skip();
      if (this.text[this.at] === "}") break;
      const start = this.at;
      const key = this.key();
      if (key in fields) this.fail(`${key} stands here twice`, start);
      this.expect(":");
      fields[key] = this.value();
      this.skip();
      if (this.text[this.at] === "}") break;
      if (this.text[this.at] !== ",") this.fail("expected , or }");
      this.at++;
    }
    this.at++;
    return { ...fields };
  }

  private key(): string {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") return this.string(quote);
    return this.match(/[\p{L}_$][\p{L}\p{N}_$]*/uy, "expected a name");
  }

  private number(): number {
    const text = this.match(
      /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y,
      "expected {, a number or text in quotes",
    );
    return Number(text);
  }

  private string(quote: string): string {
    const start = this.at++;
    let read = "";
    for (; this.text[this.at] !== quote; this.at++) {
      const character = this.text[this.at];
      if (character === undefined || (character === "\n" && quote !== "`"))
        this.fail(`the text that begins here has no end`, start);
      if (character === "\\") this.fail("no backslash may stand in the text");
      read += character;
    }
    this.at++;
    return read;
  }

  private match(pattern: RegExp, problem: string): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) this.fail(problem);
    this.at += found[0].length;
    return found[0];
  }

  private skip(): void {
    const spaces = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    spaces.lastIndex = this.at;
    this.at += spaces.exec(this.text)![0].length;
  }

  private fail(problem: string, at = this.at): never {
    throw new DefinitionError(problem, at);
  }
}
