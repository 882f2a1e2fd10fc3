import type { CodeBlock } from "./documents.js";

/** Commands in a block: of `sh` every line, of `console` those after a "$ ". Without comments, lines that go on joined. */
export function commandsIn({ language, code }: CodeBlock): string[] {
  const joined = code.replace(/\s*\\\n\s*/g, " ");
  const lines = joined.split("\n").flatMap((line) => {
    if (language === "console") return line.startsWith("$ ") ? [line.slice(2)] : [];
    return language === "sh" ? [line] : [];
  });
  return lines.map((line) => line.replace(/(^|\s)#\s.*$/, "").trim()).filter((line) => line !== "");
}

/** The words that the command line gets of a command, up to a pipe; null for another program's. Quotes hold words together. */
export function hebbianWords(command: string): string[] | null {
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3]!);
  if (words[0] === "npx") words.shift();
  if (words[0] !== "hebbian") return null;
  const end = words.findIndex((word) => ["|", ">", "<", "&&", ";"].includes(word));
  return words.slice(1, end < 0 ? undefined : end);
}

/** A flag's value set, whether it was there or not. */
export function withFlag(words: readonly string[], flag: string, value: string): string[] {
  const at = words.indexOf(flag);
  return at < 0 ? [...words, flag, value] : words.with(at + 1, value);
}

/** A command that asks for the same in little time, or can soon be stopped, and for no data that would have to be fetched. */
export function shrunk(words: readonly string[]): string[] {
  const [verb, what = ""] = words;
  let small = [...words];
  if (verb === "train" || verb === "evaluate") {
    if (/omniglot/.test(what)) small = withFlag(small, "--data", "synthetic");
    else if (/images/.test(what)) small = withFlag(small, "--data", "procedural");
  }
  if (verb === "evaluate") small = withFlag(small, "--episodes", "2");
  if (verb === "train" && !words.includes("--resume")) small = withFlag(small, "--checkpoint-every", "1");
  return small;
}

/** What a block of `console` shows below each of its commands, in their order; lines that stand for others ("...") are left out. */
export function shownIn({ language, code }: CodeBlock): string[][] {
  if (language !== "console") return [];
  const shown: string[][] = [];
  for (const line of code.split("\n")) {
    if (line.startsWith("$ ")) shown.push([]);
    else if (line.trim() !== "" && line.trim() !== "...") shown.at(-1)?.push(line);
  }
  return shown;
}

/** Commands that print the same, but for numbers, after little training or with few episodes. */
const steady = ["list", "evaluate", "export", "compile", "kernels"];
/** Commands that always print the same. */
const constant = ["list", "kernels"];

/**
 * Lines that a document shows of a command's output and that are not in it. Where its numbers depend on how much was trained or
 * tested, what stands before a line's first number or gap must be there.
 */
export function notPrinted(words: readonly string[], shown: readonly string[], out: string): string[] {
  const verb = words[0]!;
  if (!steady.includes(verb) || words.includes("--json")) return [];
  const lines = out.split("\n").map((line) => line.trimEnd());
  const isThere = (line: string) =>
    constant.includes(verb)
      ? lines.includes(line)
      : lines.some((printed) => printed.trimStart().startsWith(beginning(line)));
  return shown.filter((line) => !isThere(line));
}

/** "trace zeroed" of "  trace zeroed   121 +- 5.8"; pictures made of characters, which have no words, have none. */
const beginning = (line: string): string =>
  /^[\p{L}\p{P}][^\d]*?(?=\s{2,}|\d|$)/u.exec(line.trim())?.[0] ?? "";
