import { followTypes } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that something follows from. Changed together with its index only: a new migration makes a new one. */
export const operatedTypes = ['ParkedKeyRetried', 'RelayRewound', 'SkipApproved'] as const;

/** What operators decide is rare: whoever follows it reads these few records and not the log. */
export class Operations1700000000003 implements MigrationInterface {
  readonly name = 'Operations1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(followTypes('operations', operatedTypes));
  }

  async down(): Promise<void> {
    throw new Error('An index does no harm: there is no way back.');
  }
}
