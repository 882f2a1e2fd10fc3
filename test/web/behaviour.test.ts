import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../../src/lifetime/index.js";
import {
  artefacts,
  coloursIn,
  desktop,
  difference,
  phone,
  pixelsOf,
  remembering,
  section,
  servePage,
  underTheHood,
  until,
} from "./support.js";

/** How long the page runs before its memory is looked at again; 30 minutes with HEBBIAN_LEAK_MINUTES=30. */
const LEAK_MINUTES = Number(process.env.HEBBIAN_LEAK_MINUTES ?? 0.2);

/** How often memory is looked at within that time. */
const PARTS = LEAK_MINUTES < 1 ? 2 : 6;

const { browser, visit } = servePage();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-web-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Measures, in MB, what the pages' processes hold of the machine's memory, also for workers and WebAssembly. */
async function residentMemory(): Promise<() => Promise<number>> {
  const session = await browser().chromium.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const bytes = processInfo
      .filter(({ type }) => type === "renderer")
      .map(({ id }) => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))![1]));
    return bytes.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
  };
}

async function saved(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Uint8Array }> {
  const saving = page.waitForEvent("download");
  await press();
  const download = await saving;
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return { name: download.suggestedFilename(), bytes: readFileSync(path) };
}

describe("Remember", () => {
  it("is played by hand: brush, whole again, another picture, take one away, add one, draw one", async () => {
    const { page, errors } = await visit(desktop);
    const remember = await remembering(page);
    await remember.getByRole("button", { name: "Ask for picture 1" }).click();
    const eraser = remember.locator(".panels .eraser canvas");
    const original = await pixelsOf(remember.locator(".memory canvas").first());
    await until(async () => expect(difference(await pixelsOf(eraser), original, [0, 32])).toBe(0));
    const box = (await eraser.boundingBox())!;
    await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.5 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.8 * box.width, box.y + 0.5 * box.height, { steps: 5 });
    await page.mouse.up();
    expect(difference(await pixelsOf(eraser), original, [15, 17])).toBeGreaterThan(20);
    expect(difference(await pixelsOf(eraser), original, [0, 12])).toBe(0);
    await remember.getByRole("button", { name: "Whole again" }).click();
    await until(async () => expect(difference(await pixelsOf(eraser), original, [0, 32])).toBe(0));

    await remember.getByRole("button", { name: "Add a picture" }).click();
    await remember.getByRole("button", { name: "Painted picture 7" }).click();
    await until(async () => expect(await remember.locator(".memory").count()).toBe(4));
    await remember.getByRole("button", { name: "Draw one" }).click();
    await remember.locator(".sheet canvas").scrollIntoViewIfNeeded();
    const sheet = (await remember.locator(".sheet canvas").boundingBox())!;
    await page.mouse.move(sheet.x + 40, sheet.y + 40);
    await page.mouse.down();
    await page.mouse.move(sheet.x + 200, sheet.y + 200, { steps: 8 });
    await page.mouse.up();
    await remember.getByRole("button", { name: "Remember it" }).click();
    await until(async () => expect(await remember.locator(".memory").count()).toBe(5));
    await until(() =>
      expect(new URL(page.url()).searchParams.get("pictures")).toMatch(/^0,1,2,6,~[\w-]{683}$/),
    );
    await remember.locator(".memory").first().hover();
    await remember.getByRole("button", { name: "Take picture 1 away" }).click();
    await until(async () => expect(await remember.locator(".memory").count()).toBe(4));
    expect(errors).toEqual([]);
  });

  it("is played by keys alone", async () => {
    const { page } = await visit(desktop);
    const remember = await remembering(page);
    await remember.getByRole("button", { name: "Ask for picture 1" }).focus();
    await page.keyboard.press("Enter");
    const eraser = remember.locator(".panels .eraser");
    const original = await pixelsOf(remember.locator(".memory canvas").first());
    await until(async () =>
      expect(difference(await pixelsOf(eraser.locator("canvas")), original, [0, 32])).toBe(0),
    );
    await eraser.focus();
    for (const key of ["Space", "Shift+ArrowRight", "Space"]) await page.keyboard.press(key);
    expect(difference(await pixelsOf(eraser.locator("canvas")), original, [13, 19])).toBeGreaterThan(5);
  });

  it("forgets in silence, and fills up until it breaks", async () => {
    const { page } = await visit(desktop);
    const remember = await remembering(page);
    const kept = async () => {
      await remember.locator("[data-phase=asking]").waitFor();
      return Number.parseFloat((await remember.locator("p b.number").textContent())!);
    };
    await until(async () => expect(await kept()).toBeGreaterThan(55));
    await remember.getByLabel("Steps of silence before the question").fill("60");
    await until(async () => expect(await kept()).toBeLessThan(40));
    await remember.getByLabel("Steps of silence before the question").fill("0");
    await until(async () => expect(await kept()).toBeGreaterThan(55));
    await remember.getByLabel("Rate of plasticity, eta").fill("0.001");
    await until(async () => expect(await kept()).toBeLessThan(40));
    await underTheHood(remember);
    await remember.getByRole("button", { name: "Reset" }).click();
    await until(async () => expect(await kept()).toBeGreaterThan(55));
    await remember.getByRole("button", { name: "Add pictures until it breaks" }).click();
    await until(async () => {
      expect(await remember.getByRole("button", { name: "Add pictures until it breaks" }).count()).toBe(1);
      expect(await remember.locator(".memory").count()).toBeGreaterThan(5);
      expect(await remember.locator(".fill.low").count()).toBe(1);
    }, 120_000);
  });

  /** A white window on black, 90 x 60, as a PNG in base64. */
  const pictureOn = (page: Page) =>
    page.evaluate(() => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [90, 60];
      const context = canvas.getContext("2d")!;
      context.fillRect(0, 0, 90, 60);
      context.fillStyle = "#fff";
      context.fillRect(30, 10, 30, 40);
      return canvas.toDataURL().split(",")[1]!;
    });
  const latestIsThePicture = async (remember: Locator, memories: number) => {
    await until(async () => expect(await remember.locator(".memory").count()).toBe(memories));
    const { rgba } = await pixelsOf(remember.locator(".memory canvas").last());
    expect(rgba[4 * (16 * 32 + 16)]).toBeGreaterThan(200);
    expect(rgba[4 * (16 * 32 + 2)]).toBeLessThan(90);
  };

  it("takes a picture that somebody opens, and says which file is none", async () => {
    const { page } = await visit(desktop);
    const remember = await remembering(page);
    await remember.getByRole("button", { name: "Add a picture" }).click();
    const files = [
      { name: "window.png", mimeType: "image/png", buffer: Buffer.from(await pictureOn(page), "base64") },
      { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") },
    ];
    await remember.locator("input[type=file]").setInputFiles(files);
    await latestIsThePicture(remember, 4);
    await remember.getByText("broken.png is no picture that this browser can read").waitFor();
  });

  it.each(["drop", "paste"] as const)(
    "takes a picture by %s, restores it, and says which file is none",
    async (kind) => {
      const { page, errors } = await visit(desktop);
      const remember = await remembering(page);
      const give = (files: readonly { name: string; base64: string }[]) =>
        remember.locator("figure").evaluate(
          (figure, [how, list]) => {
            const data = new DataTransfer();
            for (const { name, base64 } of list) {
              const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
              data.items.add(new File([bytes], name, { type: "image/png" }));
            }
            const about = { bubbles: true, cancelable: true };
            if (how === "drop") figure.dispatchEvent(new DragEvent("drop", { ...about, dataTransfer: data }));
            else window.dispatchEvent(new ClipboardEvent("paste", { ...about, clipboardData: data }));
          },
          [kind, files] as const,
        );
      await give([{ name: "window.png", base64: await pictureOn(page) }]);
      await latestIsThePicture(remember, 4);
      // What is asked for now is the new picture, its lower half away: the network knows it, and the one without plasticity does not.
      await remember.locator(".memory").last().locator("button").first().click();
      await remember.getByRole("button", { name: "Lower half away" }).click();
      const errorOf = async (which: string) =>
        Number(((await remember.locator(`[data-error=${which}]`).textContent()) ?? "").replace("error ", ""));
      await until(async () => expect(await errorOf("plastic")).toBeLessThan(0.7 * (await errorOf("still"))));
      await give([{ name: "broken.png", base64: btoa("no picture") }]);
      await remember.getByText("broken.png is no picture that this browser can read").waitFor();
      expect(errors).toEqual([]);
    },
  );
});

