import { expect } from '@jest/globals';
import { contractsFolder } from '@recourse/contracts';
import type { NewEvent, Recorded } from '@recourse/event-store';
import type { Announce, Announcement } from '@recourse/relay';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A record as the relay sees it: what the store would have made of this event. */
export const recorded = <Event extends NewEvent>(
  stream: string,
  { type, sealed, ...data }: Event,
  version: number,
  tenant = 'quanpay',
): Recorded => ({
  f: 'recourse/record/v1',
  type,
  sv: 1,
  id: `019a9c3e-0000-7000-8000-${String(version).padStart(12, '0')}`,
  stream,
  version,
  tenant,
  at: '2026-11-18T09:00:00.000Z',
  by: { actor: 'agent-0417', role: 'agent', client: 'console' },
  corr: 'm1',
  prev: '',
  data,
  ...(sealed && { sealed }),
  position: version,
  recordedAt: '2026-11-18T09:00:00.000Z',
  leaf: '',
  text: '',
});

type Fold<H> = (history: H | undefined, record: Recorded) => H;

export const historyAfter = <H>(past: readonly Recorded[], fold: Fold<H>): H | undefined =>
  past.reduce<H | undefined>((history, record) => fold(history, record), undefined);

/** What the relay would tell of this past, in order. */
export const announced = <H>(past: readonly Recorded[], fold: Fold<H>, announce: Announce): readonly Announcement[] =>
  past.flatMap((record, at) => announce(record, historyAfter(past.slice(0, at + 1), fold)));

/** Which messages a topic promises. */
export const schemasOf = (topic: string): readonly string[] =>
  readdirSync(contractsFolder(join('events', topic)))
    .map((file) => file.replace(/\.v1\.json$/, ''))
    .sort();

/** What is told must be exactly what the schema promises. */
export const validate = ({ topic, type, data }: Announcement): void => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  const check = ajv.compile(JSON.parse(readFileSync(contractsFolder(join('events', topic, `${type}.v1.json`)), 'utf8')) as object);
  expect({ errors: check(data) ? [] : check.errors }).toEqual({ errors: [] });
};
