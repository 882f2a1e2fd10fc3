import type { CDPSession, Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { serve } from "../browser/serve.js";
import {
  built,
  desktop,
  phone,
  pixelsOf,
  remembering,
  section,
  servePage,
  slowWorkers,
  underTheHood,
  until,
} from "./support.js";

/** Faults that the page once had: none of them comes back. */
const { browser, visit } = servePage();
const landscape = { width: 844, height: 390 };

/** A picture file: a white disc on black, as SVG. */
const svg = {
  name: "disc.svg",
  mimeType: "image/svg+xml",
  buffer: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/><circle cx="4.5" cy="4.5" r="2.5" fill="#fff"/></svg>',
  ),
};
/** A finger, as a device has one: the browser decides whether it scrolls. */
async function finger(page: Page, from: { x: number; y: number }, to: { x: number; y: number }) {
  const client: CDPSession = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await send("touchStart", [from]);
  for (let part = 1; part <= 8; part++) {
    await send("touchMove", [
      { x: from.x + ((to.x - from.x) * part) / 8, y: from.y + ((to.y - from.y) * part) / 8 },
    ]);
  }
  await send("touchEnd", []);
}
const middleOf = async (element: Locator) => {
  const { x, y, width, height } = (await element.boundingBox())!;
  return { x: x + width / 2, y: y + height / 2, width, height };
};

describe("a visitor's own picture", () => {
  it("is taken as SVG too, is asked for at once, and is still there after a reload", async () => {
    const { page, errors } = await visit(desktop);
    const remember = await remembering(page);
    await remember.getByRole("button", { name: "Add a picture" }).click();
    await remember.locator("input[type=file]").setInputFiles(svg);
    await until(async () => expect(await remember.locator(".memory").count()).toBe(4));
    expect(
      await remember.getByRole("button", { name: "Ask for picture 4" }).getAttribute("aria-pressed"),
    ).toBe("true");
    const { rgba } = await pixelsOf(remember.locator(".memory canvas").last());
    expect(rgba[4 * (16 * 32 + 16)]).toBeGreaterThan(200);
    await until(() => expect(new URL(page.url()).searchParams.get("pictures")).toContain("~"));
    await page.reload();
    await remembering(page);
    await until(async () => expect(await remember.locator(".memory").count()).toBe(4));
    const again = await pixelsOf(remember.locator(".memory canvas").last());
    expect(Math.abs(again.rgba[4 * (16 * 32 + 16)]! - rgba[4 * (16 * 32 + 16)]!)).toBeLessThan(18);
    expect(errors).toEqual([]);
  });

  it("is asked for whatever the page is about to ask by itself, and stays so when another goes", async () => {
    const { page } = await visit(desktop, { before: slowWorkers });
    const remember = await remembering(page);
    const asked = () =>
      remember
        .locator(".memory .thumb")
        .evaluateAll((all) => all.findIndex((one) => one.getAttribute("aria-pressed") === "true"));
    await remember.getByRole("button", { name: "Add a picture" }).click();
    const own = remember.getByRole("button", { name: "Painted picture 9" });
    for (let time = 0; time < 2; time++) {
      if (time > 0) await remember.getByRole("button", { name: "Play by itself" }).click();
      await remember.locator("[data-error=plastic]").waitFor();
      await own.click();
      // An answer on its way comes 120 ms late, once for each of the calls of a frame.
      await page.waitForTimeout(600);
      expect(await asked()).toBe(3);
      await own.click();
      await until(async () => expect(await remember.locator(".memory").count()).toBe(3));
    }
    await remember.getByRole("button", { name: "Ask for picture 3" }).click();
    await until(async () => expect(await asked()).toBe(2));
    await remember.getByRole("button", { name: "Take picture 1 away" }).click();
    await until(async () => expect(await remember.locator(".memory").count()).toBe(2));
    expect(await asked()).toBe(1);
  });

  it("that is text is refused in words, which go with the next try", async () => {
    const { page } = await visit(desktop);
    const remember = await remembering(page);
    await remember
      .locator("figure")
      .first()
      .evaluate((figure) => {
        const data = new DataTransfer();
        data.setData("text/plain", "hello");
        figure.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
      });
    await remember.getByText("That was text.").waitFor();
    await remember.getByRole("button", { name: "Ask for picture 2" }).click();
    await remember.getByText("That was text.").waitFor({ state: "detached" });
  });

  it("leaves the shelf open to be closed when there are as many as fit", async () => {
    const { page } = await visit(desktop, { query: "?pictures=0,1,2,3,4,5,6,7,8,9,10,11&presentations=1" });
    const remember = await remembering(page);
    await remember.getByRole("button", { name: "Add a picture" }).click();
    const files = [1, 2, 3].map((number) => ({ ...svg, name: `disc${number}.svg` }));
    await remember.locator("input[type=file]").setInputFiles(files);
    await remember.getByText("disc3.svg has no place").waitFor();
    expect(await remember.locator(".memory").count()).toBe(14);
    await remember.getByRole("button", { name: "Done" }).click();
    expect(await remember.locator(".shelf").count()).toBe(0);
  });
});

