/** How a drawing is shown to the network, and how it is asked for it: in training as on the page. */

import { PIXELS } from "./raster.js";

/** Time steps of a look; "it looks once". */
export const LOOK = 8;
/** What it sees for a step before each look: blank paper. */
export const BLINK = new Float32Array(PIXELS).fill(-1);
/** Steps of recall in training, a part of the neurons in each. */
export const RECALL = 9;
/** Drawings that it was trained to remember at the same time. */
export const AT_ONCE = 3;

/** What the network is told of a drawing, [841]: 1 where there is ink, -1 where there is paper. 0 tells it nothing. @param {ArrayLike<number>} pixels */
export const seen = (pixels) => Float32Array.from(pixels, (ink) => (ink === 1 ? 1 : -1));

/** The drawing that the neurons' outputs (0 to 1) stand for, [841]. @param {ArrayLike<number>} outputs */
export const said = (outputs) => Uint8Array.from(outputs, (value) => (value > 0.5 ? 1 : 0));
