import type { AuditedChange, AuditedEvent, AuditedGap, Language } from '@recourse/contracts';
import { fitted, padded, widthOf, type Ink } from './laying-out.js';
import { groupsFor, isTold } from './staging.js';

/** A person a directory knows by the pseudonym that stands in the records. */
export type Somebody = { readonly name: string; readonly badge?: string };

/** What the printer leans on: words, people, how times and amounts are written. */
export type Manner = {
  readonly language: Language;
  readonly zone: string;
  readonly ink: Ink;
  readonly columns: number;
  readonly happening: (type: string) => string;
  readonly member: (name: string) => string;
  /** The word for a code, undefined for one nobody has worded. */
  readonly word: (group: string, code: string) => string | undefined;
  readonly money: (amount: { readonly currency: string; readonly value: number }) => string;
  readonly somebody: (actor: string) => Somebody | undefined;
};

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
      readonly erased: string;
      readonly restricted: string;
      readonly order: string;
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
    erased: 'erased',
    restricted: 'stored only, since',
    order: 'order',
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
    erased: '已删除，时间',
    restricted: '限制处理（仅存储），自',
    order: '指令',
    second: '复核人',
  },
};

/** Something that hurts us, and something that helps: shown as what they are. */
const bad =
  /Missed|Undelivered|Declined|Denied|Refused|Failed|Fork|Broken|Lapsed|Bounced|GivenUp|Exhausted|Rejected|Quarantined|Distrusted|Doubted/;
const good = /Kept|Sent|Confirmed|Unlocked|Done|Verified|Passed|Closed|Delivered|Approved/;

/** The timeline, day by day: those of all steps that are to be shown. */
export const retell = (steps: readonly AuditedEvent[], manner: Manner, isShown: (step: AuditedEvent) => boolean = () => true): string => {
  const lines: string[] = [];
  const templates = new Map<string, string>();
  let day = '';
  for (const step of steps) {
    if (step.type === 'NoticePlanned') templates.set(step.stream, (step.data['template'] as { readonly id: string }).id);
    if (!isShown(step)) continue;
    const today = dayOf(step.recordedAt, manner);
    if (today !== day) lines.push('', manner.ink.bold(`${today}  `) + manner.ink.dim(manner.zone), '');
    day = today;
    lines.push(...tell(step, manner, templates.get(step.stream)));
  }
  return lines.join('\n');
};

/** `about`: which message a notice is, since only its first record says so. */
const tell = (step: AuditedEvent, manner: Manner, about?: string): readonly string[] => {
  const { ink, columns } = manner;
  const time = clockOf(step.recordedAt, manner);
  const happened = about ? `${manner.happening(step.type)}: ${about}` : manner.happening(step.type);
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
  const name = known?.name ?? roleOf(by, label);
  const person = badge && by.role !== 'service' && by.role !== 'customer' ? `${name}, ${label.badge} ${badge}` : name;
  const second = approval && `${label.second} ${somebody(approval.by)?.name ?? approval.by}`;
  return [ink.name(person), known ? by.role : '', by.for ? `${label.for} ${by.for}` : '', second ?? ''].filter(Boolean).join(' · ');
};

