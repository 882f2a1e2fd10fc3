import { join, posix } from "node:path";
import { type Address, addressOf } from "./addresses.js";

const fenced = /(^```[\s\S]*?^```)/m;
/** Code within a line, in which nothing is a link; else a link or a picture, whose text may hold code. */
const codeOrLink = /`[^`\n]+`|(!?\[(?:[^\]\\]|\\.)*\]\()([^()\s]+)(\))/g;

/**
 * A page's text with its links to the repository's files turned into links of the site. `path` is the page's own, from the
 * repository's root; `met` hears of every file that is linked.
 * Throws an Error that names the page and the link for a link to nothing.
 */
export function withSiteLinks(
  text: string,
  path: string,
  met: (file: string, address: Address) => void,
): string {
  const turned = (whole: string, before?: string, target = "", after = ""): string => {
    if (before === undefined || /^(https?:|mailto:|#|\/)/.test(target)) return whole;
    const [file, anchor = ""] = target.split(/(?=#)/);
    const linked = posix.normalize(posix.join(posix.dirname(path), file!));
    let address: Address;
    try {
      address = addressOf(linked);
    } catch (error) {
      throw new Error(`${path} links to ${target}: ${(error as Error).message}`);
    }
    met(linked, address);
    return `${before}${address.url}${anchor}${after}`;
  };
  return text
    .split(fenced)
    .map((part, k) => (k % 2 === 1 ? part : part.replace(codeOrLink, turned)))
    .join("");
}

/**
 * The page of what typedoc wrote to a file: "training.md", "training/README.md" where there is a namespace in it, and
 * "training/namespaces/z.md".
 */
export const referenceUrl = (file: string): string =>
  `/api/${file.replace(/\/README\.md$|\.md$/, "").replace("/namespaces/", "-")}`;

/** A text of typedoc's with its links to others of its files turned into links of the site. */
export const withReferenceLinks = (text: string, file: string): string =>
  text.replace(
    /\]\(([\w./-]+\.md)(#[^)]*)?\)/g,
    (_, target: string, anchor = "") =>
      `](${referenceUrl(posix.normalize(posix.join(posix.dirname(file), target)))}${anchor})`,
  );

/** The first heading of a page, without marks. */
export function titleOf(text: string): string {
  return (/^# (.+)$/m.exec(text)?.[1] ?? "").replace(/[`*]/g, "").trim();
}

export const inPages = (pages: string, url: string): string =>
  join(pages, `${url.endsWith("/") ? `${url}index` : url}.md`);
