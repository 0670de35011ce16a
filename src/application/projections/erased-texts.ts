import type { UserEvents } from '../../domain/users/events.js';
import type { Projected, Projector } from './projector.js';

/** What users wrote, as far as it goes with them. */
export interface ErasedTextsWriter {
  /** Their messages stay as places in the history, without their words. */
  erase(event: Projected<UserEvents['UserErased']>): void;
}

/** Takes the words of erased users out of histories and titles. */
export const erasedTexts: Projector<Pick<UserEvents, 'UserErased'>, { readonly erasedTexts: ErasedTextsWriter }> = {
  name: 'erasedTexts',
  on: { UserErased: (write, event) => write.erasedTexts.erase(event) },
};
