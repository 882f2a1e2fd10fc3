/** A whole number with its thousands told apart: 707,281. What browsers have for all languages takes 60 ms to begin with. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