it("Remember never shows what it makes of one picture beside another, however slow its networks are", async () => {
  const { page, errors } = await visit(desktop, { before: slowWorkers });
  const remember = await remembering(page);
  await remember.locator(".memories").evaluate((element) => element.scrollIntoView());
  await remember.locator("[data-error=plastic]").waitFor();
  const seen = await remember.evaluate(async (section) => {
    const greysOf = (canvas: Element) => {
      const { width, height } = canvas as HTMLCanvasElement;
      return (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height).data;
    };
    const pictures = [...section.querySelectorAll(".memory canvas")].map(greysOf);
    /** Which picture it is, where `left` says that something is left: what is gone has a colour. */
    const nearest = (canvas: Uint8ClampedArray, left: Uint8ClampedArray) => {
      const far = pictures.map((picture) =>
        picture.reduce(
          (sum, red, k) => (k % 4 === 0 && left[k] === left[k + 2] ? sum + Math.abs(red - canvas[k]!) : sum),
          0,
        ),
      );
      return far.indexOf(Math.min(...far));
    };
    const pairs: [question: number, answer: number][] = [];
    const until = Date.now() + 40_000;
    while (Date.now() < until && new Set(pairs.map(([question]) => question)).size < 3) {
      await new Promise(requestAnimationFrame);
      const question = greysOf(section.querySelector(".panels .eraser canvas")!);
      const answer = greysOf(section.querySelector(".panel.plastic canvas")!);
      pairs.push([nearest(question, question), nearest(answer, question)]);
    }
    return pairs;
  });
  expect(new Set(seen.map(([question]) => question)).size).toBe(3);
  expect(seen.filter(([question, answer]) => question !== answer)).toEqual([]);
  expect(errors).toEqual([]);
});

describe("fingers", () => {
  it("that scroll past a picture take nothing away, and those that brush across it do", async () => {
    const { page } = await visit(phone);
    const remember = await remembering(page);
    await remember.getByRole("button", { name: "Ask for picture 1" }).tap();
    const eraser = remember.locator(".panels .eraser canvas");
    await eraser.evaluate((canvas) => canvas.scrollIntoView({ block: "center" }));
    await until(async () =>
      expect((await pixelsOf(eraser)).rgba).toEqual(
        (await pixelsOf(remember.locator(".memory canvas").first())).rgba,
      ),
    );
    const whole = await pixelsOf(eraser);
    const { x, y, width } = await middleOf(eraser);
    await finger(page, { x, y: y + 60 }, { x, y: y - 60 });
    await page.waitForTimeout(300);
    expect((await pixelsOf(eraser)).rgba).toEqual(whole.rgba);
    const now = await middleOf(eraser);
    await finger(page, { x: now.x - width / 3, y: now.y }, { x: now.x + width / 3, y: now.y });
    await until(async () => expect((await pixelsOf(eraser)).rgba).not.toEqual(whole.rgba));
  });

  it("that draw a wall do not scroll", async () => {
    const { page } = await visit(phone);
    const explore = await section(page, "explore");
    await until(async () =>
      expect(Number(await explore.locator("[data-time]").textContent())).toBeGreaterThan(0),
    );
    await explore.getByRole("button", { name: "draw walls" }).tap();
    const maze = explore.locator("[data-who=plastic] canvas");
    await maze.evaluate((canvas) => canvas.scrollIntoView({ block: "center" }));
    const before = await middleOf(maze);
    const { x, y, height } = before;
    await finger(page, { x, y: y + height / 3 }, { x, y: y - height / 3 });
    await page.waitForTimeout(300);
    expect(await middleOf(maze)).toEqual(before);
  });

  it("and keys race the agent", async () => {
    const { page, errors } = await visit(phone);
    const explore = await section(page, "explore");
    await explore.getByRole("button", { name: "Race it yourself" }).tap();
    await explore.getByText("Your move").waitFor();
    const steps = async () =>
      Number(/(\d+) : \d+/.exec((await explore.locator(".says").textContent())!)?.[1] ?? -1);
    const yours = explore.locator("[data-who=other] canvas");
    await yours.evaluate((canvas) => canvas.scrollIntoView({ block: "center" }));
    const { x, y } = await middleOf(yours);
    await finger(page, { x, y }, { x: x - 60, y });
    await until(async () => expect(await steps()).toBe(0));
    await explore.locator("[data-who=other] [role=application]").focus();
    await page.keyboard.press("ArrowUp");
    await explore.getByText("of 5 found").first().waitFor();
    await explore.getByRole("button", { name: "Just watch" }).tap();
    await until(async () =>
      expect(Number(await explore.locator("[data-time]").textContent())).toBeGreaterThan(3),
    );
    expect(errors).toEqual([]);
  });
});