describe("what a visitor takes along", () => {
  it("is a PNG, a GIF, a model that Node goes on with, and code", async () => {
    const { page, errors } = await visit(desktop, { query: "?eta=0.02" });
    const remember = await remembering(page);
    await underTheHood(remember);
    const press = (name: string) => () => remember.getByRole("button", { name, exact: true }).click();
    const png = await saved(page, press("PNG"));
    expect([png.name, ...png.bytes.subarray(1, 4)]).toEqual(["hebbian-remember.png", 0x50, 0x4e, 0x47]);
    const gif = await saved(page, press("GIF"));
    expect(Buffer.from(gif.bytes.subarray(0, 6)).toString()).toBe("GIF89a");
    const model = await loadModel((await saved(page, press("Model"))).bytes);
    expect(model.parameter("recurrent", "eta").values[0]).toBeCloseTo(0.02, 6);
    await press("Copy as code")();
    await remember.getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
      'loadModel(import.meta.resolve("hebbian-models/images.safetensors"))',
    );
    expect(errors).toEqual([]);
  });

  it("is an address: who opens it sees the same", async () => {
    const query = "?seed=3&pictures=4,5&delay=7&H=H+%2B+eta+*+pre";
    const { page } = await visit(desktop, { query });
    const remember = await remembering(page);
    await until(async () => expect(await remember.locator(".memory").count()).toBe(2));
    await remember.getByText("7 steps of silence").waitFor();
    expect(await page.getByLabel("The trace's next value").inputValue()).toBe("H + eta * pre");
    await underTheHood(remember);
    await remember.getByRole("button", { name: "Reset" }).click();
    await until(() => expect(new URL(page.url()).searchParams.get("pictures")).toBeNull());
  });
});

