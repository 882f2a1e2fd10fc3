/**
 * A machine that checks what lands tries a third, `npm test` of whoever is at work a sixth. On the native device each case waits for
 * a C compiler, and what it checks is printed from the loops that WebAssembly is checked with: a ninth.
 */
const share = process.env.HEBBIAN_ENGINE === "native" ? 9 : process.env.CI ? 3 : 6;

/** How many random cases a costly property tries: all of them where HEBBIAN_THOROUGH is set, else a share that takes little time. */
export const runs = (all: number): number => (process.env.HEBBIAN_THOROUGH ? all : Math.ceil(all / share));
