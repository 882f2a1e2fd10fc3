import fc from "fast-check";

// The same random cases every time, so that what fails is what was changed; HEBBIAN_SEED tries others.
fc.configureGlobal({ seed: Number(process.env.HEBBIAN_SEED ?? 1) });
