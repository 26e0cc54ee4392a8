import { afterAll, beforeAll } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { prepareBus } from './postgres.transport.js';
import { transportContract } from './testing/transport-contract.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await prepareBus(database.busOwnerUrl);
});
afterAll(() => database.close());

// As a service has it: the address of its log role, which owns nothing on the bus.
transportContract('PostgreSQL', () => ({ kind: 'postgres', url: database.busUrl }));
