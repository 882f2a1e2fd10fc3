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
