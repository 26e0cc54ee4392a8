import { describe, expect, it } from '@jest/globals';
import { Accounting } from './accounting.js';
import { checkEffects, checkTopic } from './delivering.js';
import { compareOrder, Findings } from './finding.js';
import { Histories, type Line } from './histories.js';
import { leafOf, Reviewing, sorted, type Row } from './reviewing.js';

/** Rows as a healthy log has them: `streams` take turns, two events an operation. */
const healthyLog = (count = 40, streams = 3): Row[] => {
  const heads = new Map<string, { version: number; leaf: Buffer }>();
  return Array.from({ length: count }, (_, position) => {
    const stream = `case-${Math.floor(position / 2) % streams}`;
    const head = heads.get(stream) ?? { version: -1, leaf: Buffer.alloc(32) };
    const version = head.version + 1;
    const id = `id-${position}`;
    const data = { op: `op-${Math.floor(position / 2)}`, n: position % 2 };
    const text = sorted({ f: 'recourse/record/v1', type: 'Said', id, stream, version, prev: head.leaf.toString('base64url'), data });
    const leaf = leafOf(text);
    heads.set(stream, { version, leaf });
    return { position, stream, version, id, type: 'Said', leaf, text };
  });
};
const reviewed = (rows: readonly Row[]): Findings => {
  const findings = new Findings();
  const reviewing = new Reviewing('log', findings);
  for (const row of rows) reviewing.review(row);
  return findings;
};
const told = (rows: readonly Row[]): Line[] =>
  Array.from({ length: rows.length / 2 }, (_, n): Line[] => [
    { do: 'invoke', op: `op-${n}`, stream: rows[2 * n]!.stream, events: 2 },
    { do: 'ok', op: `op-${n}`, positions: [2 * n, 2 * n + 1] },
  ]).flat();
const accounted = (rows: readonly Row[], lines: readonly Line[]): Findings => {
  const [findings, accounting, histories] = [new Findings(), new Accounting(), new Histories()];
  for (const line of lines) histories.note(line);
  for (const { stream, position, text } of rows)
    accounting.add({ stream, position, data: (JSON.parse(text) as { data: object }).data as never });
  accounting.close(histories, findings);
  return findings;
};
const kinds = ({ counts }: Findings) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

describe('The checker goes through a log', () => {
  it('and finds nothing in a healthy one', () => expect(kinds(reviewed(healthyLog()))).toEqual({}));

  it('finds a gap in the positions', () => {
    const rows = healthyLog().map((row) => (row.position < 20 ? row : { ...row, position: row.position + 1 }));
    expect(kinds(reviewed(rows))).toEqual({ gaps: 1 });
  });

  it('finds a missing record: a gap of position and of version, and a chain that does not hold', () => {
    const rows = healthyLog().filter(({ position }) => position !== 10);
    expect(kinds(reviewed(rows))).toMatchObject({ gaps: 2, broken: 1 });
  });

  it('finds a position that was given twice', () => {
    const rows = healthyLog();
    expect(reviewed([...rows.slice(0, 11), rows[10]!, ...rows.slice(11)]).counts.doubled).toBeGreaterThan(0);
  });

  it('finds one changed letter', () => {
    const rows = healthyLog();
    rows[7] = { ...rows[7]!, text: rows[7]!.text.replace('op-3', 'op-4') };
    expect(kinds(reviewed(rows))).toEqual({ broken: 1 });
  });

  it('finds a record that was replaced with its leaf: the next one names another', () => {
    const rows = healthyLog();
    const text = rows[7]!.text.replace('op-3', 'op-4');
    rows[7] = { ...rows[7]!, text, leaf: leafOf(text) };
    expect(kinds(reviewed(rows))).toEqual({ broken: 1 });
  });

  it('finds a record that is not in canonical form, and columns that say something else', () => {
    const rows = healthyLog(2, 1);
    const text = ` ${rows[1]!.text}`;
    expect(kinds(reviewed([rows[0]!, { ...rows[1]!, text, leaf: leafOf(text) }]))).toEqual({ broken: 1 });
    expect(kinds(reviewed([rows[0]!, { ...rows[1]!, type: 'Unsaid' }]))).toEqual({ broken: 1 });
  });
});

