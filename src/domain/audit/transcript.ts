import { isOfSubject, type BundleScope } from './bundle-manifest.js';
import type { EventView } from './event-view.js';
import { INDEX_TYPE } from './subject-tree.js';

/** What ids stand for, as whoever makes a bundle names it: the name of a user by their id. It is not proven. */
export type Names = ReadonlyMap<string, string>;

/** What a transcript is made of, beside its events. */
export interface TranscriptFrame {
  /** The name of the log, and how many events it had when its head was signed. */
  readonly origin: string;
  readonly size: number;
  readonly scope: BundleScope;
  readonly names: Names;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** What is read in an event: the fields whose texts people wrote. */
const TEXTS = ['text', 'title', 'emoji', 'name', 'username', 'displayName'];

const CLOSED = {
  erased: '[erased]',
  withheld: '[withheld]',
  old: '[sealed before single events could be disclosed]',
  unreadable: '[cannot be read]',
};

const STYLE =
  'body{font:11pt serif}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em;text-align:left;vertical-align:top;overflow-wrap:anywhere}' +
  'td:last-child{white-space:pre-wrap}small{color:#444}tr{break-inside:avoid}thead{display:table-header-group}';

/** Answers in HTML what people wrote. It turns the direction of nothing around it: with U+202E in it, it would. */
const written = (text: string): string => `<bdi>${escape(text)}</bdi>`;

/** Answers in HTML what nobody wrote, so that no text can be taken for it. */
const told = (html: string): string => `<i>${html}</i>`;

/** Says in a sentence which events are shown, in HTML. */
const scopeText = (scope: BundleScope, names: Names): string => {
  if (scope.kind === 'chosen') return 'Events that were chosen: others may be left out.';
  if (scope.kind === 'range')
    return `All events from position ${scope.from} to position ${scope.to}: none is left out.`;
  const name = names.get(scope.id);
  const who = `${scope.kind} ${name === undefined ? '' : `${written(name)}, `}${escape(scope.id)}`;
  return `All events of the ${who}, from leaf ${scope.begin} of the log to the one before leaf ${scope.end}: none is left out.`;
};

/** Answers what stands before the first event, in HTML without a script. */
export const transcriptHead = ({ origin, size, scope, names }: TranscriptFrame): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Transcript</title>
<style>${STYLE}</style>
</head><body><h1>Transcript</h1>
<p>${scopeText(scope, names)}</p>
<p>They are in the log ${escape(origin)}, which had ${size} events when its head was signed. Times are in UTC. Names of users, and why something is not shown, are the word of whoever made this file; the id below a name is what is proven. What is in italics is no text that anybody wrote.</p>
<table>
<thead><tr><th>Leaf</th><th>Time (UTC)</th><th>By</th><th>In</th><th>What</th><th>Text</th></tr></thead><tbody>
`;

export const TRANSCRIPT_END = '</tbody></table></body></html>\n';

/** Answers the words of a type: `MemberAdded` is read as `Member added`. */
const wordsOf = (type: string): string => type.replaceAll(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const cellOf = (id: string, names: Names): string => {
  const name = names.get(id);
  return name === undefined ? escape(id) : `${written(name)}<br><small>${escape(id)}</small>`;
};

/** Answers the names of the users of whom an event tells, beside who caused it. */
const namedIn = ({ data, actorId }: EventView, names: Names): string[] =>
  Object.values(data).flatMap((value) => {
    const name = typeof value === 'string' && value !== actorId ? names.get(value) : undefined;
    return name === undefined ? [] : [name];
  });

const textsOf = (view: EventView, names: Names): string => {
  const { type, data, closed } = view;
  const texts = TEXTS.map((field) => data[field]).filter((value) => typeof value === 'string');
  const file = type === 'MediaUploaded' && typeof data['mediaId'] === 'string' ? [`media/${data['mediaId']}`] : [];
  const reason = closed === null ? [] : [CLOSED[closed]];
  return [
    ...reason.map(told),
    ...texts.map(written),
    ...file.map((name) => told(escape(name))),
    ...namedIn(view, names).map((name) => told(written(name))),
  ].join(' · ');
};

/** Answers the line of one event in a transcript, in HTML without a script. An index that proves a subject tells nothing of it. */
export const transcriptRow = (view: EventView, { scope, names }: Pick<TranscriptFrame, 'scope' | 'names'>): string => {
  if (view.type === INDEX_TYPE && isOfSubject(scope)) return '';
  const { index, recordedAt, actorId, streamId, type, data } = view;
  const { conversationId } = data;
  const cells = [
    String(index),
    escape(recordedAt),
    actorId === null ? 'the server' : cellOf(actorId, names),
    escape(typeof conversationId === 'string' ? conversationId : streamId),
    escape(wordsOf(type)),
    textsOf(view, names),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`;
};
