import { services } from '@recourse/embedded';
import { setTimeout as pause } from 'node:timers/promises';
import type { Inside } from './peeking.js';

type Found = { readonly waits: readonly string[]; readonly heads: string };

/** What is still on its way: records that were not told, heard, notarised or shown yet, keys that wait, and, if asked for, mails and webhooks. */
const look = async (inside: Inside, sending: boolean): Promise<Found> => {
  const waits: string[] = [];
  const heads: Record<string, number> = {};
  for (const service of services) {
    const [row] = await inside.ask<{ head: string; behind: string[]; parked: string[]; untold: number }>(
      service,
      `with head as (select coalesce(max(position), -1) as head from log.event)
       select head, array(select concat_ws(' ', consumer, why, 'tried', tries, 'times, next', next_try - clock_timestamp()) from relay.parked_key) as parked, (select count(*)::int from relay.untold) as untold,
         array(select name from log.follower where position < head union all select name from relay.cursor where position < head) as behind
       from head`,
    );
    heads[service] = Number(row!.head);
    waits.push(...row!.behind.map((name) => `${service}: ${name} is behind`));
    waits.push(...row!.parked.map((key) => `${service}: a key is parked: ${key}`));
    if (row!.untold > 0) waits.push(`${service}: ${row!.untold} messages cannot be told`);
  }
  const unheard = await inside.ask<{ group: string; topic: string }>(
    'bus',
    `select distinct c."group", c.topic from bus.cursor c
     where c.position < (select max(m.position) from bus.message m where m.topic = c.topic and m.partition = c.partition)`,
  );
  waits.push(...unheard.map(({ group, topic }) => `${group} has not heard all of ${topic}`));
  const noted = await inside.ask<{ origin: string; next: string }>('audit', 'select origin, next from heard_origin');
  for (const service of services)
    if (Number(noted.find(({ origin }) => origin === service)?.next) !== heads[service]! + 1)
      waits.push(`audit is not at the head of ${service}`);
  if (sending) {
    const [row] = await inside.ask<{ mails: number; webhooks: number }>(
      'notification',
      `select (select count(*)::int from notice where "tryAt" is not null) as mails,
         (select count(*)::int from webhook_endpoint e left join webhook_cursor c using (endpoint) where e.state = 'enabled'
            and (coalesce(c.done, e."after") < (select max(number) from feed_message m where m.tenant = e.tenant) or coalesce(c.test_version, 0) < e."testVersion")) as webhooks`,
    );
    if (row!.mails > 0) waits.push(`${row!.mails} mails wait`);
    if (row!.webhooks > 0) waits.push(`${row!.webhooks} endpoints have not got everything`);
  }
  return { waits, heads: JSON.stringify(heads) };
};

/** Waits until nothing moves in the house any more: nothing is on its way, twice in a row, with the same heads of all logs. */
export const settled = async (inside: Inside, { sending = true, seconds = 60 } = {}): Promise<void> => {
  let before = '';
  let found: Found | undefined;
  for (const until = performance.now() + seconds * 1000; performance.now() < until; await pause(300)) {
    found = await look(inside, sending);
    if (found.waits.length === 0 && found.heads === before) return;
    before = found.waits.length === 0 ? found.heads : '';
  }
  throw new Error(`the house did not come to rest within ${seconds} s: ${found?.waits.join('; ') || 'its logs go on growing'}`);
};
