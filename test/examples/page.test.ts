import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startChromium } from "../browser/chromium.js";
import { installedExample, type Served, started } from "./installed.js";

let folder: string;
let served: Served;
let browser: Awaited<ReturnType<typeof startChromium>>;
beforeAll(async () => {
  folder = installedExample("page");
  served = await started(folder, "serve.js");
  browser = await startChromium();
}, 120_000);
afterAll(async () => {
  await browser?.stop();
  await served?.kill();
});

/** The greys of a canvas, -1 to 1. */
const greysOf = (page: Page, selector: string, index = 0): Promise<number[]> =>
  page
    .locator(selector)
    .nth(index)
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, 32, 32);
      return Array.from({ length: 1024 }, (_, k) => data[4 * k]! / 127.5 - 1);
    });

it("the page of 30 lines restores the lower half of each picture that is clicked", async () => {
  expect(readFileSync(join(folder, "index.html"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(
    30,
  );
  const page = await browser.chromium.newPage();
  const errors: unknown[] = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(served.url);
  await page.locator("#seen canvas").nth(2).waitFor();
  const pictures = await Promise.all([0, 1, 2].map((k) => greysOf(page, "#seen canvas", k)));
  for (const [k, picture] of pictures.entries()) {
    await page.locator("#seen canvas").nth(k).click();
    const answer = await greysOf(page, "#answer");
    const lower = (values: number[]) => values.slice(512);
    const error = (of: number[]) =>
      lower(answer).reduce((sum, grey, i) => sum + (grey - lower(of)[i]!) ** 2, 0) / 512;
    const others = pictures.filter((each) => each !== picture);
    expect(error(picture), `picture ${k}`).toBeLessThan(0.5 * Math.min(...others.map(error)));
  }
  expect(errors).toEqual([]);
  expect(browser.strayRequests).toEqual([]);
});

it("answers a path that is none with 404, and goes on serving", async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(served.url).port), "127.0.0.1", () => {
      socket.write("GET // HTTP/1.1\r\nHost: x\r\n\r\n");
    });
    socket.on("data", (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed without an answer")));
  });
  expect(answer).toContain("HTTP/1.1 404 ");
  expect((await fetch(served.url)).status).toBe(200);
});
