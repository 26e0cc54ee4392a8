import { deskOf, wordingOf, type CaseHistory, type CaseOfCustomer, type CaseProgress, type Code, type Language } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';

/** Where the case stands, for whom it waits, and when the customer hears next: as of `now`, which only decides whether a promise is overdue. */
export const progressOf = (history: CaseHistory, version: number, now: Instant, language: Language): CaseProgress => {
  const word = (group: Parameters<typeof wordingOf>[1], code: string) => wordingOf(language, group, code);
  const { id, reference, category, receivedAt, inquiries, promises, measures, decision, answeredAt, closure } = history;
  const stage = stageOf(history);
  const team = deskOf(category).team as Code<'team'>;
  const next = promises.filter(({ state, due }) => state === 'open' && due > now).map(({ due }) => due);
  // What is decided is told by the final response, not by a page that is faster than the letter.
  const outcome = answeredAt || closure ? decision?.outcome : undefined;
  return {
    id,
    reference,
    stage,
    stageText: word('stage', stage),
    ...(category && { category, categoryText: word('category', category) }),
    team,
    teamText: word('team', team),
    waitingFor: waitingFor(history),
    receivedAt,
    nextUpdate: next.sort()[0] ?? null,
    promises: promises.map(({ promise, due, state, sentAt }) => {
      const shown = state === 'open' && due <= now ? 'unconfirmed' : state;
      return { promise, due, state: shown, stateText: word('promise-state', shown), ...(sentAt && { sentAt }) };
    }),
    inquiries,
    measures: measures.map(({ kind, state }) => ({ kind, kindText: word('measure-kind', kind), state })),
    ...(outcome && { outcome, outcomeText: word('outcome', outcome) }),
    ...(answeredAt && { answeredAt }),
    ...(closure && history.stage === 'closed' && { closedAt: closure.at }),
    version,
  };
};

/** The case waits for whoever was asked and has not answered; else it is our turn. */
export const waitingFor = ({ stage, informationRequests }: CaseHistory): CaseProgress['waitingFor'] => {
  if (stage === 'closed') return 'nobody';
  const asked = informationRequests.filter(({ state }) => state === 'asked').map(({ from }) => from);
  return (['complainant', 'merchant', 'bank'] as const).find((from) => asked.includes(from)) ?? 'us';
};

/** The stage in the desk's words: what the customer waits for says more than where the file lies. */
const stageOf = (history: CaseHistory): Code<'stage'> => {
  const { stage, withdrawn, tier, reopenings } = history;
  if (stage === 'closed') return withdrawn ? 'withdrawn' : 'closed';
  if (stage === 'answered') return 'answered';
  const waits = waitingFor(history);
  if (waits === 'complainant') return 'waiting-for-complainant';
  if (waits === 'merchant') return 'waiting-for-merchant';
  if (reopenings.length > 0) return 'reopened';
  if (tier !== undefined) return 'escalated';
  return stage === 'assessed' ? 'assessed' : 'received';
};

/** What the desk says to itself stays there, and what an authority forbids to tell is not told. */
export const forCustomer = (history: CaseHistory): CaseOfCustomer => {
  const {
    notes: _notes,
    conflicts: _conflicts,
    vulnerabilities: _vulnerabilities,
    assignment: _assignment,
    tier: _tier,
    proposal: _proposal,
    approvals: _approvals,
    links: _links,
    rule: _rule,
    priority: _priority,
    priorityRule: _priorityRule,
    decision,
    protection,
    ...own
  } = history;
  const told = history.answeredAt !== undefined || history.closure !== undefined;
  return {
    ...own,
    ...(decision && told && { decision }),
    protection: { ...protection, noted: protection.noted.filter(({ disclosable }) => disclosable !== false) },
  };
};
