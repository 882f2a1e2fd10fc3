import axe from "axe-core";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  coloursIn,
  desktop,
  difference,
  keep,
  type Pixels,
  phone,
  pixelsOf,
  remembering,
  section,
  servePage,
  underTheHood,
  until,
} from "./support.js";

const { visit } = servePage();

const errorOf = async (page: Page, key: string) =>
  Number((await page.locator(`[data-error=${key}]`).textContent())!.replace("error ", ""));
const canvasOf = (page: Page, name: string): Locator => page.locator(`#remember .panel${name} canvas`);

/** Waits until the network has been shown its pictures and is asked; then takes the lower half away by hand. */
async function takeHalf(page: Page) {
  await remembering(page);
  await page.getByRole("button", { name: "Ask for picture 2" }).click();
  await page.getByRole("button", { name: "Lower half away" }).click();
}

/**
 * In the section Your own rule, over 1,500 lives: how far cells are from what they should look like where it is said that all is back.
 * A lit cell is as far from a dark one as 484, and an unlit one from a dark one as 333.
 */
async function backButNotSeen(section: Element): Promise<number[]> {
  const cells = (canvas: Element) =>
    (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 7, 7).data;
  const far: number[] = [];
  const lives = () => Number(section.querySelector("[data-episodes]")!.getAttribute("data-episodes"));
  while (lives() < 1500) {
    await new Promise(requestAnimationFrame);
    for (const figure of section.querySelectorAll(".memory figure")) {
      if (figure.querySelector("figcaption")!.textContent!.trim() !== "All of it is back") continue;
      const [shown, , restored] = [...figure.querySelectorAll("canvas")].map(cells);
      for (let k = 25; k < 49; k++) {
        let sum = 0;
        for (let c = 0; c < 3; c++) sum += Math.abs(restored![4 * k + c]! - shown![4 * k + c]!);
        if (sum > 250) far.push(sum);
      }
    }
  }
  return far;
}

const screens = [
  ["a desktop", desktop],
  ["a phone", phone],
] as const;

