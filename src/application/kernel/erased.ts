/** The word that replaces the names and texts of an erased user. */
export const ERASED = 'erased';
