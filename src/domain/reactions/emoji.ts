/** The most different emojis that a message shows. */
export const MAX_EMOJIS = 20;

/** This is more than the longest emoji has: a long text is refused before it is searched. */
const MAX_CODE_UNITS = 48;

/** One emoji of those that Unicode recommends for general interchange. Each skin tone makes another one. */
const EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

export const isEmoji = (text: string): boolean => text.length <= MAX_CODE_UNITS && EMOJI.test(text);
