import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { drawingFromCode } from "../../web/src/page/draw/drawingCode.js";
import {
  beforeAnswers,
  desktop,
  holdsWorkers,
  mouseStroke,
  type Path,
  section,
  servePage,
  underTheHood,
  until,
} from "./support.js";

/** An answer of a worker takes its time, and nobody waits for it: whatever a visitor chooses meanwhile holds. */
const { browser, visit } = servePage();
const visiting = (query = "", reducedMotion = false) =>
  visit(desktop, { before: holdsWorkers, query, reducedMotion });

const corner: Path = [
  [0.2, 0.3],
  [0.8, 0.3],
  [0.8, 0.8],
];
const across: Path = [
  [0.1, 0.3],
  [0.9, 0.3],
];
const draw = (page: Page, pad: Locator, stroke: Path) => mouseStroke(page, pad, stroke, 8);

/** Share of a canvas whose red is more than a limit, of 255. */
const brighter = (canvas: Locator, limit: number) =>
  canvas.evaluate((element, least) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
    return data.filter((red, k) => k % 4 === 0 && red > least).length / (width * height);
  }, limit);

describe("on the first screen", () => {
  const begun = async () => {
    const { page, errors } = await visiting("", true);
    const stage = page.locator("#draw");
    const reaches = (phase: string) => stage.locator(`[data-phase=${phase}]`).waitFor({ state: "attached" });
    await reaches("healed");
    return {
      ...{ page, errors, stage, reaches, pad: stage.locator("[role=application]") },
      button: (name: string) => stage.getByRole("button", { name, exact: true }),
    };
  };

  it("the first stroke draws, though the network has not yet forgotten; and none is rubbed out while it looks", async () => {
    const { page, errors, reaches, pad, button } = await begun();
    await beforeAnswers(page, async () => {
      await button("Give me the pen").click();
      await draw(page, pad, corner);
    });
    expect(await button("Let it look, once").isEnabled()).toBe(true);
    await beforeAnswers(page, async () => {
      await button("Let it look, once").click();
      await reaches("looking");
      await draw(page, pad, across);
    });
    await reaches("whole");
    const code = await until(() => {
      const drawn = new URL(page.url()).searchParams.get("drawn");
      expect(drawn).not.toBeNull();
      return drawn!;
    });
    // What lies there is what it has looked at; between its squares light is less bright.
    const ink = drawingFromCode(code)!.reduce((sum, pixel) => sum + pixel, 0) / 841;
    expect(await brighter(pad.locator("canvas"), 170)).toBeGreaterThan(0.6 * ink);
    expect(errors).toEqual([]);
  });

  it("what was forgotten is not seen again, nor what was found out about it", async () => {
    const { page, errors, stage, reaches, pad, button } = await begun();
    await button("Give me the pen").click();
    const known = async () => {
      await draw(page, pad, corner);
      await button("Let it look, once").click();
      await reaches("whole");
    };
    await known();
    const memory = stage.locator(".memory canvas");
    expect(await brighter(memory, 90)).toBeGreaterThan(0.01);
    await beforeAnswers(page, async () => {
      await memory.hover({ position: { x: 90, y: 70 } });
      await button("Forget all").click();
    });
    expect(await brighter(memory, 90)).toBe(0);
    await known();
    await beforeAnswers(page, async () => {
      await button("How many can go?").click();
      await button("Forget all").click();
    });
    expect(await stage.locator(".cutting svg").count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

it("a code that is typed while the network is on its way is the one that it looks at", async () => {
  const { page, errors } = await visiting("", true);
  await page.locator("#look-inside").waitFor();
  const code = await section(page, "code");
  const look = code.getByRole("button", { name: "Let it look, once" });
  await beforeAnswers(page, async () => {
    await look.click();
    await code.getByRole("textbox").fill("https://example.org/another");
  });
  expect(await code.locator("[data-phase]").getAttribute("data-phase")).toBe("new");
  await look.click();
  await code.locator("[data-phase=whole]").waitFor();
  await code.getByRole("button", { name: "Erase half" }).click();
  await code.locator("[data-phase=healed]").waitFor();
  expect(Number(await code.locator("[data-wrong]").getAttribute("data-wrong"))).toBeLessThan(9);
  expect(errors).toEqual([]);
});

it("Name it keeps what a visitor draws, what it may name, and what it is to forget", async () => {
  const { page, errors } = await visiting();
  const arrived = async () => {
    const game = await section(page, "name-it");
    await game.locator("[role=application]").waitFor();
    return section(page, "name-it");
  };
  const game = await arrived();
  const sheet = game.locator("[role=application]");
  const button = (name: string) => game.getByRole("button", { name });
  const strokes = () => sheet.locator("[data-strokes]").getAttribute("data-strokes");
  const said = () => game.locator("[data-said]").getAttribute("data-said");

  await beforeAnswers(page, async () => {
    await button("Let the page draw “house” again").click();
    await draw(page, sheet, corner);
  });
  expect(await strokes()).toBe("1");

  await button("Let the page draw “fish” again").click();
  await until(async () => expect(await said()).toContain("fish"));
  await beforeAnswers(page, async () => {
    await button("Forget “heart”").click();
    await draw(page, sheet, corner);
    expect(await said()).not.toContain("“");
  });
  expect(await game.locator("[data-name]").count()).toBe(2);

  await button("Clear").click();
  await button("Teach it a word").click();
  await draw(page, sheet, corner);
  await game.getByLabel("What is it called?").fill("corner");
  await beforeAnswers(page, async () => {
    await button("Remember it").click();
    await button("Begin anew").click();
  });
  await game.getByText("It has forgotten them").waitFor();
  await page.reload();
  await arrived();
  expect(
    await game
      .locator("[data-name]")
      .evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.name)),
  ).toEqual(["heart", "house", "fish"]);
  expect(errors).toEqual([]);
});

it("a stroke that was drawn before the switch was on moves nothing", async () => {
  const { page } = await visiting("", true);
  const play = await section(page, "gestures");
  await play.locator("[role=application]").waitFor();
  await section(page, "gestures");
  const from = await page.evaluate(() => scrollY);
  await beforeAnswers(page, async () => {
    await draw(page, play.locator("[role=application]"), [
      [0.5, 0.15],
      [0.5, 0.85],
    ]);
    await play.getByRole("button", { name: "Switch it on" }).click();
  });
  expect(await play.locator("[data-acted]").getAttribute("data-acted")).toBe("0");
  expect(await page.evaluate(() => scrollY)).toBe(from);
});

it("Remember keeps its address, and what is asked for while it begins anew", async () => {
  const { page, errors } = await visiting("?pictures=4,5,6");
  let remember = page.locator("#remember");
  await page.locator("#look-inside").waitFor();
  await beforeAnswers(page, async () => {
    remember = await section(page, "remember");
    await remember.getByLabel("Times that each picture is shown").fill("1");
  });
  await remember.getByRole("button", { name: "Lower half away" }).click();
  await remember.locator("[data-error=plastic]").waitFor();
  await until(() => expect(new URL(page.url()).searchParams.get("presentations")).toBe("1"));
  expect(new URL(page.url()).searchParams.get("pictures")).toBe("4,5,6");
  const asked = () =>
    remember
      .locator(".memory .thumb")
      .evaluateAll((all) => all.findIndex((one) => one.getAttribute("aria-pressed") === "true"));
  const ask = (picture: number) =>
    remember.getByRole("button", { name: `Ask for picture ${picture}` }).click();
  await beforeAnswers(page, async () => {
    await remember.locator(".memory").first().hover();
    await remember.getByRole("button", { name: "Take picture 1 away" }).click();
    await ask(2);
  });
  expect([await remember.locator(".memory").count(), await asked()]).toEqual([2, 1]);
  await underTheHood(remember);
  await beforeAnswers(page, async () => {
    await remember.getByRole("button", { name: "Reset" }).click();
    await ask(3);
  });
  await until(async () => expect(await remember.locator(".memory").count()).toBe(3));
  expect(await asked()).toBe(2);
  await remember.getByRole("button", { name: "Play by itself" }).waitFor();
  expect(errors).toEqual([]);
});

it("an address that names a section does not take somebody there who is busy with another by then", async () => {
  const { page: first } = await visit(desktop);
  const context = await browser().chromium.newContext({ viewport: desktop, serviceWorkers: "block" });
  try {
    const page = await context.newPage();
    let comes = () => {};
    const held = new Promise<void>((resolve) => (comes = resolve));
    await page.route("**/LookInside*.js", async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${new URL(first.url()).origin}/#look-inside`);
    await page.locator("#your-own-rule").waitFor();
    await page.mouse.click(700, 300);
    comes();
    await page.locator("#look-inside").waitFor();
    await page.waitForTimeout(500);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  } finally {
    await context.close();
  }
});
