/** What stands in the place of what an erased user said or was called. */
export const ERASED = 'erased';
