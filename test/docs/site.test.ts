import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { desktop, keep, phone, servePage, until } from "../web/support.js";

/** The built site, as `npm run docs` leaves it. */
const built = join(import.meta.dirname, "../../dist/docs");
const { visit, browser } = servePage(built);

const screens = [
  ["desktop", desktop],
  ["phone", phone],
] as const;

/** That axe, which is in the page, finds nothing, and that the page is no wider than the screen. */
async function expectUsable(page: Page): Promise<void> {
  const violations = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
    );
  });
  expect(violations).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}

describe.each(screens)("the site on a %s", (name, viewport) => {
  it.each([
    "",
    "overview.html",
    "rules.html",
    "gpus.html",
    "api/lifetime.html",
    "source/src/training/run-ts.html",
  ])("can be read at /%s, in light and in dark", async (path) => {
    const { page, errors } = await visit(viewport, { query: path });
    await page.locator("h1").first().waitFor();
    await page.addScriptTag({ content: axe.source });
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await until(async () =>
        expect(await page.locator("html.dark").count()).toBe(scheme === "dark" ? 1 : 0),
      );
      await expectUsable(page);
      await keep(page, `docs-${path.replace(".html", "").replaceAll("/", "-") || "home"}-${name}-${scheme}`);
    }
    expect(errors).toEqual([]);
  });

  it("trains with a rule that the reader edits, by the library itself", async () => {
    const { page, errors } = await visit(viewport, { query: "rules.html" });
    const editor = page.locator(".live-rule").first();
    const text = editor.locator("textarea");
    await text.waitFor();
    await editor.getByRole("button", { name: "Train with this rule" }).click();
    await editor.locator("path.nonplastic").waitFor({ timeout: 60_000 });
    const [, plastic, plain] = /episodes: ([\d.]+), without plasticity ([\d.]+)/.exec(
      (await editor.locator(".summary").textContent())!,
    )!;
    expect(Number(plastic)).toBeLessThan(3);
    expect(Number(plain)).toBeGreaterThan(5);

    await text.fill((await text.inputValue()).replace("H + eta * pre * (post - pre * H)", "H"));
    await editor.getByRole("button", { name: "Train with this rule" }).click();
    await until(async () => {
      const [, still] = /episodes: ([\d.]+)/.exec((await editor.locator(".summary").textContent())!) ?? [];
      expect(Number(still)).toBeGreaterThan(5);
    });
    expect(await editor.locator("path.former").count()).toBe(1);
    await editor.locator("summary").click();
    await page.addScriptTag({ content: axe.source });
    await expectUsable(page);
    expect(errors).toEqual([]);
    await editor.scrollIntoViewIfNeeded();
    await keep(page, `docs-live-${name}`);
  });

  it("shows a mistake with a caret under it, and trains nothing with it", async () => {
    const { page, errors } = await visit(viewport, { query: "rules.html" });
    const editor = page.locator(".live-rule").first();
    const text = editor.locator("textarea");
    await text.waitFor();
    await text.fill((await text.inputValue()).replace("H + eta", "H + etta"));
    const problem = editor.locator("[role=status].problem");
    await until(async () => expect(await problem.textContent()).toContain('did you mean "eta"?'));
    expect(await problem.locator("pre").textContent()).toBe("H + etta * pre * (post - pre * H)\n    ^");
    expect(await editor.getByRole("button", { name: "Train with this rule" }).isDisabled()).toBe(true);
    await keep(page, `docs-mistake-${name}`);
    await editor.getByRole("button", { name: "Reset" }).click();
    expect(await problem.textContent()).toBe("");
    expect(errors).toEqual([]);
  });

  it("finds what is searched for", async () => {
    const { page, errors } = await visit(viewport, { query: "overview.html" });
    await page
      .getByRole("button", { name: /Search/ })
      .first()
      .click();
    await page.locator("#localsearch-input").fill("linear decay");
    const found = page.locator("#localsearch-list a");
    await found.first().waitFor();
    expect(await found.count()).toBeGreaterThan(1);
    await keep(page, `docs-search-${name}`);
    await found.first().click();
    await until(() => expect(new URL(page.url()).pathname).not.toBe("/overview.html"));
    expect(errors).toEqual([]);
  });
});

it("a rule that wants a signal is checked, and says why it is not trained", async () => {
  const { page } = await visit(desktop, { query: "rules.html" });
  const editor = page.locator(".live-rule").nth(1);
  await editor.locator("textarea").waitFor();
  await until(async () =>
    expect(await editor.locator(".summary").textContent()).toContain("no signal m to give"),
  );
  expect(await editor.getByRole("button", { name: "Train with this rule" }).isDisabled()).toBe(true);
  await editor.locator("summary").click();
  expect(await editor.locator("dl").textContent()).toContain("∂H′ / ∂m");
});

it("the playground is part of the site, and one click away", async () => {
  const { page, errors } = await visit(desktop, { query: "overview.html" });
  await page.getByRole("link", { name: "Playground" }).first().click();
  await page.locator("#remember canvas").first().waitFor();
  expect(errors).toEqual([]);
});

it("every link of every page leads to a page or a file", () => {
  const pages = readdirSync(built, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".html") && !file.startsWith("playground"),
  );
  expect(pages.length).toBeGreaterThan(30);
  const dead: string[] = [];
  for (const file of pages) {
    const html = readFileSync(join(built, file), "utf8");
    for (const [, target] of html.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      const url = new URL(target!.replaceAll("&amp;", "&"), `http://site/${file.replaceAll("\\", "/")}`);
      if (url.host !== "site") continue;
      const path = url.pathname.endsWith("/") ? `${url.pathname}index.html` : url.pathname;
      if (!existsSync(join(built, decodeURIComponent(path)))) dead.push(`${file}: ${target}`);
    }
  }
  expect(dead).toEqual([]);
});

it("asks no other origin for anything", () => {
  expect(browser().strayRequests).toEqual([]);
});
