import { readFileSync } from "node:fs";

/** A block of code in a document, fenced by ```. */
export interface CodeBlock {
  /** The line that its first line of code is on, from 1. */
  readonly line: number;
  /** What stands behind the fence: "ts", "sh"; empty for one that is nothing of the kind. */
  readonly language: string;
  readonly code: string;
  /** What comments before it tell the tests, in order: `<!-- not run: why -->` is ["not run", "why"]. */
  readonly notes: readonly (readonly [name: string, text: string])[];
}

const FENCE = /^(`{3,})\s*(\S*)\s*$/;
const NOTE = /^<!--\s*([a-z][a-z ]*?)(?::\s*([\s\S]*?))?\s*-->$/;

/** A document's blocks of code, in order. A note belongs to the block that follows it with nothing in between. */
export function codeBlocks(text: string): CodeBlock[] {
  const lines = text.split("\n");
  const blocks: CodeBlock[] = [];
  let notes: [string, string][] = [];
  for (let k = 0; k < lines.length; k++) {
    const fence = FENCE.exec(lines[k]!);
    if (fence) {
      const end = lines.findIndex((line, at) => at > k && line.trim() === fence[1]);
      if (end < 0) throw new Error(`line ${k + 1}: a block of code without an end`);
      const code = lines.slice(k + 1, end).join("\n");
      blocks.push({ line: k + 2, language: fence[2]!, code, notes });
      k = end;
      notes = [];
      continue;
    }
    if (lines[k]!.startsWith("<!--")) {
      const end = lines.findIndex((line, at) => at >= k && line.includes("-->"));
      const note = NOTE.exec(
        lines
          .slice(k, end + 1)
          .join("\n")
          .trim(),
      );
      if (note) notes.push([note[1]!, note[2] ?? ""]);
      k = end;
    } else if (lines[k]!.trim() !== "") notes = [];
  }
  return blocks;
}

/** A document without its blocks of code and its code within lines: what is prose. */
function prose(text: string): string {
  return text
    .replace(/^(`{3,})[\s\S]*?^\1\s*$/gm, "")
    .replace(/`[^`\n]*`/g, (code) => " ".repeat(code.length));
}

/** Where a document's links and pictures lead, as they are written. */
export function linksIn(text: string): string[] {
  const links = [...prose(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map((m) => m[1]!);
  const attributes = [...prose(text).matchAll(/\b(?:src|href)="([^"]+)"/g)].map((m) => m[1]!);
  return [...links, ...attributes];
}

/** The anchors that a document's headings can be reached by. */
export function anchorsIn(text: string): string[] {
  const seen = new Map<string, number>();
  return [...text.replace(/^(`{3,})[\s\S]*?^\1\s*$/gm, "").matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(
    ([, title]) => {
      const anchor = title!
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-");
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    },
  );
}

/** Links that lead nowhere: relative ones to what is not there, and anchors that no heading has. */
export function deadLinks(
  documents: readonly string[],
  at: (path: string) => string,
  exists: (path: string) => boolean,
): string[] {
  return documents.flatMap((document) => {
    const text = readFileSync(at(document), "utf8");
    return linksIn(text).flatMap((link) => {
      if (/^[a-z][a-z+.-]*:/i.test(link)) return [];
      const { pathname, hash } = new URL(link, `file:///${document}`);
      const path = decodeURIComponent(pathname).slice(1);
      if (!exists(path.replace(/\/$/, ""))) return [`${document}: ${link}`];
      if (hash === "" || !path.endsWith(".md")) return [];
      const anchors = anchorsIn(readFileSync(at(path), "utf8"));
      return anchors.includes(decodeURIComponent(hash.slice(1))) ? [] : [`${document}: ${link}`];
    });
  });
}
