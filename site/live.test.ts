import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkRule } from "./live/checkRule.js";
import { modulesOf, withLiveRules } from "./live.js";
import { root } from "./paths.js";

const page = readFileSync(join(root, "docs/rules.md"), "utf8");

describe("docs/rules.md on the site", () => {
  it("has the module that its live examples train with", () => {
    expect(modulesOf(page).get("train.ts")).toContain(
      "export async function train(rule: Rule, episodes: number)",
    );
  });

  it("has every rule that it defines in an editor, which finds nothing wrong with it", () => {
    const live = withLiveRules(page);
    const codes = [...live.matchAll(/<LiveRule code="([^"]*)">/g)].map(([, code]) => code!);
    const defined = [...page.matchAll(/^export const \w+ = defineRule\(\{/gm)];
    expect(codes.length).toBe(defined.length);
    expect(codes.length).toBeGreaterThanOrEqual(2);
    for (const code of codes) {
      const text = code
        .replaceAll("&#10;", "\n")
        .replaceAll("&gt;", ">")
        .replaceAll("&lt;", "<")
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&");
      expect(page).toContain(text);
      expect(checkRule(text)).toMatchObject({ ok: true });
    }
  });

  it("shows the same code where there is no JavaScript", () => {
    const without = withLiveRules(page).replace(/<LiveRule code="[^"]*">\n\n|\n\n<\/LiveRule>/g, "");
    expect(without).toBe(page);
  });
});
