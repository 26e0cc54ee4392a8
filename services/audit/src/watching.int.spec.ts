import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceUnderTest, type ServiceUnderTest } from '@recourse/edge/testing';
import { readFileSync } from 'node:fs';
import { AuditModule } from './audit.module.js';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const rules = read('deploy/alerts/recourse.rules.yaml');
const dashboard = JSON.parse(read('deploy/alerts/dashboard.json')) as {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
};

/** Names of metrics in an expression: ours and Node's. What else stands there is a function, a label or a word. */
const metricsIn = (expression: string): readonly string[] => expression.match(/\b(?:recourse|nodejs|process)_[a-z0-9_]+/g) ?? [];
/** `by (service, topic)` and `{status=~"5.."}`. */
const labelsIn = (expression: string): readonly string[] => [
  ...[...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names]) => names!.split(',').map((name) => name.trim())),
  ...[...expression.matchAll(/[{,]\s*([a-z_]+)\s*(?:=~|!~|!=|=)"/g)].map(([, name]) => name!),
];

const alerts = rules.split(/^ +- alert: /m).slice(1);
const expressions = [
  ...alerts.map((alert) => /expr: (?:>-\n)?([\s\S]*?)\n +(?:for|labels):/.exec(alert)![1]!),
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
];

let service: ServiceUnderTest;
let exposed: string;
beforeAll(async () => {
  // The notary has everything every service has, and its own.
  service = await serviceUnderTest(AuditModule, { service: 'audit' });
  await service.as({ role: 'operator', tenant: 'quanpay' }).get('/v1/operations/audit/status');
  exposed = (await service.app.inject({ method: 'GET', url: '/metrics' })).body;
}, 60_000);
afterAll(() => service.close());

describe('What is watched', () => {
  it('is found in rules and panels', () => {
    expect(alerts.length).toBeGreaterThan(12);
    expect(dashboard.panels.length).toBeGreaterThan(12);
    for (const expression of expressions) expect(metricsIn(expression).length).toBeGreaterThan(0);
  });

  it('is exposed by a running service, every metric of it', () => {
    const types = new Set([...exposed.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!));
    const known = (name: string) => types.has(name) || types.has(name.replace(/_(bucket|count|sum)$/, ''));
    expect([...new Set(expressions.flatMap(metricsIn))].filter((name) => !known(name))).toEqual([]);
  });

  it('has the labels it is grouped and filtered by', () => {
    const { registry } = service.runtime.metrics;
    const labelsOf = (name: string) =>
      (registry.getSingleMetric(name.replace(/_(bucket|count|sum)$/, '')) as unknown as { readonly labelNames: readonly string[] })
        .labelNames;
    const unknown = expressions.flatMap((expression) => {
      const known = new Set(['service', 'le', ...metricsIn(expression).flatMap(labelsOf)]);
      return labelsIn(expression).filter((label) => !known.has(label));
    });
    expect(unknown).toEqual([]);
  });

  it('names nobody: no tenant, no key, no account among the labels', () => {
    const labels = new Set([...exposed.matchAll(/([a-z_]+)="/g)].map(([, name]) => name!));
    for (const personal of ['tenant', 'key', 'account', 'actor', 'customer', 'matter', 'stream'])
      expect([...labels]).not.toContain(personal);
  });

  it('has a runbook for every alert', () => {
    const headings = [...read('docs/operating.md').matchAll(/^## (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));
    const runbooks = alerts.map((alert) => /runbook: docs\/operating\.md#(\S+)/.exec(alert)?.[1]);
    for (const runbook of runbooks) expect(headings).toContain(runbook);
    for (const title of [
      'broker-down',
      'relay-stuck',
      'parked-key',
      'skip',
      'rewind',
      'view-rebuild',
      'restore-from-backup',
      'a-stopped-origin',
    ])
      expect(headings).toContain(title);
  });

  it('is named in its runbook by the name of the alert', () => {
    const page = read('docs/operating.md');
    for (const alert of alerts) expect(page).toContain(alert.split('\n')[0]!.trim());
  });
});
