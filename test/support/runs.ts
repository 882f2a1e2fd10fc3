/**
 * How many random cases a costly property tries: all of them where HEBBIAN_THOROUGH is set; a third
 * otherwise, so that `npm test` takes less than a minute.
 */
export const runs = (all: number): number => (process.env.HEBBIAN_THOROUGH ? all : Math.ceil(all / 3));
