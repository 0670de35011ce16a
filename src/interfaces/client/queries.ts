import type { HttpRequest } from './session/http.js';
import type { ChangesPage, Conversation, HistoryPage, InboxPage, Message, Pins } from './wire.js';

const INBOX_PAGE = 100;
const HISTORY_PAGE = 200;
/** After so many pages of one history the rest is a gap, which is filled when somebody looks at it. */
const MAX_PAGES = 5;

export type Call = <Answer>(method: string, path: string, request?: HttpRequest) => Promise<Answer>;

/** What the client asks the server for, as of a position at least. */
export class Queries {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  async inbox(minPosition: string | undefined): Promise<Conversation[]> {
    const found: Conversation[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { limit: INBOX_PAGE, cursor };
      const page: InboxPage = await this.#call('GET', '/conversation/v1', { query, minPosition });
      found.push(...page.conversations);
      cursor = page.nextCursor;
    }
    return found;
  }

  /** Answers the messages after a cursor: the first pages of many, so that a gap remains before the newest. */
  async since(conversationId: string, cursor: string, minPosition: string) {
    const messages: Message[] = [];
    let next: string | null = cursor;
    for (let pages = 0; next !== null && pages < MAX_PAGES; pages += 1) {
      const page: HistoryPage = await this.page(conversationId, { after: next }, { limit: HISTORY_PAGE, minPosition });
      messages.push(...page.messages);
      next = page.nextCursor;
    }
    return { messages, isCut: next !== null };
  }

  /** Answers the messages that were there before and have changed since, as they are now. */
  async changes(conversationId: string, since: string, minPosition: string): Promise<Message[]> {
    const messages: Message[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { conversationId, since, limit: HISTORY_PAGE, cursor };
      const page: ChangesPage = await this.#call('GET', '/message/v1/changes', { query, minPosition });
      messages.push(...page.messages);
      cursor = page.nextCursor;
    }
    return messages;
  }

  page(
    conversationId: string,
    place: Readonly<Record<string, string>>,
    { limit, minPosition }: { readonly limit: number; readonly minPosition: string | undefined },
  ): Promise<HistoryPage> {
    return this.#call('GET', '/message/v1/history', { query: { conversationId, limit, ...place }, minPosition });
  }

  async pinned(conversationId: string, minPosition: string | undefined): Promise<readonly string[]> {
    const path = `/conversation/v1/${conversationId}/pins`;
    const { pins } = await this.#call<{ pins: Pins }>('GET', path, { minPosition });
    return pins.map(({ message }) => message.messageId);
  }
}
