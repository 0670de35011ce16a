import type { EventView } from './event-view.js';

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

const CLOSED = { erased: '[erased]', withheld: '[withheld]', old: '[sealed before single events could be disclosed]' };

const NAMES: Readonly<Record<string, string>> = {
  MessageSent: 'Message',
  MessageEdited: 'Message edited',
  MessageDeleted: 'Message deleted',
};

export const TRANSCRIPT_HEAD = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Transcript</title>
<style>body{font:11pt serif}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em;text-align:left;vertical-align:top;overflow-wrap:anywhere}td:last-child{white-space:pre-wrap}tr{break-inside:avoid}thead{display:table-header-group}</style>
</head><body><h1>Transcript</h1><table>
<thead><tr><th>Leaf</th><th>Time (UTC)</th><th>By</th><th>In</th><th>What</th><th>Text</th></tr></thead><tbody>
`;
export const TRANSCRIPT_END = '</tbody></table></body></html>\n';

/** Answers the line of one event in a transcript, in HTML without a script. */
export const transcriptRow = ({ index, recordedAt, actorId, streamId, type, data, closed }: EventView): string => {
  const { conversationId } = data;
  const texts = TEXTS.map((field) => data[field]).filter((value) => typeof value === 'string');
  const cells = [
    String(index),
    recordedAt,
    actorId ?? 'the server',
    typeof conversationId === 'string' ? conversationId : streamId,
    NAMES[type] ?? type,
    closed === null ? texts.join(' · ') : CLOSED[closed],
  ];
  return `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>\n`;
};
