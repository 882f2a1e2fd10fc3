export { diverging } from "./colour.js";
export type { CurvePoint } from "./curve.js";
export { binaryPixels, type Gallery, gallery, greyPixels, type PixelColours } from "./gallery.js";
export { heatmap, heatmaps, type MatrixPanel } from "./heatmap.js";
export { type CurveSeries, type LearningCurve, learningCurve, MOST_CURVES } from "./learningCurve.js";
export type { Colour } from "./raster.js";
