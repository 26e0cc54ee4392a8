import type { Guidance, Language, PublishedSettings, Template } from '@recourse/contracts';
import type { SealedRef } from '@recourse/event-store';
import { nextUpdate, type Correspondence } from '../correspondence/correspondence.js';
import { isTurnedOff, type Preferences } from '../preferences/preferences.js';
import { wayTo, type Recipient, type Route } from '../recipient/recipient.js';
import { guidanceFor } from './composing.js';
import { noticeId } from './naming.js';
import type { Channel, Facts, Plan, WhyGivenUp } from './notice.js';
import type { Heard, Wanted } from './policy.js';

/** What was looked up for one message: whom it concerns, how he is reached, what he wants. */
export type Known = {
  readonly tenant: string;
  readonly message: string;
  readonly settings: PublishedSettings;
  readonly recipient: Recipient;
  readonly preferences: Preferences;
  /** Already knows what this very message says. */
  readonly correspondence: Correspondence;
  readonly template: Template;
  readonly guidance: readonly Guidance[];
};

export type Addressed = { readonly plan: Plan; readonly obstacle?: WhyGivenUp; readonly address: readonly SealedRef[] };

/** Who is told, by which way, in which language, with which facts: everything that is pinned before anything is sent. */
export const address = (wanted: Wanted, heard: Heard, known: Known): Addressed => {
  const whom = whomOf(heard, known.correspondence);
  const route = routeFor(wanted, known.recipient);
  const channel = channelFor(wanted, route);
  const language = languageFor(wanted, whom.language, route, known);
  const next = wanted.nextUpdate ?? nextUpdate(known.correspondence, heard.time);
  const category = known.correspondence.whom?.category;
  const plan: Plan = {
    notice: noticeId({
      tenant: known.tenant,
      heard: known.message,
      recipient: whom.account ?? whom.subject ?? whom.matter ?? '',
      way: wanted.way,
      template: wanted.template,
    }),
    heard: known.message,
    saidAt: heard.time,
    topic: wanted.topic,
    channel,
    template: { id: known.template.id, version: known.template.version },
    language,
    guidance: isTurnedOff(known.preferences, 'guidance')
      ? []
      : guidanceFor(wanted.template, category, known.guidance).map(({ id, version }) => ({ id, version })),
    facts: factsFor(wanted.facts, language, whom.reference, known),
    ...(next && next !== 'none' && { nextUpdate: next }),
    ...(wanted.expires && { expires: wanted.expires }),
    ...(whom.matter && { matter: whom.matter }),
    ...(whom.account && { account: whom.account }),
    ...(whom.subject && { subject: whom.subject }),
    ...((channel === 'email' || wanted.alert) && route && { route: route.route }),
    ...(wanted.letter && { letter: wanted.letter }),
    ...(wanted.promise && { promise: wanted.promise }),
    ...(wanted.stepUp && { stepUp: wanted.stepUp }),
  };
  const obstacle = obstacleTo(wanted, channel, route, known.preferences);
  return { plan, address: channel === 'email' && route ? route.address : [], ...(obstacle && { obstacle }) };
};

type Whom = {
  readonly matter?: string;
  readonly account?: string;
  readonly subject?: string;
  readonly reference?: string;
  readonly language?: Language;
};

const whomOf = ({ data }: Heard, { whom }: Correspondence): Whom => {
  const said = data as Whom;
  const { matter } = said;
  const account = said.account ?? whom?.account;
  const subject = said.subject ?? whom?.subject;
  const reference = said.reference ?? whom?.reference;
  const language = said.language ?? whom?.language;
  return {
    ...(matter && { matter }),
    ...(account && { account }),
    ...(subject && { subject }),
    ...(reference && { reference }),
    ...(language && { language }),
  };
};

/** A code goes to the route it is bound to or nowhere, an alert to the old route it is for; everything else to the newest that is trusted. */
const routeFor = ({ route, alert }: Wanted, recipient: Recipient): Route | undefined =>
  route ? recipient.routes.find((known) => known.route === route && known.trusted && (alert || known.kind === 'email')) : wayTo(recipient);

/**
 * A letter without a trusted route is handed over to the platform: it reaches its customer some other way, and reports when. So is an
 * alert to an old telephone or device, which only the platform can reach.
 */
const channelFor = ({ way, topic }: Wanted, route: Route | undefined): Channel => {
  const byThePlatform = route ? route.kind !== 'email' : topic === 'letters';
  return way === 'email' && byThePlatform ? 'platform' : way;
};

const obstacleTo = ({ topic }: Wanted, channel: Channel, route: Route | undefined, preferences: Preferences): WhyGivenUp | undefined => {
  if (topic !== 'letters' && topic !== 'security' && isTurnedOff(preferences, topic)) return 'turned-off';
  return channel === 'email' && !route ? 'no-route' : undefined;
};

/** What the customer chose, else what the route was registered with (security), else how he complained, else the platform's own. */
const languageFor = (
  { topic }: Wanted,
  complained: Language | undefined,
  route: Route | undefined,
  { preferences, settings }: Known,
): Language => {
  const wishes =
    topic === 'security' ? [preferences.language, route?.language, complained] : [preferences.language, complained, route?.language];
  return wishes.find((language) => language !== undefined && settings.languages.includes(language)) ?? settings.defaultLanguage;
};

const factsFor = (facts: Facts, language: Language, reference: string | undefined, { template, settings }: Known): Facts => {
  const hotline = settings.channels.find(({ kind, verified }) => kind === 'telephone' && verified)?.address;
  return {
    ...(reference && { reference }),
    ...facts,
    ...(template.needs.includes('steps') && { steps: settings.unlockSteps[language] }),
    ...(hotline && { hotline }),
  };
};
