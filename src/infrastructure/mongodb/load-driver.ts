import type * as driver from './driver.js';

type Driver = typeof driver;

let loaded: Driver | undefined;

/** Loads the driver of MongoDB. It is a fifth of what a server loads, and those alone need it who use MongoDB. */
export const loadDriver = async (): Promise<Driver> => (loaded ??= await import('./driver.js'));

/** Answers the driver; undefined where it was not loaded, so that nothing that is raised can be an error of its own. */
export const loadedDriver = (): Driver | undefined => loaded;
