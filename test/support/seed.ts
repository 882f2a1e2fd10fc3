import fc from "fast-check";

/** The same random cases every time, so that what fails is what was changed; HEBBIAN_SEED tries others. */
export const seed = Number(process.env.HEBBIAN_SEED ?? 1);
fc.configureGlobal({ seed });
