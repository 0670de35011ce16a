import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { createMetrics } from '../../src/infrastructure/observability/metrics.js';
import { closeCodes } from '../../src/interfaces/ws/close-codes.js';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: { readonly summary: string };
    }[];
  }[];
}

const textOf = (name: string): Promise<string> => readFile(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');

/** What Prometheus adds to each metric. */
const TARGET_LABELS = ['instance', 'job', 'le'];
/** These say the same as others, for those who ask themselves. */
const NOT_WATCHED = ['chatapp_projection_position', 'chatapp_parked_events_total', 'chatapp_frames_received_total'];
const SUFFIXES = /_(bucket|count|sum)$/;

interface Kind {
  readonly type: string;
  readonly labels: readonly string[];
}

/** Answers the metrics that a server has, by their names as Prometheus stores them. */
const metricsThere = (): ReadonlyMap<string, Kind> => {
  const all = createMetrics().registry.getMetricsAsArray() as unknown as readonly {
    readonly name: string;
    readonly type: string;
    readonly labelNames?: readonly string[];
  }[];
  return new Map(all.map(({ name, type, labelNames = [] }) => [name, { type, labels: labelNames }]));
};

const kindOf = (there: ReadonlyMap<string, Kind>, name: string): Kind | undefined => {
  const histogram = there.get(name.replace(SUFFIXES, ''));
  return there.get(name) ?? (histogram?.type === 'histogram' && SUFFIXES.test(name) ? histogram : undefined);
};

/** Answers what is wrong with the metrics and labels that an expression names. */
const faultsOf = (there: ReadonlyMap<string, Kind>, expression: string, shown = ''): string[] => {
  const names = expression.match(/\b(?:chatapp|nodejs|process)_\w+/g) ?? [];
  const kinds = names.map((name) => kindOf(there, name));
  const labels = new Set([...kinds.flatMap((kind) => kind?.labels ?? []), ...TARGET_LABELS]);
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
  const matched = [...expression.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
  const told = [...shown.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label);
  const lost = told.filter((label) => !grouped.includes(label));
  return [
    ...(names.length === 0 ? ['names no metric'] : []),
    ...names.filter((_, n) => kinds[n] === undefined).map((name) => `${name} is no metric`),
    ...[...grouped, ...matched].filter((label) => !labels.has(label)).map((label) => `${label} is no label`),
    ...lost.map((label) => `${label} is shown, and not kept by the expression`),
  ];
};

describe('What is watched', () => {
  const there = metricsThere();

  it('is found to be wrong where it names what is not there', () => {
    expect(faultsOf(there, 'sum by (reasons) (chatapp_sockets_closed)', '{{reason}}')).to.deep.equal([
      'chatapp_sockets_closed is no metric',
      'reasons is no label',
      'reason is shown, and not kept by the expression',
    ]);
    expect(faultsOf(there, 'rate(chatapp_sockets_bucket[1m])')).to.not.be.empty;
  });

  it('is shown by the dashboard: each metric of the server, and no other', async () => {
    const { panels } = JSON.parse(await textOf('grafana-dashboard.json')) as Dashboard;
    const targets = panels.flatMap(({ targets: each }) => each);
    for (const { expr, legendFormat } of targets) expect(faultsOf(there, expr, legendFormat), expr).to.deep.equal([]);
    const alerts = parse(await textOf('alerts.yml')) as Alerts;
    const all = [...targets, ...alerts.groups.flatMap(({ rules }) => rules)].map(({ expr }) => expr).join('\n');
    const own = [...there.keys()].filter((name) => name.startsWith('chatapp_'));
    expect(own.filter((name) => !all.includes(name))).to.deep.equal(NOT_WATCHED);
  });

  it('is told by the alerts, whose texts name what they are about', async () => {
    const { groups } = parse(await textOf('alerts.yml')) as Alerts;
    const rules = groups.flatMap((group) => group.rules);
    expect(rules).to.have.length.above(5);
    for (const { alert, expr, annotations } of rules)
      expect(faultsOf(there, expr, annotations.summary.replaceAll(/\{\{ \$value[^}]*\}\}/g, '')), alert).to.deep.equal(
        [],
      );
    const reasons = [...(await textOf('alerts.yml')).matchAll(/reason="(\w+)"/g)].map(([, reason]) => reason);
    expect(reasons.filter((reason) => !Object.hasOwn(closeCodes, reason as string))).to.deep.equal([]);
  });

  it('has a section for each alert in the documentation', async () => {
    const { groups } = parse(await textOf('alerts.yml')) as Alerts;
    const text = await readFile(new URL('../../docs/running.md', import.meta.url), 'utf8');
    for (const { alert } of groups.flatMap((group) => group.rules)) expect(text).to.include(`\`${alert}\``);
  });
});
