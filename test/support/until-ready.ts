import { eventually } from './eventually.js';
import type { Target } from './target.js';

/** Waits until a server says that it is ready: one that has just started may still have to catch up. */
export const untilReady = ({ url }: Pick<Target, 'url'>): Promise<number> =>
  eventually(
    async () => (await fetch(`${url}/readyz`)).status,
    (status) => status === 200,
  );
