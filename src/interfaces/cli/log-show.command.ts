import type { Command } from 'commander';
import type { PastMessagesPage, PastMessagesQuery } from '../../application/audit/list-past-messages.js';
import type { PastMessageView } from '../../application/audit/past-message.js';
import type { AsOf } from '../../application/audit/as-of.js';
import { addCommand, type Given } from './group.js';
import { limitOf } from './limit.js';
import { conversationOf } from './named.js';
import { filterOf, lookOf, REASON_TO_LOOK } from './recorded.js';
import { written } from './replay/written.js';
import { requireUser } from './require-user.js';
import { ToolError, type CliParts, type Tool } from './tool.js';

const MOST = 1_000;

const POSITION = /^\d{1,18}$/;

const momentOf = (given: unknown): AsOf | undefined => {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && POSITION.test(given)) return given as AsOf;
  if (typeof given !== 'string' || Number.isNaN(Date.parse(given)))
    throw new ToolError('--as-of takes a position, or a time such as 2026-01-31T12:00:00Z');
  return new Date(given).toISOString() as AsOf;
};

const queryOf = async (tool: Tool, { conversation, asOf, viewer }: Given): Promise<PastMessagesQuery> => {
  return {
    conversationId: conversationOf(conversation),
    asOf: momentOf(asOf),
    viewer: typeof viewer === 'string' ? await requireUser(tool, viewer) : undefined,
  };
};

/** Reads the messages, the newest first, once it is recorded that somebody looks at them. */
const messagesOf = async (tool: Tool, query: PastMessagesQuery, limit: number, options: Given) => {
  const call = lookOf({ command: 'log show', filter: filterOf(query) }, options);
  const context = tool.newContext();
  return tool.useCases.auditGate.answered<PastMessagesPage>(call, context, async () => {
    const { page, userIds } = await tool.useCases.listPastMessages(query, limit, context.now);
    return { answer: page, results: page.messages.length, userIds };
  });
};

const lineOf = ({
  seq,
  sentAt,
  senderId,
  text,
  editedAt,
  deletedAt,
  reactions,
  attachments,
}: PastMessageView): string =>
  [
    `#${seq}  ${sentAt}  ${senderId}  ${deletedAt === null ? written(text) : `(deleted ${deletedAt})`}`,
    ...(editedAt === null || deletedAt !== null ? [] : [`(edited ${editedAt})`]),
    ...(attachments.length === 0 ? [] : [`(files: ${attachments.length})`]),
    ...reactions.map(({ emoji, count }) => `${emoji} ${count}`),
  ].join('  ');

const textOf = ({ asOf, messages, nextCursor, undecodable }: PastMessagesPage): string =>
  [
    `as of position ${asOf}`,
    ...(nextCursor === null ? [] : ['(older ones are left out: --limit shows more)']),
    ...[...messages].reverse().map(lineOf),
    ...undecodable.map((position) => `(the event at ${position} cannot be decoded)`),
  ].join('\n');

/** Shows the messages of a conversation as they were at a moment. */
export const addShowCommand = (group: Command, parts: CliParts): void =>
  addCommand(group, parts, {
    usage: 'show',
    summary: 'show the messages of a conversation as they were at a position or a time, the oldest first',
    options: [
      ['--conversation <id>', 'the conversation'],
      ['--as-of <moment>', 'a position of the log, or a time; what is now without it'],
      ['--viewer <login>', 'as this member saw it'],
      REASON_TO_LOOK,
      ['--limit <n>', 'the last so many messages', '50'],
    ],
    examples: [
      'log show --conversation 01980000-0000-7000-8000-000000000003 --as-of 2026-01-31T12:00:00Z --reason "Complaint 2026-17"',
    ],
    run: async (tool, _, options) => {
      const page = await messagesOf(tool, await queryOf(tool, options), limitOf(options['limit'], MOST), options);
      return { json: page, text: textOf(page) };
    },
  });
