import type { AuditedChange, AuditedEvent, Language } from '@recourse/contracts';
import { fitted, padded, widthOf, type Ink } from './laying-out.js';

/** A person a directory knows by the pseudonym that stands in the records. */
export type Somebody = { readonly name: string; readonly badge?: string };

/** What the printer leans on: words, people, how times and amounts are written. */
export type Manner = {
  readonly language: Language;
  readonly zone: string;
  readonly ink: Ink;
  readonly columns: number;
  readonly happening: (type: string) => string;
  /** The word for a code, undefined for one nobody has worded. */
  readonly word: (group: string, code: string) => string | undefined;
  readonly money: (amount: { readonly currency: string; readonly value: number }) => string;
  readonly somebody: (actor: string) => Somebody | undefined;
};

/** Streams that only serve the house; shown when all is asked for. */
export const behindTheScenes: ReadonlySet<string> = new Set([
  'feed',
  'correspondence',
  'recipient',
  'signpost',
  'reference',
  'ledger',
  'receipt',
]);

export const isOnStage = ({ stream }: Pick<AuditedEvent, 'stream'>): boolean => !behindTheScenes.has(/^[a-z]+/.exec(stream)?.[0] ?? '');

/** Under which group of words a member's codes are found. */
const groups: Readonly<Record<string, readonly string[]>> = {
  stage: ['stage'], category: ['category'], severity: ['severity'], priority: ['priority'], outcome: ['outcome'], channel: ['channel'], solution: ['solution'],
  cause: ['cause', 'lock-cause'], scope: ['lock-scope'], kind: ['letter-kind', 'measure-kind', 'evidence', 'proof-kind', 'credit-kind'], check: ['check'],
  result: ['check-result', 'proof-result'], direction: ['direction'], how: ['closed-how', 'check-way'], grounds: ['decision-ground'], reason: ['refund-reason'],
  path: ['refund-path'], state: ['account-state', 'refund-state'], why: ['reopened-why', 'unlock-denied-why', 'hand-off-why'],
}; // prettier-ignore

const labels: Readonly<
  Record<
    Language,
    {
      readonly platform: string;
      readonly customer: string;
      readonly service: string;
      readonly rule: string;
      readonly badge: string;
      readonly for: string;
      readonly sealed: string;
      readonly second: string;
    }
  >
> = {
  en: {
    platform: 'the platform',
    customer: 'the customer',
    service: 'Recourse',
    rule: 'by rule',
    badge: 'badge',
    for: 'for',
    sealed: 'sealed',
    second: 'second person',
  },
  'zh-CN': {
    platform: '平台',
    customer: '客户',
    service: 'Recourse',
    rule: '按规则',
    badge: '工号',
    for: '代',
    sealed: '已加密',
    second: '复核人',
  },
};

/** Something that hurts us, and something that helps: shown as what they are. */
const bad =
  /Missed|Undelivered|Declined|Denied|Refused|Failed|Fork|Broken|Lapsed|Bounced|GivenUp|Exhausted|Rejected|Quarantined|Distrusted|Doubted/;
const good = /Kept|Sent|Confirmed|Unlocked|Done|Verified|Passed|Closed|Delivered|Approved/;

/** The whole timeline, day by day. */
export const retell = (steps: readonly AuditedEvent[], manner: Manner): string => {
  const lines: string[] = [];
  let day = '';
  for (const step of steps) {
    const today = dayOf(step.recordedAt, manner);
    if (today !== day) lines.push('', manner.ink.bold(`${today}  `) + manner.ink.dim(manner.zone), '');
    day = today;
    lines.push(...tell(step, manner));
  }
  return lines.join('\n');
};

const tell = (step: AuditedEvent, manner: Manner): readonly string[] => {
  const { ink, columns } = manner;
  const time = clockOf(step.recordedAt, manner);
  const happened = manner.happening(step.type);
  const paint = bad.test(step.type) ? ink.bad : good.test(step.type) ? ink.good : (text: string) => text;
  const room = columns - widthOf(time) - widthOf(step.position) - 6;
  const head = `  ${ink.dim(time)}  ${ink.bold(paint(padded(fitted(happened, room), room)))}  ${ink.dim(step.position)}`;
  const margin = ' '.repeat(widthOf(time) + 4);
  const details = detailsOf(step, manner).map((line) => `${margin}${fitted(line, columns - margin.length)}`);
  return [head, `${margin}${whoOf(step, manner)}`, ...details.map(ink.dim), ''];
};

