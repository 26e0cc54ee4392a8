import type { PostgresEventStore } from '@recourse/event-store';
import { kafkaTransport, postgresTransport, startInbox, startRelay, type Inbox, type Relay, type Transport } from '@recourse/relay';
import { houseVariables as variables, type Configuration } from './configuring.js';
import type { HouseOptions, Tools } from './house.options.js';
import type { Log } from './logging.js';
import type { Metrics } from './measuring.js';

/** The carrier that was chosen. */
export const transportOf = (service: string, configuration: Configuration, log: Log): Transport =>
  configuration.of(variables.transport) === 'kafka'
    ? kafkaTransport({ brokers: configuration.of(variables.brokers), clientId: service, log })
    : postgresTransport({ url: configuration.of(variables.bus), name: service, log });

type Delivering = {
  readonly house: HouseOptions;
  readonly configuration: Configuration;
  readonly log: Log;
  readonly transport: Transport;
  readonly store: PostgresEventStore;
  readonly tools: Tools;
};

/** What the service tells and what it hears. Neither fails a start: a carrier that is away is waited for. */
export type Delivery = { readonly relay: Relay; readonly inbox: Inbox; stop(): Promise<void> };

/** Begins to tell and to hear. */
export const startDelivery = async ({ house, configuration, log, transport, store, tools }: Delivering): Promise<Delivery> => {
  const { service, histories, announce = {}, hears = [] } = house;
  const { pool } = store;
  const relay = startRelay({
    ...{ service, store, transport, pool, announce, histories, log },
    url: configuration.of(variables.log),
    domain: configuration.of(variables.logDomain),
  });
  const inbox = await startInbox({ service, store, transport, pool, hears, tools, announce, histories, log });
  return {
    relay,
    inbox,
    stop: async () => {
      await Promise.all([inbox.stop(), relay.stop()]);
    },
  };
};

export const measureDelivery = (metrics: Metrics, { relay, inbox }: Delivery): void => {
  const one = (value: number) => [{ labels: {}, value }];
  metrics.gauge('recourse_relay_leader', '1 where this instance tells the log.', [], () => one(relay.leads ? 1 : 0));
  metrics.gauge('recourse_relay_lag', 'Records that have not been told yet, by cursor.', ['cursor'], async () =>
    Object.entries(await relay.lag()).map(([cursor, value]) => ({ labels: { cursor }, value })),
  );
  metrics.gauge('recourse_relay_total', 'What the relay did since the start: messages told, attempts that failed.', ['result'], () => [
    { labels: { result: 'published' }, value: relay.published },
    { labels: { result: 'failed' }, value: relay.failures },
  ]);
  metrics.gauge('recourse_relay_untold', 'What could not be told and waits for a person.', [], async () =>
    one((await relay.untold()).length),
  );
  metrics.gauge('recourse_inbox_total', 'Messages by what became of them, since the start; replayed are duplicates.', ['result'], () =>
    Object.entries(inbox.counts).map(([result, value]) => ({ labels: { result }, value })),
  );
  metrics.gauge('recourse_inbox_paused', '1 while nothing is heard because of a systemic fault.', [], () => one(inbox.paused ? 1 : 0));
  metrics.gauge('recourse_parked_keys', 'Keys that wait because a message of theirs could not be handled.', ['consumer'], async () => {
    const parked = await inbox.parked();
    const consumers = [...new Set(parked.map(({ consumer }) => consumer))];
    return consumers.map((consumer) => ({ labels: { consumer }, value: parked.filter((key) => key.consumer === consumer).length }));
  });
};
