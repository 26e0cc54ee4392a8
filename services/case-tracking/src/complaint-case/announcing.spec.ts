import { describe, expect, it } from '@jest/globals';
import { caseHistory, contractsFolder, type CaseHistory } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { existsSync, readFileSync } from 'node:fs';
import { announce } from './announcing.js';
import type { ComplaintCaseEvent } from './complaint-case.js';
import { at, jing, oneOfEach, opened } from './complaint-case.testing.js';

const stays = [
  'FactsNoted', 'CheckNoted', 'CasesLinked', 'TermsPinned', 'VulnerabilityNoted', 'CaseReleased', 'CaseEscalated', 'ConflictNoted', 'NoteAdded',
  'EvidenceAttached', 'ProtectionNoted', 'ProtectionDeclined', 'DecisionProposed', 'ApprovalAsked', 'ApprovalGiven', 'ApprovalRefused', 'ApprovalLapsed',
] satisfies ComplaintCaseEvent['type'][]; // prettier-ignore

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);

/** The specs call things by short names; in the world they are UUIDs. */
const named = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value).replace(/"[a-z]+-(\d)"/g, '"019a9c40-1f02-7a10-8c11-00000000000$1"')) as T;

const record = (event: ComplaintCaseEvent, version = 1): Recorded => {
  const { type, sealed, ...data } = named(event) as ComplaintCaseEvent & { sealed?: Recorded['sealed'] };
  return {
    f: 'recourse/record/v1',
    type,
    sv: 1,
    id: '019a9c40-0000-7000-8000-000000000001',
    stream: 'case-019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22',
    version,
    tenant: 'quanpay',
    at: at(0),
    by: jing,
    corr: '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22',
    prev: '',
    data,
    ...(sealed && { sealed }),
    position: version,
    recordedAt: at(0),
    leaf: '',
    text: '',
  };
};
const opening = caseHistory(undefined, record(opened, 0));
const told = (event: ComplaintCaseEvent) =>
  announce(record(event), event.type === 'CaseOpened' ? opening : caseHistory(opening, record(event)));

describe.each(Object.values(oneOfEach).filter(({ type }) => !stays.includes(type as never)))('$type', (event) => {
  const [message] = told(event);
  const file = contractsFolder(`events/recourse.case.v1/${event.type}.v1.json`);

  it('is told under its own name, keyed by the matter', () =>
    expect(message).toMatchObject({ topic: 'recourse.case.v1', type: event.type, key: '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22' }));
  it('says what its schema promises, and nothing else', () => {
    expect(existsSync(file)).toBe(true);
    const schema = JSON.parse(readFileSync(file, 'utf8')) as { examples: unknown[] };
    const promised = ajv.compile(schema);
    expect({ valid: promised(message?.data), errors: promised.errors }).toEqual({ valid: true, errors: null });
    expect({ valid: promised(schema.examples[0]), errors: promised.errors }).toEqual({ valid: true, errors: null });
  });
});

describe('What is said at the desk', () => {
  it.each(stays)('%s stays in the house', (type) => expect(told(oneOfEach[type])).toEqual([]));
});

describe('Sealed words', () => {
  const groups = (event: ComplaintCaseEvent) => told(event)[0]?.sealed?.map(({ group }) => group);
  it('of a contact and of a letter travel to whoever tells the customer', () =>
    expect([groups(oneOfEach.ContactRecorded), groups(oneOfEach.LetterIssued)]).toEqual([['contact-text'], ['letter-text']]));
  it('of the narrative do not', () => expect(groups(oneOfEach.CaseOpened)).toBeUndefined());
});

describe('The history of a case', () => {
  it.each(Object.values(oneOfEach))('knows $type', (event) => {
    const folded: CaseHistory = event.type === 'CaseOpened' ? opening : caseHistory(opening, record(event));
    expect(folded.id).toBe('019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22');
  });
  it('knows nothing else', () =>
    expect(() => caseHistory(opening, { ...record(opened), type: 'CaseForgotten' })).toThrow('unknown to a case'));
  it('begins with the opening', () =>
    expect(() => caseHistory(undefined, record(oneOfEach.NoteAdded))).toThrow('a case begins with CaseOpened'));
});
