import { carryingContract } from './testing/transport-contract.js';

carryingContract('Kafka', () => ({ kind: 'kafka', brokers: process.env['RECOURSE_TEST_KAFKA']!.split(',') }));
