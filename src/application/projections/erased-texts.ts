import type { Position } from '../../domain/kernel/ids.js';
import { DEFAULT_PREFERENCES } from '../../domain/preferences/preferences.js';
import type { UserEvents } from '../../domain/users/events.js';
import { ERASED } from '../kernel/erased.js';
import { changeMessage } from './messages.js';
import { changeKey, isKnown, type ErasedRow, type MessageRow, type MessagesTables } from './messages-tables.js';
import type { Projected, Projector } from './projector.js';
import { putNewRow } from './rows.js';

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

/** Takes the titles of a user away. Each is told as a change of its conversation. */
const eraseTitles = ({ conversations, changes }: MessagesTables, { userId, position }: ErasedRow): void => {
  for (const row of [...conversations.values()]) {
    const { conversationId } = row;
    if (row.titledBy !== userId || row.title === null || row.title === ERASED) continue;
    if (isKnown(row, { position })) {
      conversations.set(conversationId, { ...row, title: ERASED });
      continue;
    }
    conversations.set(conversationId, { ...row, title: ERASED, position });
    const change = { position, conversationId, kind: 'renamed', userId: null } as const;
    putNewRow(changes, changeKey(change), change);
  }
};

const WITHOUT_WORDS = { text: ERASED, mentions: null, attachments: null } as const;

/** Takes the words out of a message, also where an erasure that was parked comes behind what has changed the message. */
const eraseWords = (tables: MessagesTables, row: MessageRow, position: Position): void => {
  if (isKnown(row, { position }) && row.text !== ERASED)
    tables.messages.set(row.messageId, { ...row, ...WITHOUT_WORDS });
  changeMessage(tables, { data: row, position }, () => ({ ...WITHOUT_WORDS, change: 'edited' }));
};

/** Takes the words of a user out of messages, and their reactions. Each message that looks different is told as a changed one. */
const eraseMessages = (tables: MessagesTables, { userId, position }: ErasedRow): void => {
  const own = [...tables.reactions.values()].filter((row) => row.userId === userId && row.active);
  const reacted = new Set(own.map(({ messageId }) => messageId));
  for (const row of [...tables.messages.values()])
    if (row.senderId === userId && row.text !== null) eraseWords(tables, row, position);
    else if (reacted.has(row.messageId) && row.deletedAt === null)
      changeMessage(tables, { data: row, position }, () => ({ change: 'reacted' }));
};

/**
 * Carries out what these events mean: what is shown differently is changed at the position of the erasure, so that it is told
 * like any other change. A database may do it in its own language, and has to give the same answers.
 */
export const erasedTextsRows = (tables: MessagesTables): ErasedTextsWriter => ({
  erase: ({ data: { userId }, position }) => {
    const { reactions, preferences, erased } = tables;
    if (erased.has(userId)) return;
    const erasure = { userId, position };
    erased.set(userId, erasure);
    eraseTitles(tables, erasure);
    eraseMessages(tables, erasure);
    changeWhere(preferences, (row) => row.userId === userId, { preferences: DEFAULT_PREFERENCES });
    changeWhere(reactions, (row) => row.userId === userId && row.active, { active: false });
  },
});
