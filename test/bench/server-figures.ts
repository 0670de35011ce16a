import type { RunningApp } from '../support/app.js';
import type { Row } from './report.js';

/** The figures that a server reports: each sample of its metrics by name and labels. */
export type Figures = ReadonlyMap<string, number>;

const STAGES = {
  committed: 'received to committed',
  projected: 'to the read model',
  written: 'to the sockets',
} as const;

export const figuresOf = async (app: RunningApp): Promise<Figures> => {
  const response = await fetch(`${app.url}/metrics`);
  if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
  const samples = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
};

const grown = (before: Figures, after: Figures, name: string): number =>
  (after.get(name) ?? Number.NaN) - (before.get(name) ?? 0);

/** Answers how long each stage of a message took on average. */
export const stagesOf = (before: Figures, after: Figures): Row[] =>
  Object.entries(STAGES).map(([stage, what]) => {
    const of = (part: string) => grown(before, after, `chatapp_message_stage_seconds_${part}{stage="${stage}"}`);
    return { metric: `mean, ${what}`, value: (of('sum') / of('count')) * 1_000, unit: 'ms' };
  });

/** Answers the processor time of the server's process for each message. */
export const costOf = (before: Figures, after: Figures, messages: number): Row => ({
  metric: 'processor time of the server',
  value: (grown(before, after, 'process_cpu_seconds_total') / messages) * 1_000_000,
  unit: 'µs/message',
});
