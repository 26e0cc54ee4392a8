import { describe, it } from '@jest/globals';
import type { NoteConflict } from './assigning.js';
import { byJing, byMin, byWei, closed, given, heldBy, oneOfEach, opened } from './complaint-case.testing.js';

describe('Taking a case', () => {
  it('makes it mine, with the team and skill of its category', () =>
    given(opened)
      .when({ type: 'TakeCase', ...byJing })
      .records(heldBy('w-jing')));
  it('goes to triage while there is no category', () =>
    given({ ...opened, category: undefined })
      .when({ type: 'TakeCase', ...byJing })
      .records({ type: 'CaseAssigned', agent: 'w-jing', team: 'triage-desk', skill: 'triage' }));
  it('says nothing when it is mine already', () =>
    given(opened, heldBy('w-jing'))
      .when({ type: 'TakeCase', ...byJing })
      .recordsNothing());
  it('from a queue passes over what is mine already', () =>
    given(opened, heldBy('w-jing'))
      .when({ type: 'TakeCase', ...byJing, next: true })
      .isRefused('case-belongs-to-another'));
  it('is refused when it is another’s', () =>
    given(opened, heldBy('w-wei'))
      .when({ type: 'TakeCase', ...byJing })
      .isRefused('case-belongs-to-another'));
  it('is refused without the skill', () =>
    given(opened)
      .when({ type: 'TakeCase', ...byJing, skills: [] })
      .isRefused('agent-lacks-skill'));
  it('is refused with a conflict', () =>
    given(opened, oneOfEach.ConflictNoted)
      .when({ type: 'TakeCase', ...byWei })
      .isRefused('agent-has-a-conflict'));
  it('is refused when there is nothing left to do', () =>
    given(...closed)
      .when({ type: 'TakeCase', ...byJing })
      .isRefused('case-is-not-open'));
});

describe('Assigning a case', () => {
  it('may move it from one to another', () =>
    given(opened, heldBy('w-wei'))
      .when({ type: 'AssignCase', ...byMin, agent: 'w-jing' })
      .records(heldBy('w-jing')));
  it('is refused to somebody with a conflict', () =>
    given(opened, oneOfEach.ConflictNoted)
      .when({ type: 'AssignCase', ...byMin, agent: 'w-wei' })
      .isRefused('agent-has-a-conflict', { pointers: ['/agent'] }));
});

describe('Releasing a case', () => {
  it('puts it back', () =>
    given(opened, heldBy('w-jing'))
      .when({ type: 'ReleaseCase', ...byJing, why: 'shift-end' })
      .records(oneOfEach.CaseReleased));
  it('says nothing when nobody holds it', () =>
    given(opened)
      .when({ type: 'ReleaseCase', ...byJing, why: 'shift-end' })
      .recordsNothing());
  it('is not for a colleague', () =>
    given(opened, heldBy('w-wei'))
      .when({ type: 'ReleaseCase', ...byJing, why: 'shift-end' })
      .isRefused('case-belongs-to-another'));
  it('lets somebody else take it', () =>
    given(opened, heldBy('w-jing'), oneOfEach.CaseReleased)
      .when({ type: 'TakeCase', ...byWei })
      .records(heldBy('w-wei')));
});

describe('Escalating a case', () => {
  it('takes it out of the hands that held it', () => {
    given(opened, heldBy('w-jing'))
      .when({ type: 'EscalateCase', ...byJing, tier: 'second-line' })
      .records(oneOfEach.CaseEscalated);
    given(opened, heldBy('w-jing'), oneOfEach.CaseEscalated)
      .when({ type: 'TakeCase', ...byWei })
      .records(heldBy('w-wei'));
  });
  it('says nothing twice', () =>
    given(opened, oneOfEach.CaseEscalated)
      .when({ type: 'EscalateCase', ...byJing, tier: 'second-line' })
      .recordsNothing());
});

describe('A conflict', () => {
  const note: NoteConflict = { type: 'NoteConflict', ...byMin, agent: 'w-wei', conflict: 'complained-about' };
  it('is noted', () => given(opened).when(note).records(oneOfEach.ConflictNoted));
  it('takes the case away from whom it concerns', () =>
    given(opened, heldBy('w-wei')).when(note).records(oneOfEach.ConflictNoted, { type: 'CaseReleased', why: 'conflict' }));
  it('keeps a supervisor away, too', () =>
    given(opened, { type: 'ConflictNoted', agent: 'w-min', conflict: 'decided-before' })
      .when({ type: 'Prioritise', ...byMin, priority: 'high' })
      .isRefused('agent-has-a-conflict'));
});
