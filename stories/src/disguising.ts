import { personalFields } from '@recourse/contracts';
import { accountTakenOver } from './account-taken-over.js';
import type { Answer, AtTheFrontDoor, Json } from './front.js';
import type { Markers } from './marking.js';
import { moneyNotReceived } from './money-not-received.js';
import { paymentFailed } from './payment-failed.js';
import { newRun } from './seeding.js';
import { everybody, type Everybody } from './signing-in.js';

/** What is nobody's though one may write there what one likes: pseudonyms of staff, addresses of the platform, names of zones and locks. */
const open = /\/(agent|zone|url|locks)$|^\/v1\/channels/;

/** What was told with a marker: the field, by the name its description gives it, and as whom. */
export type Disguised = {
  readonly fields: ReadonlySet<string>;
  /** What was answered to whoever stated a purpose, and where he asked. */
  readonly opened: readonly string[];
  readonly places: readonly { readonly who: AtTheFrontDoor; readonly path: string }[];
};

/**
 * Everybody, as the stories know them, but each text they write of a person carries a marker, wherever the API's own description says one may
 * write what one likes. Mail goes to the marked address, and the stories find it there.
 */
const disguised = (who: Everybody, description: Json, markers: Markers): { readonly who: Everybody; readonly told: Disguised } => {
  const personal = new Set(personalFields(description).filter((field) => !open.test(field)));
  const templates = Object.keys(description.paths as object).map(
    (path) => [path, new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)] as const,
  );
  const addresses = new Map<string, string>();
  const fields = new Set<string>();
  const opened: string[] = [];
  const places: { who: AtTheFrontDoor; path: string }[] = [];

  const markedText = (text: string, field: string): string => {
    if (!text.includes('@')) return `${text} ${markers.word(field)}`;
    const marked = `${markers.word(field)}.${text}`;
    addresses.set(text, marked);
    return marked;
  };
  const marked = (node: unknown, at: string): unknown => {
    if (Array.isArray(node)) return node.map((one) => marked(one, at));
    if (typeof node === 'object' && node !== null)
      return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, marked(member, `${at}/${name}`)]));
    if (typeof node !== 'string' || !personal.has(at)) return node;
    fields.add(at);
    return markedText(node, at);
  };
  const markedFile = async (form: FormData, at: string): Promise<FormData> => {
    const other = new FormData();
    for (const [name, value] of form.entries())
      if (typeof value === 'string') other.append(name, value);
      else {
        fields.add(`${at}/${name}`);
        const [text, word] = [await value.text(), markers.word(`${at}: content`)];
        const content = value.type === 'application/json' ? JSON.stringify({ ...JSON.parse(text), remark: word }) : `${text}\n${word}`;
        other.append(name, new Blob([content], { type: value.type }), `${markers.word(`${at}: name`)} ${value.name}`);
      }
    return other;
  };
  const disguise = (one: AtTheFrontDoor): AtTheFrontDoor => {
    const ask = one.ask.bind(one);
    one.ask = async (method, path, body, sending): Promise<Answer> => {
      let place = path;
      for (const [plain, hidden] of addresses) place = place.replace(encodeURIComponent(plain), encodeURIComponent(hidden));
      const [bare = ''] = path.split('?');
      const template = templates.find(([, pattern]) => pattern.test(bare))?.[0] ?? bare;
      const said = method !== 'POST' ? body : body instanceof FormData ? await markedFile(body, template) : marked(body, template);
      const answer = await ask(method, place, said, sending);
      if (path.includes('purpose=')) {
        opened.push(JSON.stringify(answer.body));
        if (method === 'GET') places.push({ who: one, path: place });
      }
      return answer;
    };
    return one;
  };
  const known = new Map<AtTheFrontDoor, AtTheFrontDoor>();
  const once = (one: AtTheFrontDoor): AtTheFrontDoor => {
    const before = known.get(one) ?? disguise(one);
    known.set(one, before);
    return before;
  };
  return {
    who: {
      anyone: once(who.anyone),
      platform: (tenant) => once(who.platform(tenant)),
      customer: (tenant, subject) => once(who.customer(tenant, subject)),
      staff: (identity) => once(who.staff(identity)),
    },
    told: { fields, opened, places },
  };
};

const stories = { quanpay: accountTakenOver, tidepay: paymentFailed, harbour: moneyNotReceived } as const;
/** The platforms of the stories: each plays at another one. */
export type OfStory = keyof typeof stories;

export const platformsOfStories = Object.keys(stories) as readonly OfStory[];

/** The three stories, side by side, each text in them with a marker of its platform's. */
export const playDisguised = async (
  url: string,
  markers: Readonly<Record<OfStory, Markers>>,
): Promise<Readonly<Record<OfStory, Disguised>>> => {
  const description = await everybody(url).anyone.see('/openapi.json');
  const played = await Promise.all(
    platformsOfStories.map(async (tenant) => {
      const { who, told } = disguised(everybody(url), description, markers[tenant]);
      await stories[tenant]({ who, url, run: newRun(), step: () => undefined });
      return [tenant, told] as const;
    }),
  );
  return Object.fromEntries(played) as Record<OfStory, Disguised>;
};
