import { exponentOf, type Language, type Money } from '@recourse/contracts';

/**
 * How this house writes a time and an amount: `2026年11月18日 02:14（北京时间）`, `人民币1,280.00元`; `18 November 2026, 02:14 (Beijing time)`, `CNY
 * 1,280.00`.
 */
export type Phrasing = { readonly language: Language; readonly zone: string };

/** China has one time, and its people know it by this name only. */
const beijing: Readonly<Record<Language, string>> = { 'zh-CN': '北京时间', en: 'Beijing time' };

const partsOf = (at: string, locale: string, zone: string) => {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    year: 'numeric',
    month: locale === 'en-GB' ? 'long' : 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longGeneric',
  });
  return Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
};

/** An instant as a customer of this platform reads it. */
export const phraseTime = (at: string, { language, zone }: Phrasing): string => {
  const { year, month, day, hour, minute, timeZoneName } = partsOf(at, language === 'zh-CN' ? 'zh-CN' : 'en-GB', zone);
  const zoneName = zone === 'Asia/Shanghai' ? beijing[language] : timeZoneName;
  return language === 'zh-CN'
    ? `${year}年${month}月${day}日 ${hour}:${minute}（${zoneName}）`
    : `${day} ${month} ${year}, ${hour}:${minute} (${zoneName})`;
};

/** An amount in the customer's language, every digit of its minor units shown. */
export const phraseMoney = ({ currency, value }: Money, { language }: Pick<Phrasing, 'language'>): string => {
  const digits = exponentOf(currency) ?? 2;
  const text = String(Math.abs(value)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  const figure = `${value < 0 ? '-' : ''}${whole}${digits ? `.${text.slice(-digits)}` : ''}`;
  if (language !== 'zh-CN') return `${currency} ${figure}`;
  return currency === 'CNY' ? `人民币${figure}元` : `${figure}${new Intl.DisplayNames('zh-CN', { type: 'currency' }).of(currency)}`;
};

const looksLikeInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const isMoney = (value: object): value is Money => 'currency' in value && 'value' in value;

/** A fact as it stands in a text: instants and amounts are written out, codes stay codes until `word` turns them into words. */
export const phraseFact = (fact: unknown, phrasing: Phrasing): unknown => {
  if (typeof fact === 'string') return looksLikeInstant.test(fact) ? phraseTime(fact, phrasing) : fact;
  if (typeof fact === 'object' && fact !== null && isMoney(fact)) return phraseMoney(fact, phrasing);
  return fact;
};
