import { describe, expect, it } from '@jest/globals';
import { caseHistory, type CaseHistory } from '@recourse/contracts';
import { evolve, initial } from './remembering.js';
import type { ComplaintCaseEvent } from './complaint-case.js';
import { answered, assessed, at, closed, decided, issuedLetter, jing, oneOfEach, opened, sentLetter } from './complaint-case.testing.js';
import { forCustomer, progressOf } from './showing.js';

/** The public state after these events. */
const after = (...events: readonly ComplaintCaseEvent[]): CaseHistory =>
  events.reduce<CaseHistory | undefined>(
    (history, { type, sealed, approval, ...data }: ComplaintCaseEvent & Record<string, unknown>, version) =>
      caseHistory(history, {
        type,
        at: at(0),
        by: jing,
        stream: 'case-019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22',
        version,
        data,
        ...(sealed !== undefined && { sealed: sealed as never }),
        ...(approval !== undefined && { approval: approval as never }),
      }),
    undefined,
  )!;
const progress = (...events: readonly ComplaintCaseEvent[]) => progressOf(after(...events), events.length - 1, at(60), 'zh-CN');

describe('The progress of a case', () => {
  it.each([
    ['received', '已登记', 'us', [opened]],
    ['assessed', '已受理，处理中', 'us', [opened, assessed]],
    ['waiting-for-complainant', '待补充材料', 'complainant', [opened, assessed, oneOfEach.InformationAsked]],
    ['waiting-for-merchant', '待商家审核', 'merchant', [opened, assessed, { ...oneOfEach.InformationAsked, from: 'merchant' }]],
    ['assessed', '已受理，处理中', 'us', [opened, assessed, oneOfEach.InformationAsked, oneOfEach.InformationReceived]],
    ['escalated', '已升级处理', 'us', [opened, assessed, oneOfEach.CaseEscalated]],
    ['answered', '已答复', 'us', answered],
    ['closed', '已办结', 'nobody', closed],
    ['reopened', '重新处理', 'us', [...closed, oneOfEach.CaseReopened]],
    ['withdrawn', '已撤回', 'nobody', [opened, oneOfEach.ComplaintWithdrawn, { ...oneOfEach.CaseClosed, how: 'withdrawn' }]],
  ] as const)('is %s (%s), waiting for %s', (stage, stageText, waitingFor, events) =>
    expect(progress(...events)).toMatchObject({ stage, stageText, waitingFor }),
  );

  it('names the team that has it, in the reader’s language', () =>
    expect(progress(opened)).toMatchObject({ team: 'account-security-desk', teamText: '账户安全组', categoryText: '账户被盗' }));
  it('says when the next word comes', () =>
    expect(progress(opened, { type: 'UpdatePromised', promise: 'b', due: at(300) }, oneOfEach.UpdatePromised).nextUpdate).toBe(at(120)));
  it('does not promise what is overdue', () => {
    const overdue = progress(opened, { ...oneOfEach.UpdatePromised, due: at(60) });
    expect(overdue.nextUpdate).toBeNull();
    expect(overdue.promises).toEqual([{ promise: 'promise-1', due: at(60), state: 'unconfirmed', stateText: '已到期，待确认' }]);
  });
  it('shows a miss for ever', () =>
    expect(
      progress(opened, { ...oneOfEach.UpdatePromised, due: at(10) }, oneOfEach.PromiseMissed, ...answered.slice(1)).promises[0],
    ).toMatchObject({ state: 'missed', stateText: '未按承诺时间回复' }));
  it('counts inquiries and shows measures', () =>
    expect(progress(opened, oneOfEach.ProgressInquired, oneOfEach.MeasurePlanned)).toMatchObject({
      inquiries: { count: 1, last: at(0) },
      measures: [{ kind: 'secure-account', state: 'planned' }],
    }));
  it('does not tell the outcome before the letter does', () => {
    expect(progress(opened, assessed, decided())).not.toHaveProperty('outcome');
    expect(progress(...answered)).toMatchObject({ outcome: 'upheld', outcomeText: '投诉成立' });
  });
});

describe('A customer', () => {
  const everything = after(...Object.values(oneOfEach).filter(({ type }) => type !== 'CaseReopened'));
  it('does not see what the desk says to itself', () => {
    const shown = forCustomer(everything);
    for (const member of ['notes', 'conflicts', 'vulnerabilities', 'assignment', 'approvals', 'links', 'proposal', 'priority'])
      expect(shown).not.toHaveProperty(member);
    expect(shown).toMatchObject({ contacts: [{ badge: '0417' }], promises: [{ state: 'missed' }] });
  });
  it('is not told of a lock an authority forbids to tell', () =>
    expect(
      forCustomer(after(opened, oneOfEach.ProtectionNoted, { ...oneOfEach.ProtectionNoted, lock: 'lock-2', disclosable: false })).protection
        .noted,
    ).toHaveLength(1));
  it('hears the decision with the final response', () => {
    expect(forCustomer(after(opened, assessed, decided()))).not.toHaveProperty('decision');
    expect(forCustomer(after(...answered))).toMatchObject({ decision: { outcome: 'upheld' } });
  });
});

describe('What is shown and what decisions remember', () => {
  const stories: readonly (readonly ComplaintCaseEvent[])[] = [
    answered,
    closed,
    [...closed, oneOfEach.CaseReopened],
    [...closed, oneOfEach.CaseReopened, sentLetter('final-response')],
    [
      ...closed,
      oneOfEach.CaseReopened,
      issuedLetter('final-response', { letter: 'letter-2', issuedAt: at(90) }),
      sentLetter('final-response', { letter: 'letter-2' }),
    ],
    [opened, oneOfEach.ComplaintWithdrawn, { ...oneOfEach.CaseClosed, how: 'withdrawn' }, oneOfEach.CaseReopened],
    Object.values(oneOfEach),
  ];
  it.each(stories.map((story) => [story]))('agree on the stage and on every promise, measure and letter', (story) => {
    const state = story.reduce(evolve, initial);
    const shown = after(...story);
    if (state.stage === 'not-opened') throw new Error('every story begins with an opening');
    const states = (named: Readonly<Record<string, { state: string }>>) => Object.entries(named).map(([id, one]) => [id, one.state]);
    expect(shown.stage).toBe(state.stage);
    expect(shown.promises.map(({ promise, state: stands }) => [promise, stands])).toEqual(states(state.promises));
    expect(shown.measures.map(({ measure, state: stands }) => [measure, stands])).toEqual(states(state.measures));
    expect(shown.letters.map(({ letter, state: stands }) => [letter, stands])).toEqual(states(state.letters));
    expect(shown.approvals.map(({ review, state: stands }) => [review, stands])).toEqual(states(state.reviews));
    expect(shown.priority).toBe(state.priority);
  });
});
