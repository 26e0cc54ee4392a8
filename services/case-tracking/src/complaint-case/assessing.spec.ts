import { describe, it } from '@jest/globals';
import type { AssessCase, NoteVulnerability, PinTerms, Prioritise } from './assessing.js';
import { assessed, byJing, byService, closed, given, heldBy, oneOfEach, opened, sealed } from './complaint-case.testing.js';

const assess: AssessCase = {
  type: 'AssessCase',
  ...byJing,
  severity: 'serious',
  category: 'account-taken-over',
  causeFamily: 'take-over',
  needs: ['account', 'occurredAt', 'amount', 'device'],
};

describe('Assessing', () => {
  it('is recorded', () => given(opened).when(assess).records(assessed));
  it('says nothing when nothing changed', () => given(opened, assessed).when(assess).recordsNothing());
  it('may be done again with another result', () =>
    given(opened, assessed)
      .when({ ...assess, severity: 'minor' })
      .records({ ...assessed, severity: 'minor' }));
  it('names the details that are missing', () =>
    given({ ...opened, known: ['account', 'amount'] })
      .when(assess)
      .isRefused('details-missing', { pointers: ['/details/occurredAt', '/details/device'] }));
  it('needs only what its own category needs', () =>
    given({ ...opened, known: ['occurredAt'] })
      .when({ ...assess, category: 'privacy', causeFamily: 'service-conduct', needs: ['occurredAt'] })
      .records({ type: 'CaseAssessed', severity: 'serious', category: 'privacy', causeFamily: 'service-conduct' }));
  it('counts what was told later', () =>
    given({ ...opened, known: ['account', 'occurredAt', 'amount'] }, { type: 'FactsNoted', facts: {}, known: ['device'] })
      .when(assess)
      .records(assessed));
  it('raises the priority of a critical case', () =>
    given(opened)
      .when({ ...assess, severity: 'critical' })
      .records({ ...assessed, severity: 'critical' }, { type: 'CasePrioritised', priority: 'urgent', rule: 'severity-critical' }));
  it('needs the skill of the category', () =>
    given(opened)
      .when({ ...assess, skills: ['fees'] })
      .isRefused('agent-lacks-skill', { facts: { skill: 'account-taken-over' } }));
  it('takes any agent while there is no category', () =>
    given({ ...opened, category: undefined })
      .when({ ...assess, skills: [] })
      .records(assessed));
  it('is for whoever holds the case', () => given(opened, heldBy('w-wei')).when(assess).isRefused('case-belongs-to-another'));
  it('is refused once the case is closed', () =>
    given(...closed)
      .when(assess)
      .isRefused('case-is-not-open'));
  it('is refused before the case is opened', () => given().when(assess).isRefused('case-is-not-open'));
});

describe('Priority', () => {
  const prioritise: Prioritise = { type: 'Prioritise', ...byJing, priority: 'low' };
  it('may be lowered by hand', () => given(opened).when(prioritise).records({ type: 'CasePrioritised', priority: 'low', rule: 'desk' }));
  it('stays as it is', () =>
    given(opened)
      .when({ ...prioritise, priority: 'normal' })
      .recordsNothing());
});

describe('The terms in force', () => {
  const pin: PinTerms = { type: 'PinTerms', ...byService, terms: '2026-09-01', from: '2026-09-01T00:00:00.000Z', h: 'sha256:01' };
  it('are pinned', () => given(opened).when(pin).records(oneOfEach.TermsPinned));
  it('are pinned once', () => given(opened, oneOfEach.TermsPinned).when(pin).recordsNothing());
  it('are pinned anew when it happened at another time', () =>
    given(opened, oneOfEach.TermsPinned)
      .when({ ...pin, terms: '2025-07-01' })
      .records({ ...oneOfEach.TermsPinned, terms: '2025-07-01' }));
});

describe('Vulnerability', () => {
  const note: NoteVulnerability = { type: 'NoteVulnerability', ...byJing, causedByOurFailure: false, sealed: [sealed('vulnerability')] };
  it('raises the priority, and what it is stays sealed', () =>
    given(opened).when(note).records(oneOfEach.VulnerabilityNoted, { type: 'CasePrioritised', priority: 'high', rule: 'vulnerability' }));
  it('lowers nothing', () =>
    given(opened, { type: 'CasePrioritised', priority: 'urgent', rule: 'desk' }).when(note).records(oneOfEach.VulnerabilityNoted));
});
