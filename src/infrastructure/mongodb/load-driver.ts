import type * as driver from './driver.js';
import { failAtClose } from './fail-at-close.js';

type Driver = typeof driver;

let loading: Promise<Driver> | undefined;
let loaded: Driver | undefined;

const load = async (): Promise<Driver> => {
  loaded = await import('./driver.js');
  failAtClose(loaded.Connection.prototype);
  return loaded;
};

/** Loads the driver of MongoDB. It is a fifth of what a server loads, and those alone need it who use MongoDB. */
export const loadDriver = (): Promise<Driver> => (loading ??= load());

/** Answers the driver; undefined where it was not loaded, so that nothing that is raised can be an error of its own. */
export const loadedDriver = (): Driver | undefined => loaded;