/** Who: a name and a badge where a directory knows them, the pseudonym where it does not; and whom it was done for. */
const whoOf = ({ by, approval, data }: AuditedEvent, { language, somebody, ink }: Manner): string => {
  const label = labels[language];
  const known = somebody(by.actor);
  const badge = known?.badge ?? (typeof data['badge'] === 'string' ? data['badge'] : undefined);
  const name = known?.name ?? nameOf(by, label);
  const person = badge && by.role !== 'service' && by.role !== 'customer' ? `${name}, ${label.badge} ${badge}` : name;
  const second = approval && `${label.second} ${somebody(approval.by)?.name ?? approval.by}`;
  return [ink.name(person), known ? by.role : '', by.for ? `${label.for} ${by.for}` : '', second ?? ''].filter(Boolean).join(' · ');
};

const nameOf = ({ role, actor, client }: AuditedEvent['by'], label: (typeof labels)[Language]): string => {
  switch (role) {
    case 'service':
      return `${label.service} (${actor.replace('service:', '')}), ${label.rule}`;
    case 'platform':
      return `${label.platform} (${client})`;
    case 'customer':
      return `${label.customer} ${actor}`;
    default:
      return `${role} ${actor}`;
  }
};

const most = 6;

/** What changed, where something was before; what was said, where nothing was. */
const detailsOf = (step: AuditedEvent, manner: Manner): readonly string[] => {
  const { changes, data, sealed } = step;
  const first = changes.length === 0 || changes.some(({ path }) => path === '');
  const told = first
    ? Object.entries(data).map(([name, value]) => `${name}  ${shown(name, value, manner)}`)
    : changes.map((change) => changed(change, manner));
  const lines = told.filter((line) => !line.endsWith('  ')).slice(0, most);
  const rest = told.length > most ? [`… ${told.length - most} more`] : [];
  const closed = sealed.length > 0 ? [`${labels[manner.language].sealed}: ${sealed.join(', ')}`] : [];
  return [...lines, ...rest, ...closed];
};

const changed = ({ path, from, to }: AuditedChange, manner: Manner): string => {
  const steps = path.slice(1).split('/');
  const name = steps.findLast((part) => !/^\d+$/.test(part)) ?? path;
  const place = steps.join('.');
  if (from === undefined) return `${place}  ${shown(name, to, manner)}`;
  return `${place}  ${shown(name, from, manner)} → ${to === undefined ? '∅' : shown(name, to, manner)}`;
};

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A value in one line: times in the platform's zone, amounts with their currency, codes in the desk's words, ids short. */
const shown = (name: string, value: unknown, manner: Manner): string => {
  if (typeof value === 'string') {
    if (instant.test(value)) return `${dayOf(value, manner)} ${clockOf(value, manner).slice(0, 8)}`;
    if (uuid.test(value)) return `${value.slice(0, 8)}…`;
    const words = (groups[name] ?? []).map((group) => manner.word(group, value));
    return words.find((word) => word !== undefined) ?? value;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map((one) => shown(name, one, manner)).join(', ');
  const members = value as Readonly<Record<string, unknown>>;
  if (typeof members['currency'] === 'string' && typeof members['value'] === 'number')
    return manner.money(members as { currency: string; value: number });
  if (typeof members['sealed'] === 'string') return `[${labels[manner.language].sealed}: ${members['sealed']}]`;
  return Object.entries(members)
    .map(([member, inner]) => `${member} ${shown(member, inner, manner)}`)
    .join(', ');
};

const dayOf = (at: string, { language, zone }: Manner): string =>
  new Intl.DateTimeFormat(language === 'zh-CN' ? 'zh-CN' : 'en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: language === 'zh-CN' ? 'numeric' : 'short',
    day: 'numeric',
  }).format(new Date(at));

const clockOf = (at: string, { zone }: Manner): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  }).format(new Date(at));
