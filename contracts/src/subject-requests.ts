import type { Code } from './taxonomy.js';

/** How long one may take to answer: calendar months, or working days. */
export type AnswerWithin = { readonly months: number } | { readonly workingDays: number };
export type SubjectDeadlines = { readonly answer: AnswerWithin; readonly extension?: AnswerWithin; readonly source: string };

/** Within what a request of a subject is answered, by whose law, and where that stands. Where the law knows no extension there is none. */
export const subjectDeadlines: Readonly<Record<Code<'subject-jurisdiction'>, SubjectDeadlines>> = {
  eu: { answer: { months: 1 }, extension: { months: 2 }, source: 'Regulation (EU) 2016/679, Art. 12(3)' },
  uk: { answer: { months: 1 }, extension: { months: 2 }, source: 'UK GDPR, Art. 12(3)' },
  cn: { answer: { workingDays: 15 }, source: 'App违法违规收集使用个人信息行为认定方法, 六' },
};

/** The instant by which an answer is due. A month ends on the same day of the next one or on its last; holidays are not taken off, so nothing is due later than the law says. */
export const dueWithin = (from: string, within: AnswerWithin): string => {
  const at = new Date(from);
  if ('months' in within) {
    const day = at.getUTCDate();
    at.setUTCDate(1);
    at.setUTCMonth(at.getUTCMonth() + within.months);
    const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    at.setUTCDate(Math.min(day, last));
    return at.toISOString();
  }
  for (let left = within.workingDays; left > 0;) {
    at.setUTCDate(at.getUTCDate() + 1);
    if (at.getUTCDay() % 6 !== 0) left--;
  }
  return at.toISOString();
};
