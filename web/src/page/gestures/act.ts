import { prefersStillness } from "../frames.js";
import type { Action } from "./gesture.js";

/** A little less than a screen, so that one finds one's place again. */
const PAGE = 0.7;
/** What a button is called that starts or stops what a section shows. */
const PLAYS = /^(play|pause|go on|give me the pen|show me how)\b/i;

/** Does what an action says, on this page. */
export function act(action: Action): void {
  const behavior = prefersStillness() ? "auto" : "smooth";
  const sections = [...document.querySelectorAll<HTMLElement>("main section")];
  const now = sectionInView(sections);
  const goTo = (section: HTMLElement | undefined) => section?.scrollIntoView({ behavior });
  const acts: Record<Action, () => void> = {
    "Scroll down": () => scrollBy({ top: PAGE * innerHeight, behavior }),
    "Scroll up": () => scrollBy({ top: -PAGE * innerHeight, behavior }),
    "Next section": () => goTo(sections[now + 1]),
    "Previous section": () => goTo(sections[Math.max(0, now - 1)]),
    "Play or pause": () => playButton(sections, now)?.click(),
  };
  acts[action]();
}

/** The section that a line through the upper third of the screen goes through. */
function sectionInView(sections: readonly HTMLElement[]): number {
  const line = innerHeight / 3;
  return Math.max(
    0,
    sections.findLastIndex((section) => section.getBoundingClientRect().top <= line),
  );
}

/** Of the section in view, or else of the first one that has such a button. */
function playButton(sections: readonly HTMLElement[], now: number): HTMLButtonElement | undefined {
  const buttons = [sections[now]!, ...sections].flatMap((section) => [...section.querySelectorAll("button")]);
  return buttons.find(({ textContent, disabled }) => !disabled && PLAYS.test(textContent.trim()));
}
