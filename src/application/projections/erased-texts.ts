import { DEFAULT_PREFERENCES } from '../../domain/preferences/preferences.js';
import type { UserEvents } from '../../domain/users/events.js';
import { ERASED } from '../kernel/erased.js';
import type { MessagesTables } from './messages-tables.js';
import type { Projected, Projector } from './projector.js';

/** What users wrote, as far as it goes with them. */
export interface ErasedTextsWriter {
  /** Their messages stay as places in the history, without their words; their reactions go. */
  erase(event: Projected<UserEvents['UserErased']>): void;
}

/** Takes the words of erased users out of histories and titles. */
export const erasedTexts: Projector<Pick<UserEvents, 'UserErased'>, { readonly erasedTexts: ErasedTextsWriter }> = {
  name: 'erasedTexts',
  on: { UserErased: (write, event) => write.erasedTexts.erase(event) },
};

/** Changes the rows of which this is so. */
const changeWhere = <Row>(rows: Map<string, Row>, isSo: (row: Row) => boolean, change: Partial<Row>): void => {
  for (const [key, row] of rows) if (isSo(row)) rows.set(key, { ...row, ...change });
};

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const erasedTextsRows = ({
  conversations,
  messages,
  reactions,
  preferences,
  erased,
}: MessagesTables): ErasedTextsWriter => ({
  erase: ({ data: { userId } }) => {
    erased.set(userId, { userId });
    changeWhere(conversations, (row) => row.titledBy === userId && row.title !== null, { title: ERASED });
    changeWhere(messages, (row) => row.senderId === userId && row.text !== null, {
      text: ERASED,
      mentions: null,
      attachments: null,
    });
    changeWhere(preferences, (row) => row.userId === userId, { preferences: DEFAULT_PREFERENCES });
    changeWhere(reactions, (row) => row.userId === userId, { active: false });
  },
});
