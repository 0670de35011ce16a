import type { UserEvents } from '../../domain/users/events.js';
import type { Projected, Projector } from './projector.js';

/** What people wrote, as far as it goes with them. */
export interface AuthorsWriter {
  /** Their messages stay as places in the history, without their words. */
  erase(event: Projected<UserEvents['UserErased']>): void;
}

/** Takes the words of erased people out of histories and titles. */
export const authors: Projector<Pick<UserEvents, 'UserErased'>, { readonly authors: AuthorsWriter }> = {
  name: 'authors',
  on: { UserErased: (write, event) => write.authors.erase(event) },
};