const roleOf = ({ role, actor, client }: AuditedEvent['by'], label: (typeof labels)[Language]): string => {
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

const most = 7;

/** What was something else before, as `before → after`; then what was said; then what is sealed. */
const detailsOf = (step: AuditedEvent, manner: Manner): readonly string[] => {
  const { changes, data, sealed, stream } = step;
  const turned = changes.filter(({ path, from, to }) => isPlain(from) && isPlain(to) && nameOf(path) !== 'source');
  const turns = turned.filter(({ path, from }) => isTold(nameOf(path), from)).map((change) => turn(change, stream, manner));
  const shownAlready = new Set(turned.map(({ path }) => nameOf(path)));
  const said = Object.entries(data).filter(([name, value]) => !shownAlready.has(name) && isTold(name, value));
  const lines = [...turns, ...said.map(([name, value]) => `${manner.member(name)}  ${shown(name, value, `${stream}/${name}`, manner)}`)];
  const rest = lines.length > most ? [`… ${lines.length - most}`] : [];
  const gone = new Set(step.gaps?.map(({ group }) => group));
  const left = sealed.filter((group) => !gone.has(group));
  const closed = left.length > 0 ? [`${labels[manner.language].sealed}: ${left.join(', ')}`] : [];
  return [...lines.slice(0, most), ...rest, ...closed, ...gapLines(step, manner)];
};

/** What nobody can read any more, one line for each order: `erased 20 Nov 2026 08:00:00 · order …: narrative, complainant`. */
const gapLines = ({ gaps = [] }: AuditedEvent, manner: Manner): readonly string[] => {
  const lines = new Map<string, string[]>();
  for (const { group, ...gap } of gaps) {
    const why = gapOf(gap, manner);
    lines.set(why, [...(lines.get(why) ?? []), group]);
  }
  return [...lines].map(([why, groups]) => `░░ ${why}: ${groups.join(', ')}`);
};

const gapOf = ({ erased, restricted }: AuditedGap, manner: Manner): string => {
  const { at, order } = erased ?? restricted ?? { at: '' };
  const { erased: gone, restricted: kept, order: by } = labels[manner.language];
  const when = `${dayOf(at, manner)} ${clockOf(at, manner).slice(0, 8)}`;
  return [`${erased ? gone : kept} ${when}`, order && `${by} ${order}`].filter(Boolean).join(' · ');
};

const isPlain = (value: unknown): boolean => value !== undefined && value !== null && typeof value !== 'object';

const nameOf = (path: string): string => path.split('/').findLast((part) => part !== '' && !/^\d+$/.test(part)) ?? '';

const turn = ({ path, from, to }: AuditedChange, stream: string, manner: Manner): string => {
  const [name, place] = [nameOf(path), `${stream}${path}`];
  return `${manner.member(name)}  ${shown(name, from, place, manner)} → ${shown(name, to, place, manner)}`;
};

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** A value in one line: times in the platform's zone, amounts with their currency, codes in the desk's words. */
const shown = (name: string, value: unknown, place: string, manner: Manner): string => {
  if (typeof value === 'string') {
    if (instant.test(value)) return `${dayOf(value, manner)} ${clockOf(value, manner).slice(0, 8)}`;
    return (
      groupsFor(name, place)
        .map((group) => manner.word(group, value))
        .find((word) => word !== undefined) ??
      manner.somebody(value)?.name ??
      value
    );
  }
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value))
    return value
      .filter((one) => isTold('', one))
      .map((one) => shown(name, one, place, manner))
      .join(', ');
  const members = value as Readonly<Record<string, unknown>>;
  if (typeof members['currency'] === 'string' && typeof members['value'] === 'number')
    return manner.money(members as { currency: string; value: number });
  if (members['erased'] || members['restricted']) return `[░░ ${gapOf(members as AuditedGap, manner)}: ${String(members['sealed'])}]`;
  if (typeof members['sealed'] === 'string') return `[${labels[manner.language].sealed}: ${members['sealed']}]`;
  const told = Object.entries(members).filter(([member, inner]) => isTold(member, inner));
  const [only] = told;
  if (isValueWithSource(members)) return shown(name, members['value'], place, manner);
  if (isMoment(members)) return momentOf(members, manner);
  if (only && told.length === 1) return shown(only[0], only[1], place, manner);
  return told.map(([member, inner]) => `${manner.member(member)} ${shown(member, inner, `${place}/${member}`, manner)}`).join(', ');
};

/** `{ value, source }`: where a detail came from is for the file, not for the story. */
const isValueWithSource = (members: Readonly<Record<string, unknown>>): boolean => 'value' in members && 'source' in members;

type Moment = { readonly at: string; readonly precision: string; readonly zone?: string };

/** `{ at, precision, zone }`: when something happened as somebody remembers it. */
const isMoment = (members: Readonly<Record<string, unknown>>): members is Moment =>
  typeof members['at'] === 'string' && typeof members['precision'] === 'string';

/** As the clock showed it where it happened, and how exactly somebody knows it. */
const momentOf = ({ at, precision, zone }: Moment, manner: Manner): string => {
  const there = { ...manner, zone: zone ?? manner.zone };
  const place = there.zone === manner.zone ? '' : ` ${there.zone}`;
  return `${dayOf(at, there)} ${clockOf(at, there).slice(0, 8)}${place} (${manner.word('time-precision', precision) ?? precision})`;
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
