import Handlebars from 'handlebars';
import type { Frame, Guidance, Language, Template } from '@recourse/contracts';
import type { Facts } from './notice.js';
import { phraseFact, phraseTime } from './phrasing.js';

export type Composition = {
  readonly language: Language;
  readonly zone: string;
  readonly platform: string;
  readonly facts: Facts;
  /** What was sealed and is opened for this one sending. */
  readonly opened: Readonly<Record<string, unknown>>;
  readonly nextUpdate?: string;
};

export type Letter = { readonly subject: string; readonly text: string; readonly html: string };

/** Turns a code into the desk's word: `word('refund', 'approved', 'zh-CN')`. */
export type Word = (group: string, code: string, language: Language) => string;

/** Compiled once: there are as many sources as sentences in the templates. */
const sentences = new Map<string, HandlebarsTemplateDelegate>();
const compiled = (source: string, noEscape: boolean): HandlebarsTemplateDelegate => {
  const id = `${noEscape} ${source}`;
  const known = sentences.get(id) ?? Handlebars.compile(source, { noEscape, strict: true, knownHelpersOnly: false });
  sentences.set(id, known);
  return known;
};

/** Writes the message. The same words make a plain text and an HTML page, in which every value is escaped. */
export const compose = (template: Template, guidance: readonly Guidance[], frame: Frame, word: Word, composition: Composition): Letter => {
  const { language, zone, platform, facts, opened, nextUpdate } = composition;
  const words = template[language];
  const around = frame[language];
  const values = valuesOf(template, composition);
  const helpers = { word: (group: string, code: unknown) => (typeof code === 'string' && code ? word(group, code, language) : '') };
  const write = (source: string, more: object = {}, noEscape = true) => compiled(source, noEscape)({ ...values, ...more }, { helpers });
  const next = nextUpdate
    ? { source: around.next, more: { nextUpdate: phraseTime(nextUpdate, { language, zone }) } }
    : { source: around.none, more: {} };
  const paragraphs = [
    { source: around.greeting, more: {} },
    ...words.body.map((source) => ({ source, more: {} })),
    next,
    ...(guidance.length > 0 ? [{ source: around.guidance, more: {} }] : []),
    ...guidance.map((item) => ({ source: '{{title}} {{text}}', more: { title: item[language].title, text: item[language].text } })),
    ...around.close.map((source) => ({ source, more: {} })),
  ];
  const text = paragraphs.map(({ source, more }) => write(source, more).trim()).filter(Boolean);
  const html = paragraphs.map(({ source, more }) => write(source, more, false).trim()).filter(Boolean);
  return {
    subject: oneLine(write(words.subject)),
    text: `${text.join('\n\n')}\n`,
    html: page(language, oneLine(write(words.subject, {}, false)), html),
  };

  function valuesOf({ needs, may }: Template, { facts: given }: Composition): Readonly<Record<string, unknown>> {
    const missing = needs.filter((name) => !(name in given) && !(name in opened));
    if (missing.length > 0) throw new Error(`${template.id} v${template.version} lacks ${missing.join(', ')}`);
    const optional = Object.fromEntries([...may, 'reference', 'hotline'].map((name) => [name, '']));
    const phrased = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, phraseFact(fact, { language, zone })]));
    return { ...optional, ...opened, ...phrased, platform };
  }
};

/** A value cannot add a header to the mail. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ').trim();

const look = 'font:16px/1.6 sans-serif;max-width:40em;margin:2em auto;white-space:pre-line';

const page = (language: Language, title: string, paragraphs: readonly string[]): string =>
  `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title}</title></head>` +
  `<body style="${look}">${paragraphs.map((one) => `<p>${one}</p>`).join('')}</body></html>`;

/** The newest version of each item that belongs with this message. */
export const guidanceFor = (template: string, category: string | undefined, items: readonly Guidance[]): readonly Guidance[] => {
  const fitting = items.filter(
    (item) => item.with.includes(template) && (!item.categories || (category !== undefined && item.categories.includes(category))),
  );
  return fitting.filter(({ id, version }) => !fitting.some((other) => other.id === id && other.version > version));
};
