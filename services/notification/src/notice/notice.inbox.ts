import { part, type EventStore, type NewEvent, type Part, type SealedRef } from '@recourse/event-store';
import { eventOf } from '@recourse/event-store';
import type { Decider } from '@recourse/decider';
import type { Hearing, Reaction, Tools } from '@recourse/edge';
import type { Message } from '@recourse/relay';
import { correspondence } from '../correspondence/following.js';
import type { Correspondence } from '../correspondence/correspondence.js';
import { whenCaseHeard } from '../correspondence/policy.js';
import { preferences } from '../preferences/setting.js';
import { whenRouteHeard } from '../recipient/policy.js';
import { recipient } from '../recipient/remembering.js';
import { address } from './addressing.js';
import { notice } from './deciding.js';
import { whenHeard, type Wanted } from './policy.js';
import { templates } from './templates.loading.js';

/** What is heard of accounts and cases becomes what customers are told; on the way we remember routes and promises. */
export const noticesHearing: Hearing = {
  consumer: 'notification-notices',
  topics: ['recourse.account-lock.v1', 'recourse.case.v1'],
  react: async (message, tools) => [...rememberRoute(message), ...rememberMatter(message), ...(await tellCustomer(message, tools))],
};

const rememberRoute = (message: Message): readonly Reaction[] => {
  const remember = whenRouteHeard(message);
  if (!remember) return [];
  const stream = recipientStream(message.tenant, message.data['account'] as string);
  return [{ stream, corr: message.corr, parts: (told) => [part(recipient, stream, remember(told))] }];
};

const rememberMatter = (message: Message): readonly Reaction[] => {
  const remember = whenCaseHeard(message);
  if (!remember) return [];
  const stream = `correspondence-${message.data['matter'] as string}`;
  return [{ stream, corr: message.corr, parts: (told) => [part(correspondence, stream, remember(told))] }];
};

const tellCustomer = async (message: Message, { store, settings }: Tools): Promise<readonly Reaction[]> => {
  const wanted = whenHeard(message);
  if (!wanted) return [];
  const remembered = await matterKnown(store, message);
  if (remembered.whom?.protective && wanted.topic === 'progress') return [];
  if (message.type === 'UpdatePromised' && remembered.told.includes(message.data['due'] as string)) return [];
  const { account = remembered.whom?.account, subject = remembered.whom?.subject } = message.data as { account?: string; subject?: string };
  const { tenant } = message;
  const addressed = address(wanted, message, {
    tenant,
    message: message.id,
    settings: settings.of(tenant),
    recipient: account ? await folded(store, recipientStream(tenant, account), recipient) : recipient.initial,
    preferences: subject ? await folded(store, `preferences-${tenant}-${subject}`, preferences) : preferences.initial,
    correspondence: remembered,
    template: templates().newest(wanted.template),
    guidance: templates().guidance,
  });
  const { plan, obstacle } = addressed;
  const stream = `notice-${plan.notice}`;
  const sealed = [...addressed.address, ...carried(message, wanted)];
  const planning = (told: Parameters<Reaction['parts']>[0]): readonly [Part] => [
    part(notice, stream, { type: 'PlanNotice', ...told, plan, ...(obstacle && { obstacle }), sealed }),
  ];
  return [{ stream, corr: message.corr, parts: planning }];
};

const recipientStream = (tenant: string, account: string): string => `recipient-${tenant}-${account}`;

const folded = async <Event extends NewEvent, State>(
  store: EventStore,
  stream: string,
  { initial, evolve }: Pick<Decider<never, Event, State, never>, 'initial' | 'evolve'>,
): Promise<State> => (await store.readStream(stream)).map((record) => eventOf<Event>(record)).reduce(evolve, initial);

/** What we remember of the matter, with what this message adds to it: remembering and telling are carried out side by side. */
const matterKnown = async (store: EventStore, message: Message): Promise<Correspondence> => {
  const matter = message.data['matter'];
  const remembered = typeof matter === 'string' ? await folded(store, `correspondence-${matter}`, correspondence) : correspondence.initial;
  const command = whenCaseHeard(message)?.({ by: { actor: '', role: '', client: '' }, at: message.time });
  const decision = command && correspondence.decide(command, remembered);
  return decision && !('refused' in decision) ? decision.reduce(correspondence.evolve, remembered) : remembered;
};

const carried = ({ sealed }: Message, { carries = [] }: Wanted): readonly SealedRef[] =>
  sealed.filter(({ group }) => carries.includes(group)).map(({ id, group, key, h }) => ({ id, group, key, h }));
