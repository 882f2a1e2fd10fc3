/** A code block that begins with the name of a file. */
const moduleBlock = /^```ts\n(\/\/ (\w+\.ts)\n[\s\S]*?)^```$/gm;

/** The modules of a page, by file name. */
export const modulesOf = (page: string): ReadonlyMap<string, string> =>
  new Map([...page.matchAll(moduleBlock)].map(([, code, name]) => [name!, code!]));

/** The page with an editor around every module that defines a rule; without JavaScript the code stays what it was. */
export function withLiveRules(page: string): string {
  return page.replace(moduleBlock, (block, code: string) =>
    /\bdefineRule\(\{/.test(code)
      ? `<LiveRule code="${inAttribute(code.trimEnd())}">\n\n${block}\n\n</LiveRule>`
      : block,
  );
}

const inAttribute = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\n", "&#10;");
