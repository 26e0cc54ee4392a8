import type { PostgresEventStore } from '@recourse/event-store';
import { kafkaTransport, postgresTransport, startInbox, startRelay, type Inbox, type Relay, type Transport } from '@recourse/relay';
import { houseVariables as variables, type Configuration } from './configuring.js';
import type { HouseOptions, Tools } from './house.options.js';
import type { Log } from './logging.js';
import { kafkaSecurity } from './securing.disk.js';

/** The carrier that was chosen. */
export const transportOf = (service: string, configuration: Configuration, log: Log): Transport =>
  configuration.of(variables.transport) === 'kafka'
    ? kafkaTransport({ brokers: configuration.of(variables.brokers), clientId: service, log, ...kafkaSecurity(configuration) })
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
