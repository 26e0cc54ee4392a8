import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bodyFields, undeclaredFields, type Declared } from './personal-fields.js';
import { contractsFolder } from './platforms.loading.js';

const read = <T>(name: string): T => JSON.parse(readFileSync(contractsFolder(name), 'utf8')) as T;
type Schema = { properties: Record<string, unknown> };
type Description = { paths: Record<string, unknown>; components: { schemas: Record<string, Schema> } };

const declared = read<Declared>('privacy/personal-fields.json');
const description = () => read<Description>('openapi/recourse.json');
const withField = (dto: string, field: string, schema: object): Description => {
  const changed = description();
  changed.components.schemas[dto]!.properties[field] = schema;
  return changed;
};

describe('A field in which a person might stand', () => {
  it('is declared, with the group it is sealed in or why it is nobody’s', () =>
    expect(undeclaredFields(description(), declared)).toEqual([]));

  it('stops the build when it is new and free text', () =>
    expect(undeclaredFields(withField('NoteDto', 'nickname', { type: 'string' }), declared)).toEqual([
      '/v1/cases/{id}/notes/nickname looks personal and is declared nowhere',
    ]));

  it('stops the build when its name says so, whatever form it must have', () =>
    expect(undeclaredFields(withField('NoteDto', 'callerTelephone', { type: 'string', pattern: '^\\+\\d+$' }), declared)).toHaveLength(1));

  it.each(['telephone', 'email', 'fullName', 'homeAddress', 'dateOfDeath'])('stops the build as %s with a pattern', (field) =>
    expect(undeclaredFields(withField('NoteDto', field, { type: 'string', pattern: '.' }), declared)).toHaveLength(1),
  );

  it('stops the build when it is gone and still declared, or declared as something unheard of', () => {
    expect(undeclaredFields(description(), { ...declared, '/v1/nowhere/name': 'sealed:note' })).toHaveLength(1);
    expect(undeclaredFields(description(), { ...declared, '/v1/cases/{id}/notes/text': 'somewhere' })).toHaveLength(1);
  });

  it('is looked for in many fields of many requests', () => expect(bodyFields(description()).length).toBeGreaterThan(120));
});
