import { PIXELS } from "../../drawings/raster.js";
import type { Stage } from "./stage.svelte.js";

const pixels = (share: number): string => {
  const count = Math.round(share * PIXELS);
  return count === 0 ? "not one pixel" : count === 1 ? "one pixel" : `${count} pixels`;
};

/** What is going on, in a sentence: what one would say to somebody who looks on. */
export function wordsOf(stage: Stage): string {
  const { phase, playing, wrong, known } = stage;
  if (phase === "waking") return "One moment: the network is on its way.";
  // The first story is over before one could read a sentence for each of its parts.
  if (playing && stage.round === 0 && phase !== "drawing" && phase !== "healed")
    return "It looks, once. Half of the drawing goes. It puts back what it remembers.";
  if (phase === "looking") return "It looks, once.";
  if (phase === "healing") return "It puts back what it remembers.";
  if (playing) {
    if (phase === "drawing") return "The page is drawing. Take the pen whenever you like.";
    if (phase === "whole") return "It has looked, once.";
    if (phase === "damaged") return "Half of the drawing goes.";
    return "And it is back. Now you: draw on the pad.";
  }
  if (phase === "drawing") {
    if (known.length > 0) return "Draw another one: it remembers up to three.";
    return stage.drawn ? "Ready? Let it look." : "Draw whatever you like.";
  }
  if (phase === "whole")
    return "It has seen your drawing for one second. Now destroy it: rub it out, tear it, spoil it.";
  if (phase === "damaged") return "Go on. It begins when you let go.";
  const name = known.length > 1 ? "the drawing" : "your drawing";
  return wrong && wrong.plastic < 0.01
    ? `It remembers ${name}: ${pixels(wrong.plastic)} wrong. Be crueller.`
    : `That was too much: ${pixels(wrong?.plastic ?? 0)} of ${PIXELS} wrong.`;
}