describe('The checker holds what clients were told against the log', () => {
  const rows = healthyLog();

  it('and finds nothing when both agree', () => expect(kinds(accounted(rows, told(rows)))).toEqual({}));

  it('finds an acknowledged operation that is not there', () =>
    expect(kinds(accounted(rows.slice(0, -2), told(rows)))).toEqual({ lost: 1 }));

  it('finds half an operation', () => expect(kinds(accounted(rows.slice(0, -1), told(rows)))).toEqual({ lost: 1 }));

  it('finds an operation that was applied twice', () =>
    expect(kinds(accounted([...rows, { ...rows[0]!, position: 40 }, { ...rows[1]!, position: 41 }], told(rows)))).toEqual({ doubled: 1 }));

  it('lets an unknown outcome be either, but whole', () => {
    const lines = told(rows).map((line): Line => (line.op === 'op-19' && line.do === 'ok' ? { do: 'unknown', op: 'op-19' } : line));
    expect(kinds(accounted(rows, lines))).toEqual({});
    expect(kinds(accounted(rows.slice(0, -2), lines))).toEqual({});
    expect(kinds(accounted(rows.slice(0, -1), lines))).toEqual({ lost: 1 });
  });

  it('finds what was refused and stands there all the same, and what nobody asked for', () => {
    const lines = told(rows).filter(({ op }) => op !== 'op-19');
    expect(kinds(accounted(rows, lines))).toEqual({ unasked: 1 });
    const refused: Line[] = [...lines, { do: 'invoke', op: 'op-19', stream: rows[38]!.stream, events: 2 }, { do: 'fail', op: 'op-19' }];
    expect(kinds(accounted(rows, refused))).toEqual({ unasked: 1 });
  });

  it('does not take an operation for refused that was tried again', () => {
    const histories = new Histories().read([
      '{"do":"invoke","op":"a","stream":"s","events":1}',
      '{"do":"unknown","op":"a"}',
      '{"do":"invoke","op":"a","stream":"s","events":1}',
      '{"do":"fail","op":"a"}',
      '{"do":"inv',
    ]);
    expect([histories.count('failed'), histories.count('unknown')]).toEqual([0, 1]);
    expect(() => new Histories().read(['{"do":"inv', '{"do":"unknown","op":"a"}'])).toThrow('cannot be read');
  });
});

describe('The checker holds effects against what was said', () => {
  const spoken = new Map([
    ['k', ['a', 'b', 'c', 'd']],
    ['l', ['e']],
  ]);
  const found = (k: string[], l = ['e']): object => {
    const findings = new Findings();
    checkEffects('inbox', spoken, new Map([...Object.entries({ k, l })]), findings);
    return kinds(findings);
  };

  it('and finds nothing when each happened once, in order', () => expect(found(['a', 'b', 'c', 'd'])).toEqual({}));
  it('finds one that never happened', () => expect(found(['a', 'b', 'd'])).toEqual({ lost: 1 }));
  it('finds one that happened twice', () => expect(found(['a', 'b', 'b', 'c', 'd'])).toEqual({ doubled: 1 }));
  it('finds two in the wrong order', () => expect(found(['a', 'c', 'b', 'd'])).toEqual({ inverted: 1 }));
  it('finds what was never said, and a key that nobody has', () => {
    expect(found(['a', 'b', 'c', 'd', 'x'])).toEqual({ unasked: 1 });
    const findings = new Findings();
    checkEffects('inbox', new Map(), new Map([['m', ['a']]]), findings);
    expect(kinds(findings)).toEqual({ unasked: 1 });
  });

  it('allows copies in a topic and counts them, but not another order or another partition', () => {
    const lie = (key: string, ids: string, partition = 0) => [...ids].map((id) => ({ partition, key, id }));
    const topic = (...carried: ReturnType<typeof lie>) => {
      const findings = new Findings();
      return { ...checkTopic('topic', spoken, carried, findings), found: kinds(findings) };
    };
    expect(topic(...lie('k', 'ab' + 'abcd'), ...lie('l', 'e'))).toEqual({ copies: 2, total: 7, found: {} });
    expect(topic(...lie('k', ['a', 'c', 'b', 'd'].join('')), ...lie('l', 'e')).found).toEqual({ inverted: 1 });
    expect(topic(...lie('k', 'ab'), ...lie('k', 'cd', 1), ...lie('l', 'e')).found).toEqual({ broken: 1 });
    expect(topic(...lie('k', 'abcd')).found).toEqual({ lost: 1 });
  });

  it('keeps the first faults to show and counts all', () => {
    const findings = new Findings();
    compareOrder(
      'reader',
      Array.from({ length: 100 }, (_, n) => String(n)),
      [],
      findings,
    );
    expect([findings.total, findings.faults.length]).toEqual([100, 25]);
  });
});
