import { followTypes } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is read into memory. Changed together with its index only: a new migration makes a new one. */
export const platformTypes = ['PlatformHeard'] as const;

/** What is said of platforms is rare: who looks for it reads these few records and not the log. */
export class Platforms1700000000004 implements MigrationInterface {
  readonly name = 'Platforms1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(followTypes('platforms', platformTypes));
  }

  async down(): Promise<void> {
    throw new Error('An index does no harm: there is no way back.');
  }
}
