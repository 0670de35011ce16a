import type { UserEvents } from '../../domain/users/events.js';
import { ERASED } from '../kernel/erased.js';
import type { MessagesTables } from './messages-tables.js';
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

/** What these events mean. A database may carry it out in its own language, and is held to the same answers. */
export const erasedTextsRows = ({ conversations, messages, erased }: MessagesTables): ErasedTextsWriter => ({
  erase: ({ data: { userId } }) => {
    erased.set(userId, { userId });
    for (const [key, row] of conversations)
      if (row.titledBy === userId && row.title !== null) conversations.set(key, { ...row, title: ERASED });
    for (const [key, row] of messages)
      if (row.senderId === userId && row.text !== null) messages.set(key, { ...row, text: ERASED });
  },
});
