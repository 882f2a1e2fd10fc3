import { describe, expect, it } from "vitest";
import { titleOf, withReferenceLinks, withSiteLinks } from "./links.js";

/** The text as a page at `path`, and the files that it links to. */
function turned(text: string, path = "docs/walk.md") {
  const met: string[] = [];
  const page = withSiteLinks(text, path, (file, { kind }) => met.push(`${kind} ${file}`));
  return { page, met };
}

describe("links of a document", () => {
  it("lead to pages, with their anchors, from wherever the document lies", () => {
    expect(turned("[a](math.md#which-h-on-the-way-back)").page).toBe("[a](/math#which-h-on-the-way-back)");
    expect(turned("[a](docs/rules.md)", "README.md").page).toBe("[a](/rules)");
    expect(turned("[a](../../bench/README.md)", "docs/decisions/003-engine-measurements.md").page).toBe(
      "[a](/benchmark)",
    );
    expect(turned("[a](decisions/)", "docs/design.md").page).toBe("[a](/decisions/)");
    expect(turned("[a](../examples/README.md)").page).toBe("[a](/examples/README)");
  });

  it("lead to a page with the text of a program, and to files as they are", () => {
    const { page, met } = turned(
      "[run](../src/training/run.ts), [layers](../src/layers), ![](results/images/restored.png)",
    );
    expect(page).toBe(
      "[run](/source/src/training/run-ts), [layers](/source/src/layers), ![](/files/docs/results/images/restored.png)",
    );
    expect(met).toEqual([
      "source src/training/run.ts",
      "source src/layers",
      "file docs/results/images/restored.png",
    ]);
  });

  it("may have code in their text, or run over two lines", () => {
    expect(turned("[`plan`](../src/devices/episode/plan.ts)").page).toBe(
      "[`plan`](/source/src/devices/episode/plan-ts)",
    );
    expect(turned("[the\nplan](design.md)").page).toBe("[the\nplan](/design)");
  });

  it("stay as they are in code, within a page, and to other places", () => {
    for (const text of [
      "`[a](b.md)`",
      "```md\n[a](b.md)\n```\n",
      "[a](#b)",
      "[a](https://example.org/b.md)",
    ]) {
      expect(turned(text)).toEqual({ page: text, met: [] });
    }
  });

  it("to nothing are an error that names page and link", () => {
    expect(() => turned("[a](no/such.md)")).toThrow(
      "docs/walk.md links to no/such.md: there is no docs/no/such.md",
    );
  });
});

it("links of the reference lead from file to file, namespaces too", () => {
  expect(withReferenceLinks("[a](rules.md#rule) [b](training/README.md#adam)", "index.md")).toBe(
    "[a](/api/rules#rule) [b](/api/training#adam)",
  );
  expect(withReferenceLinks("[a](namespaces/z.md#x) [b](../rules.md)", "training/README.md")).toBe(
    "[a](/api/training-z#x) [b](/api/rules)",
  );
  expect(withReferenceLinks("[a](../README.md#adam)", "training/namespaces/z.md")).toBe(
    "[a](/api/training#adam)",
  );
});

it("a page is called by its first heading", () => {
  expect(titleOf("text\n# The `walk`, *again*\n# Another\n")).toBe("The walk, again");
  expect(titleOf("no heading")).toBe("");
});
