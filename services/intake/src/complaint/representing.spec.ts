import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { ComplaintEvent } from './complaint.js';
import { complaint } from './deciding.js';

const given = givenFor(complaint);
const by = { actor: 'agent-41', role: 'agent', client: 'console' };
const at = '2026-11-18T09:00:00.000Z';
const sealed = [{ id: '019a9c3e-0000-7000-8000-000000000001', group: 'complainant', key: 'k1', h: 'h'.repeat(43) }];

const drafted: ComplaintEvent = { type: 'ComplaintDrafted', matter: 'm1', channel: 'telephone', language: 'en' };
const discarded: ComplaintEvent = { type: 'DraftDiscarded', why: 'duplicate' };
const helper: ComplaintEvent = { type: 'RepresentativeNamed', representative: 'p1', capacity: 'helper', scope: 'submitting', sealed };
const guardian: ComplaintEvent = { ...helper, capacity: 'guardian', scope: 'everything' };
const document: ComplaintEvent = {
  type: 'EvidenceListed',
  evidence: 'e1',
  kind: 'letter',
  from: 'representative',
  h: 'h'.repeat(43),
  size: 10,
};

describe('Naming the complainant', () => {
  const name = { type: 'NameComplainant', by, at, capacity: 'holder', kind: 'consumer', sealed } as const;
  it('is recorded with the person sealed beside it', () =>
    given(drafted)
      .when({ ...name, subject: 'cus-1' })
      .records({ type: 'ComplainantNamed', subject: 'cus-1', capacity: 'holder', kind: 'consumer', sealed }));
  it('does not keep the day of birth', () =>
    given(drafted)
      .when({ ...name, born: '1990-05-01' })
      .records({ type: 'ComplainantNamed', capacity: 'holder', kind: 'consumer', sealed }));
  it('is refused for a minor without a guardian', () =>
    given(drafted)
      .when({ ...name, born: '2010-01-01' })
      .isRefused('minor-needs-a-guardian', { pointers: ['/representative'] }));
  it('is refused for a minor whose representative is no guardian', () =>
    given(drafted, helper)
      .when({ ...name, born: '2010-01-01' })
      .isRefused('minor-needs-a-guardian'));
  it('is fine for a minor with a guardian', () =>
    given(drafted, guardian)
      .when({ ...name, born: '2010-01-01' })
      .records({ type: 'ComplainantNamed', capacity: 'holder', kind: 'consumer', minor: true, sealed }));
  it('takes somebody for grown up from the eighteenth birthday on', () => {
    given(drafted)
      .when({ ...name, born: '2008-11-18' })
      .records({ type: 'ComplainantNamed', capacity: 'holder', kind: 'consumer', sealed });
    given(drafted)
      .when({ ...name, born: '2008-11-19' })
      .isRefused('minor-needs-a-guardian');
  });
  it('knows that who was born on 29 February has a birthday in every year', () => {
    given(drafted)
      .when({ ...name, at: '2026-03-01T00:00:00.000Z', born: '2008-02-29' })
      .records({ type: 'ComplainantNamed', capacity: 'holder', kind: 'consumer', sealed });
  });
  it('is refused to a discarded draft', () => given(drafted, discarded).when(name).isRefused('draft-is-discarded'));
});

describe('Naming a representative', () => {
  const name = { type: 'NameRepresentative', by, at, representative: 'p1', capacity: 'helper', scope: 'submitting', sealed } as const;
  it('is recorded', () => given(drafted).when(name).records(helper));
  it('may be limited in time', () =>
    given(drafted)
      .when({ ...name, until: '2027-01-01T00:00:00.000Z' })
      .records({ ...helper, until: '2027-01-01T00:00:00.000Z' }));
  it('is refused to a discarded draft', () => given(drafted, discarded).when(name).isRefused('draft-is-discarded'));
});

describe('The authority to act', () => {
  const accept = { type: 'AcceptAuthority', by, at, representative: 'p1', evidence: 'e1' } as const;
  const refuse = { type: 'RefuseAuthority', by, at, representative: 'p1', why: 'document-expired', evidence: 'e1' } as const;
  it('is accepted on a document of this complaint', () =>
    given(drafted, helper, document).when(accept).records({ type: 'AuthorityToActAccepted', representative: 'p1', evidence: 'e1' }));
  it('says nothing when accepted again', () =>
    given(drafted, helper, document, { type: 'AuthorityToActAccepted', representative: 'p1', evidence: 'e1' })
      .when(accept)
      .recordsNothing());
  it('is refused with a reason', () =>
    given(drafted, helper, document)
      .when(refuse)
      .records({ type: 'AuthorityToActRefused', representative: 'p1', why: 'document-expired', evidence: 'e1' }));
  it('is not accepted without a document', () => {
    const { evidence: _evidence, ...bare } = accept;
    given(drafted, helper, document)
      .when(bare)
      .isRefused('evidence-not-of-this-complaint', { pointers: ['/evidence'] });
  });
  it('is not rejected without a reason', () => {
    const { why: _why, ...bare } = refuse;
    given(drafted, helper, document)
      .when(bare)
      .isRefused('authority-needs-a-reason', { pointers: ['/why'] });
  });
  it('cannot rest on a document nobody uploaded here', () =>
    given(drafted, helper)
      .when(accept)
      .isRefused('evidence-not-of-this-complaint', { pointers: ['/evidence'] }));
  it('cannot rest on a document that was set aside', () =>
    given(drafted, helper, document, { type: 'EvidenceSetAside', evidence: 'e1', why: 'cannot-be-opened' })
      .when(accept)
      .isRefused('evidence-not-of-this-complaint'));
  it('belongs to a representative who was named', () => {
    given(drafted, document).when(accept).isRefused('representative-not-named');
    given(drafted, document).when(refuse).isRefused('representative-not-named');
  });
  it('is not looked at for a discarded draft', () => {
    given(drafted, discarded).when(accept).isRefused('draft-is-discarded');
    given(drafted, discarded).when(refuse).isRefused('draft-is-discarded');
  });
});