describe("the page", () => {
  it("opens at the section that its address names, also one that needs another's network", async () => {
    const { page, errors } = await visit(desktop, { query: "#look-inside" });
    await page.locator("#look-inside [data-synapse]").waitFor();
    expect(errors).toEqual([]);
  });

  it("says so where the browser refuses to copy, and shows what was to be copied", async () => {
    const { page } = await visit(desktop);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
    });
    const remember = await section(page, "remember");
    await underTheHood(remember);
    await remember.getByRole("button", { name: "Copy as code" }).click();
    await remember.getByText("does not let the page copy").waitFor();
    expect(await remember.getByLabel("The program").inputValue()).toContain(
      "hebbian-models/images.safetensors",
    );
  });

  it("makes a small GIF of what stands still", async () => {
    const { page } = await visit(desktop, { reducedMotion: true });
    const remember = await remembering(page);
    await underTheHood(remember);
    const saving = page.waitForEvent("download");
    await remember.getByRole("button", { name: "GIF" }).click();
    const { size } = await (await saving)
      .path()
      .then(async (path) => (await import("node:fs")).statSync(path));
    expect(size).toBeLessThan(600_000);
  });

  it("fits mazes and pad on a phone that lies on its side", async () => {
    const { page } = await visit(landscape);
    const explore = await section(page, "explore");
    for (const canvas of [
      page.locator("#draw canvas").first(),
      explore.locator("[data-who=plastic] canvas"),
    ]) {
      expect((await canvas.boundingBox())!.height).toBeLessThan(landscape.height);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(landscape.width);
  });

  it.each([
    ["a desktop", desktop],
    ["a phone", phone],
  ])(
    "does not move under its visitor while it comes, nor as one scrolls through it, on %s",
    async (_, screen) => {
      const { page } = await visit(screen);
      await page.evaluate(() => {
        const shifts = { sum: 0, what: [] as string[] };
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & {
            value: number;
            hadRecentInput: boolean;
            sources: { node: Element | null }[];
          })[]) {
            if (entry.hadRecentInput) continue;
            shifts.sum += entry.value;
            shifts.what.push(
              `${entry.value.toFixed(4)} ${entry.sources.map(({ node }) => node?.closest?.("section")?.id)}`,
            );
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.locator("#look-inside").waitFor();
      for (const id of await page.locator("main section[id]").evaluateAll((all) => all.map(({ id }) => id))) {
        await section(page, id);
        await page.waitForTimeout(1500);
      }
      const { sum, what } = await page.evaluate(
        () => (globalThis as unknown as { shifts: { sum: number; what: string[] } }).shifts,
      );
      expect(sum, what.join("; ")).toBeLessThan(0.02);
    },
  );

  it("follows redirects within its scope, with and without its service worker", async () => {
    const server = await serve(built, false, {}, { "/old": "/", "/drawn": "/?seed=7" });
    try {
      const context = await browser().chromium.newContext();
      const page = await context.newPage();
      for (const path of ["old", "drawn"]) {
        await page.goto(`${server.url}${path}`);
        await page.locator("#draw").waitFor();
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
      }
      expect(new URL(page.url()).search).toBe("?seed=7");
      expect(await page.evaluate(async () => (await fetch("./old")).status)).toBe(200);
      await context.close();
    } finally {
      server.stop();
    }
  });

  it("fills up until it breaks while its pictures are off the screen", async () => {
    const { page } = await visit(phone);
    const remember = await remembering(page);
    const button = remember.getByRole("button", { name: "Add pictures until it breaks" });
    await button.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await button.tap();
    await until(async () => {
      expect(await remember.locator(".memory").count()).toBeGreaterThan(5);
      expect(await remember.locator(".fill.low").count()).toBe(1);
    }, 120_000);
  });
});