describe.each(screens)("on %s", (name, viewport) => {
  it("remembers: what is brushed away is restored by the plastic network, and by no other", async () => {
    const { page, errors } = await visit(viewport);
    await takeHalf(page);
    await until(async () => {
      const [plastic, still, plainRnn] = await Promise.all(
        ["plastic", "still", "plain"].map((key) => errorOf(page, key)),
      );
      expect(plastic).toBeLessThan(0.06);
      expect(still).toBeGreaterThan(2 * plastic!);
      expect(plainRnn).toBeGreaterThan(1.5 * plastic!);
    });
    const original = await pixelsOf(page.locator("#remember .memory canvas").nth(1));
    const [left, plastic, still] = await Promise.all(
      ["", ".plastic", ".still"].map((panel) => pixelsOf(canvasOf(page, panel).first())),
    );
    // Above, all show what was given; below there is nothing left, and the networks differ in what they make of it.
    expect(difference(left!, original, [0, 16])).toBe(0);
    expect(coloursIn({ ...left!, rgba: left!.rgba.slice(4 * 32 * 17) })).toBeLessThanOrEqual(3);
    expect(difference(plastic!, original, [17, 32])).toBeLessThan(
      0.6 * difference(still!, original, [17, 32]),
    );
    expect(errors).toEqual([]);
    await keep(page.locator("#remember"), `remember-${name.replace("a ", "")}`);
  });

  it("explores: the agent finds the goal, its memory is frozen and wiped, walls are drawn, the goal moved", async () => {
    const { page, errors } = await visit(viewport);
    const explore = await section(page, "explore");
    const maze = explore.locator("[data-who=plastic] canvas");
    await explore.getByLabel("Steps a second").fill("60");
    // Paused well within an episode: the next one begins with a fresh trace.
    await until(async () => {
      expect(Number(await explore.locator("[data-found=plastic]").textContent())).toBeGreaterThan(2);
      expect(Number(await explore.locator("[data-time]").textContent())).toBeLessThan(150);
    });
    await explore.getByRole("button", { name: "Pause" }).click();
    const trace = explore.locator(".trace canvas");
    expect(coloursIn(await pixelsOf(trace))).toBeGreaterThan(30);

    const freeze = explore.getByRole("button", { name: "Freeze its memory" });
    await freeze.click();
    await until(async () => expect(await freeze.getAttribute("aria-pressed")).toBe("true"));
    // A step shows when its answer has come.
    const time = async () => Number(await explore.locator("[data-time]").textContent());
    const steps = async (count: number) => {
      const before = await time();
      const step = explore.getByRole("button", { name: "Step", exact: true });
      for (let k = 0; k < count; k++) await step.click();
      await until(async () => expect(await time()).toBe(before + count));
    };
    await steps(2);
    const frozen = await pixelsOf(trace);
    await steps(2);
    expect((await pixelsOf(trace)).rgba).toEqual(frozen.rgba);
    // While nothing moves, what is wiped is seen to be gone.
    await explore.getByRole("button", { name: "Wipe its memory" }).click();
    await until(async () => expect(coloursIn(await pixelsOf(trace))).toBe(1));

    // A wall where there was none. Agent and goal, where none can be, are in two of these cells at most.
    await explore.getByRole("button", { name: "draw walls" }).click();
    await maze.scrollIntoViewIfNeeded();
    const cells = [1, 3, 7].map((column) => [column, 1] as const);
    const { width } = (await maze.boundingBox())!;
    const at = ([x, y]: readonly [number, number]) => ({
      x: (width * (x + 0.5)) / 11,
      y: (width * (y + 0.5)) / 11,
    });
    for (const cell of cells) await maze.click({ position: at(cell) });
    const colourAt = ({ rgba }: Pixels, [x, y]: readonly [number, number]) => {
      const first = 4 * ((40 * y + 4) * 440 + 40 * x + 35);
      return rgba.slice(first, first + 3);
    };
    await until(async () => {
      const pixels = await pixelsOf(maze);
      expect(cells.map((cell) => colourAt(pixels, cell))).toContainEqual([47, 42, 58]);
    });
    await explore.getByRole("button", { name: "move the reward" }).click();
    for (const cell of [
      [9, 9],
      [1, 9],
    ] as const)
      await maze.click({ position: at(cell) });
    await explore.getByText("The reward moved").waitFor();
    expect(errors).toEqual([]);
    await keep(explore, `explore-${name.replace("a ", "")}`);
  });

  it("shows its insides: matrices, a pixel's field, a connection's arithmetic and its past", async () => {
    const { page, errors } = await visit(viewport);
    await remembering(page);
    const inside = await section(page, "look-inside");
    await inside.locator("[data-synapse]").waitFor();
    const matrices = inside.locator(".matrices canvas");
    for (let k = 0; k < 4; k++) expect(coloursIn(await pixelsOf(matrices.nth(k)))).toBeGreaterThan(60);
    const fields = inside.locator(".fields canvas");
    const field = await pixelsOf(fields.nth(2));
    await inside.locator(".point").hover({ position: { x: 20, y: 20 } });
    await until(async () => expect((await pixelsOf(fields.nth(2))).rgba).not.toEqual(field.rgba));

    const first = await inside.locator("[data-synapse]").getAttribute("data-synapse");
    await fields.nth(0).click({ position: { x: 45, y: 20 } });
    await until(async () =>
      expect(await inside.locator("[data-synapse]").getAttribute("data-synapse")).not.toBe(first),
    );
    // w + alpha * H, with the numbers on the page.
    const text = (await inside.locator(".equation").textContent())!.replaceAll("−", "-");
    const [w, alpha, H, sum] = [...text.matchAll(/-?\d+\.\d+/g)].map(([number]) => Number(number));
    expect(Math.abs(w! + alpha! * H! - sum!)).toBeLessThan(3e-4);

    await inside.getByLabel("Time").fill("0");
    await until(async () => expect(coloursIn(await pixelsOf(matrices.nth(2)))).toBe(1));
    expect(errors).toEqual([]);
    await keep(inside, `look-inside-${name.replace("a ", "")}`);
  });

  it("trains with a rule that somebody types, and shows where it is wrong", async () => {
    const { page, errors } = await visit(viewport, { isolation: true });
    const own = await section(page, "your-own-rule");
    const update = own.getByLabel("The trace's next value");
    await own.getByText("What else you may write").click();
    await own.getByText("∂H′ / ∂pre").waitFor();
    await update.fill("(1 - eta) * H + eta * pre * tahn(post)");
    await own.getByText(/unknown function "tahn"/).waitFor();
    const [formula, caret] = (await own.locator("pre").textContent())!.split("\n");
    expect(formula!.slice(caret!.indexOf("^"))).toMatch(/^tahn/);
    await update.fill("(1 - eta) * H + eta * pre * tanh(post)");
    await until(async () => expect(await own.locator("dd").allTextContents()).toContain("eta * tanh(post)"));
    // A third box takes what else a rule needs.
    const more = own.getByLabel("What the rule has beside these two");
    await more.fill("theta per post <- 0.9 * theta + pots");
    await own.getByText(/unknown name "pots"/).waitFor();
    const [line, mark] = (await own.locator("pre").textContent())!.split("\n");
    expect(line!.slice(mark!.indexOf("^"))).toBe("pots");
    await more.fill("theta per post <- 0.9 * theta + 0.1 * post * post");
    await own.getByText("theta is kept for nobody").waitFor();
    await until(() => expect(new URL(page.url()).searchParams.get("more")).toContain("theta per post"));
    await more.fill("");
    const stop = own.getByRole("button", { name: "Stop" });
    const train = own.getByRole("button", { name: "Train with this rule" });
    // Training that began by itself may end while we reach for the button.
    const rest = async () => {
      if (await stop.isVisible()) await stop.click({ timeout: 1000 }).catch(() => {});
      await train.waitFor();
    };
    await rest();
    await train.click();
    expect(await own.evaluate(backButNotSeen)).toEqual([]);
    const error = async () => Number.parseFloat((await own.locator("[data-episodes] b").textContent())!);
    await until(async () => {
      expect(Number(await own.locator("[data-episodes]").getAttribute("data-episodes"))).toBeGreaterThan(
        1500,
      );
      expect(await error()).toBeLessThan(10);
    });
    await rest();
    // What it remembers meanwhile, and a card of it all.
    expect(Number(await own.locator("[data-memory]").getAttribute("data-memory"))).toBeGreaterThan(0);
    const carding = page.waitForEvent("download");
    await own.getByRole("button", { name: "Save its card" }).click();
    expect((await carding).suggestedFilename()).toBe("my-rule.png");
    await underTheHood(own);
    const saving = page.waitForEvent("download");
    await own.getByRole("button", { name: "Model" }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe("hebbian-rule.safetensors");
    expect(errors).toEqual([]);
    await keep(own, `your-own-rule-${name.replace("a ", "")}`);
  });

  it("has no obstacle for anybody, by day and by night", async () => {
    const { page } = await visit(viewport);
    await page.locator("#look-inside").waitFor();
    for (const id of await page.locator("main section[id]").evaluateAll((all) => all.map(({ id }) => id)))
      await section(page, id);
    await page.locator("#look-inside [data-synapse]").waitFor();
    for (const id of ["name-it", "gestures"]) {
      const pad = (await section(page, id)).locator("[role=application]");
      await pad.waitFor();
    }
    await page.getByRole("button", { name: "Add a picture" }).click();
    for (const menu of await page.locator("details.tools summary").all()) await menu.click();
    await page.evaluate(axe.source);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(),
      );
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120))}`,
      );
      expect(found, colorScheme).toEqual([]);
    }
  });
});
