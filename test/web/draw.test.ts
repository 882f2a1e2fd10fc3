import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { desktop, keep, phone, servePage, until } from "./support.js";

const { visit } = servePage();

const stageOf = (page: Page) => page.locator("#draw");
const phase = (page: Page) => stageOf(page).locator("[data-phase]").getAttribute("data-phase");
const reaches = (page: Page, wanted: string) =>
  until(async () => expect(await phase(page)).toBe(wanted), 60_000);
const stillOf = (page: Page) => stageOf(page).locator(".still canvas");

const screens = [
  ["a desktop", desktop],
  ["a phone", phone],
] as const;

describe.each(screens)("the first screen, on %s", (name, viewport) => {
  it("tells its story by itself: drawn, looked at once, half gone, and back", async () => {
    const { page, errors } = await visit(viewport);
    await reaches(page, "healed");
    const whole = await stageOf(page).locator("[data-wrong]").getAttribute("data-wrong");
    expect(Number(whole)).toBeLessThan(0.01);
    expect(Number(await stageOf(page).locator("[data-still]").getAttribute("data-still"))).toBeGreaterThan(
      0.05,
    );
    // All of the story is on the first screen.
    const box = (await stillOf(page).boundingBox())!;
    expect(box.y + box.height).toBeLessThan(viewport.height);
    const asked = await page.evaluate(() => performance.getEntriesByType("resource").length);
    expect(asked).toBeLessThan(12);
    expect(errors).toEqual([]);
    await keep(page, `draw-${name.replace("a ", "")}`);
  });
});
