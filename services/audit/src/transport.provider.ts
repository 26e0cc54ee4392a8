import { choiceVariable, Configuration, listVariable, urlVariable } from '@recourse/edge';
import { kafkaTransport, postgresTransport, type Transport } from '@recourse/relay';

/** The notary hears whole records, so it needs the carrier itself, not an inbox that turns messages into commands. */
export const TRANSPORT = Symbol.for('recourse.audit.transport');

const transport = choiceVariable('RECOURSE_TRANSPORT', ['postgres', 'kafka'] as const, 'postgres');
const bus = urlVariable('BUS_URL', ['postgres:', 'postgresql:'], '');
const brokers = listVariable('KAFKA_BROKERS', 'host:port of the brokers, separated by commas');

export const transportProvider = {
  provide: TRANSPORT,
  inject: [Configuration],
  useFactory: (configuration: Configuration): Transport =>
    configuration.of(transport) === 'kafka'
      ? kafkaTransport({ brokers: configuration.of(brokers), clientId: 'audit' })
      : postgresTransport({ url: configuration.of(bus), name: 'audit' }),
};
