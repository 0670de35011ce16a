import type { SessionEvents } from '../../domain/sessions/events.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { Projected, Projector } from './projector.js';

/** The tables of sessions and of the epochs in which users' sessions were all ended. */
export interface SessionWriter {
  start(event: Projected<SessionEvents['SessionStarted']>): void;
  refresh(event: Projected<SessionEvents['SessionRefreshed']>): void;
  end(event: Projected<SessionEvents['SessionEnded']>): void;
  endAll(event: Projected<UserEvents['SessionsEnded']>): void;
}

/** Who is logged in where, and what has ended. */
export const sessions: Projector<
  SessionEvents & Pick<UserEvents, 'SessionsEnded'>,
  { readonly sessions: SessionWriter }
> = {
  name: 'sessions',
  on: {
    SessionStarted: (write, event) => write.sessions.start(event),
    SessionRefreshed: (write, event) => write.sessions.refresh(event),
    SessionEnded: (write, event) => write.sessions.end(event),
    SessionsEnded: (write, event) => write.sessions.endAll(event),
  },
};
