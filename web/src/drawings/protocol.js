/** How a drawing is shown to the network, and how it is asked for it: in training as on the page. */

import { PIXELS } from "./raster.js";

/** Time steps of a look; "it looks once". */
export const LOOK = 8;
/** What a neuron of paper says, beside 1 for ink: there is five times as much paper, so that both have an equal share in a memory. */
export const PAPER = -0.2;
/** What it sees for a step before each look: darkness, in which no neuron says anything to speak of. */
export const BLINK = new Float32Array(PIXELS).fill(-1e-3);
/** Steps of recall in training, a part of the neurons in each. */
export const RECALL = 9;
/** Drawings that it was trained to remember at the same time. */
export const AT_ONCE = 3;

/** What the network is told of a drawing, [841]: 1 where there is ink, -1 where there is paper. 0 tells it nothing. @param {ArrayLike<number>} pixels */
export const seen = (pixels) => Float32Array.from(pixels, (ink) => (ink === 1 ? 1 : -1));

/** The drawing that the neurons' outputs (PAPER to 1) stand for, [841]. @param {ArrayLike<number>} outputs */
export const said = (outputs) => Uint8Array.from(outputs, (value) => (value > (1 + PAPER) / 2 ? 1 : 0));
