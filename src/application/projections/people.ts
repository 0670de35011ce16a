import type { UserEvents } from '../../domain/users/events.js';
import type { Projected, Projector } from './projector.js';

/** The table of people. */
export interface PeopleWriter {
  register(event: Projected<UserEvents['UserRegistered']>): void;
  verify(event: Projected<UserEvents['EmailVerified']>): void;
}

/** Who is who. */
export const people: Projector<UserEvents, { readonly people: PeopleWriter }> = {
  name: 'people',
  on: {
    UserRegistered: (write, event) => write.people.register(event),
    EmailVerified: (write, event) => write.people.verify(event),
  },
};
