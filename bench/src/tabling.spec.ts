import { expect, it } from '@jest/globals';
import { asJson, asMarkdown, asTable, figure, insert } from './tabling.js';
import type { Row } from './weighing.js';

const met: Row = {
  name: 'append.32',
  what: '',
  unit: 'events/s',
  against: 'pgbench, 32 clients',
  value: 12_199.4,
  baseline: 8_697,
  ratio: 1.4027,
  goal: { of: 'ratio', least: 1.4 },
  met: true,
  details: { 'p99 ms': 2.5123 },
};
const missing: Row = {
  name: 'deliver.kafka',
  what: '',
  unit: 'ms',
  against: '',
  goal: { of: 'value', below: 150 },
  missing: 'No Java here.',
};
const missed: Row = { ...met, name: 'append.8', ratio: 0.5, met: false };

it('shows three digits, and a dash for what nobody knows', () => {
  expect([12_199.4, 1.4027, 0.04567, undefined].map(figure)).toEqual(['12,199', '1.4', '0.0457', '–']);
});

it('tells met from not met and from missing, and why', () => {
  const [head, first, second, third, ...notes] = asTable([met, missed, missing]).split('\n');
  expect(head).toMatch(/^name +ours +baseline +ratio +goal/);
  expect(first).toMatch(/^append\.32 +12,199 +8,697 +1\.4 +≥ 1\.4 +met +events\/s +pgbench, 32 clients$/);
  expect(second).toMatch(/ 0\.5 +≥ 1\.4 +NOT MET /);
  expect(third).toMatch(/^deliver\.kafka +– +– +– +< 150 ms +missing +ms$/);
  expect(notes.join()).toContain('deliver.kafka: No Java here.');
  expect(notes.join()).toContain('append.32: p99 ms 2.51');
});

it('gives one object a line, with the four members that are always there', () => {
  expect(JSON.parse(asJson(met))).toMatchObject({ name: 'append.32', value: 12_199.4, baseline: 8_697, ratio: 1.4027, met: true });
  expect(JSON.parse(asJson(missing))).toMatchObject({ value: null, baseline: null, ratio: null, missing: 'No Java here.' });
  expect(asJson(met)).not.toContain('\n');
});

it('writes between the markers of a page and nowhere else', () => {
  const page = 'above\n<!-- table: written by npm run bench -- --write -->\nold\n<!-- end of table -->\nbelow\n';
  const written = insert(page, 'table', asMarkdown([met]));
  expect(written).toMatch(/^above\n<!-- table.*-->\n\| name .*\n\|---.*\n\| `append\.32` \| 12,199 .*\n<!-- end of table -->\nbelow\n$/);
  expect(insert(written, 'table', asMarkdown([met]))).toBe(written);
  expect(() => insert('nothing', 'table', '')).toThrow('no place for table');
});