describe("the page", () => {
  it.each([
    [false, "one thread"],
    [true, "2 threads"],
  ])("trains with what there is; isolated: %s", async (isolation, threads) => {
    const { page, errors } = await visit(desktop, { isolation });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolation);
    const own = await section(page, "your-own-rule");
    await underTheHood(own);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const expected = isolation && cores !== 2 ? `${cores} threads` : threads;
    await own.getByText(new RegExp(`WebAssembly, ${expected}.*lives/s`)).waitFor();
    expect(errors).toEqual([]);
  });

  it("has threads from the second visit on where the host sends no headers for them", async () => {
    const { page, errors } = await visit(desktop);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await remembering(page);
    const own = await section(page, "your-own-rule");
    await underTheHood(own);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    await own.getByText(new RegExp(`WebAssembly, ${cores} threads.*lives/s`)).waitFor();
    expect(errors).toEqual([]);
  });

  it("stands still for those who ask for it, until they play", async () => {
    const { page } = await visit(desktop, { reducedMotion: true });
    await remembering(page);
    const left = page.locator("#remember .panels .eraser canvas");
    // The pictures have been shown, and half of one is gone.
    await page.locator("#remember [data-error=plastic]").waitFor();
    await until(async () => expect(coloursIn(await pixelsOf(left))).toBeGreaterThan(20));
    await page.waitForTimeout(500);
    const before = await pixelsOf(left);
    await page.waitForTimeout(4000);
    expect((await pixelsOf(left)).rgba).toEqual(before.rgba);
    const explore = await section(page, "explore");
    await explore.getByRole("button", { name: "Play" }).waitFor();
    const time = explore.locator("[data-time]");
    const at = await time.textContent();
    await page.waitForTimeout(1000);
    expect(await time.textContent()).toBe(at);
    await explore.getByRole("button", { name: "Play" }).click();
    await until(async () => expect(await time.textContent()).not.toBe(at));
  });

  it.each([
    ["a desktop", desktop],
    ["a phone", phone],
  ] as const)("is nowhere wider than the screen of %s", async (_, viewport) => {
    const { page } = await visit(viewport);
    await remembering(page);
    for (const id of ["explore", "name-it", "look-inside", "your-own-rule"]) {
      await section(page, id);
      await page.waitForTimeout(300);
    }
    const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(wide).toBeLessThanOrEqual(screen!);
    expect(screen).toBe(viewport.width);
  });

  it(
    "takes no more memory the longer it is looked at",
    async () => {
      const { page } = await visit(desktop);
      await remembering(page);
      const client = await page.context().newCDPSession(page);
      const heap = async () => {
        await client.send("HeapProfiler.collectGarbage");
        return (await client.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
      };
      const whole = await residentMemory();
      const tour = async (seconds: number) => {
        const end = Date.now() + 1000 * seconds;
        while (Date.now() < end) {
          for (const id of ["draw", "remember", "explore", "name-it", "look-inside", "your-own-rule"]) {
            await section(page, id);
            await page.waitForTimeout(1200);
          }
        }
      };
      await tour(20);
      const measured: { minute: number; heapMB: number; processMB: number }[] = [];
      const measure = async (minute: number) =>
        measured.push({ minute, heapMB: await heap(), processMB: await whole() });
      await measure(0);
      for (let part = 1; part <= PARTS; part++) {
        await tour((60 * LEAK_MINUTES) / PARTS);
        await measure((LEAK_MINUTES * part) / PARTS);
      }
      mkdirSync(artefacts, { recursive: true });
      writeFileSync(join(artefacts, "leak.json"), `${JSON.stringify(measured, null, 2)}\n`);
      const [first, last] = [measured[0]!, measured.at(-1)!];
      expect(last.heapMB - first.heapMB).toBeLessThan(8);
      expect(last.processMB - first.processMB).toBeLessThan(64);
    },
    60_000 * (LEAK_MINUTES + 2),
  );

  it("asks nobody but its own server for anything", () => {
    expect(browser().strayRequests).toEqual([]);
  });
});
