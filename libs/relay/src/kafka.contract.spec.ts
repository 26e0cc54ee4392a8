import { transportContract } from './testing/transport-contract.js';

transportContract('Kafka', () => ({ kind: 'kafka', brokers: process.env['RECOURSE_TEST_KAFKA']!.split(',') }));
