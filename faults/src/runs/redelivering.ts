import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import pg from 'pg';
import type { Given, Result, Run } from '../running.js';
import { count, type Stage } from '../staging.js';
import { judged, play, until } from './playing.js';

/** Puts the hearer's offsets back to the beginning of the topic; nobody of its group may be there. */
const rewindGroup = async ({ carrier, topic, adminUrl }: Stage): Promise<void> => {
  if (carrier.kind === 'kafka') {
    const admin = new kafkajs.Kafka({ clientId: 'rewinding', brokers: [...carrier.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      for (let tries = 0; ; tries++) {
        try {
          return void (await admin.setOffsets({
            groupId: 'hearer',
            topic,
            partitions: [0, 1, 2].map((partition) => ({ partition, offset: '0' })),
          }));
        } catch (error) {
          if (tries === 40) throw error;
          await pause(500); // its members are not forgotten yet
        }
      }
    } finally {
      await admin.disconnect();
    }
  }
  const url = new URL(adminUrl);
  url.pathname = new URL(carrier.url).pathname;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`update bus.cursor set position = -1 where "group" = 'hearer' and topic = $1`, [topic]);
  await client.end();
};

const run = async (given: Given): Promise<Result> =>
  play(given, { load: { rate: given.long ? 200 : 150, streams: 40 } }, async (playing) => {
    const { stage, clients, speakers, hearers } = playing;
    const [speaker, hearer] = [speakers[0]!, hearers[0]!];
    clients.start();
    await until(() => clients.sent >= (given.long ? 5_000 : 800), 300_000);
    let deliveries = 0;
    const heard = async () => (deliveries += (await hearer.process.ask({ what: 'state' })).counts.heard);

    const sentences = await count(stage.databases.speaker.owner, `select count(*) as n from log.event where type = 'Said'`);
    for (const time of [1, 2]) {
      given.say(`everything is told again (${time} of 2)`);
      await speaker.process.ask({ what: 'rewind', position: 0 });
      await pause(1_500);
    }
    await heard();
    if (!given.mutation) {
      given.say('the hearer begins again at offset 0');
      await hearer.process.kill('SIGTERM');
      await rewindGroup(stage);
      await hearer.raise();
    }

    const comings = given.mutation ? 0 : given.long ? 30 : 3;
    for (let coming = 1; coming <= comings; coming++) {
      given.say(`a second hearer comes and goes (${coming} of ${comings})`);
      const second = await stage.raise('hearer');
      await pause(2_000);
      await second.kill(given.drawing.one(['SIGKILL', 'SIGTERM'] as const));
    }
    await clients.stop();
    await stage.settled(given.mutation ? { quiet: 6_000 } : {});
    await heard();
    const verdict = await judged(playing);
    return {
      did: `told 3 times, offsets put back once, ${comings} rebalances`,
      verdict,
      figures: { events: verdict.events, messages: verdict.messages, 'told twice': verdict.copies, deliveries, effects: verdict.effects },
      claims: { 'everything was told again': verdict.copies >= 2 * sentences },
    };
  });

export const redelivering: Run = {
  name: 'F8',
  title: 'redelivery',
  does: 'Everything is told three times, the hearer’s offsets go back to 0, and a second hearer comes and goes every two seconds.',
  holds: 'One effect per message, in order per key, however often and in whatever mixture of partitions it is delivered.',
  mutations: ['drop-inbox'],
  run,
};
