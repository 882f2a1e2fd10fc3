/** On the native device each case waits for a C compiler, and what it checks is printed from the loops that WebAssembly is checked with. */
const share = process.env.HEBBIAN_ENGINE === "native" ? 9 : 3;

/**
 * How many random cases a costly property tries: all of them where HEBBIAN_THOROUGH is set; a third
 * otherwise, so that `npm test` takes little more than a minute, and a ninth where kernels are compiled as C.
 */
export const runs = (all: number): number => (process.env.HEBBIAN_THOROUGH ? all : Math.ceil(all / share));
