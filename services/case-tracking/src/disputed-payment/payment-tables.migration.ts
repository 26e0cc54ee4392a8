import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read models of disputed payments. What may flow back is never asked of them. */
export class PaymentTables1763600000000 implements MigrationInterface {
  name = 'PaymentTables1763600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table disputed_payment (
        tenant text collate "C" not null,
        payment text collate "C" not null,
        transaction text collate "C",
        cases uuid[] not null,
        currency text collate "C" not null,
        claimed bigint not null,
        paid bigint,
        credited bigint not null,
        "openRefunds" integer not null,
        "disputedAt" timestamptz not null,
        primary key (tenant, payment)
      );
      create index disputed_payment_newest on disputed_payment (tenant, "disputedAt", payment);
      create index disputed_payment_of_transaction on disputed_payment (tenant, transaction);
      create index disputed_payment_of_case on disputed_payment using gin (cases);

      create table merchant_review (
        refund uuid primary key,
        tenant text collate "C" not null,
        stream text collate "C" not null,
        due timestamptz not null
      );
      create index merchant_review_soonest on merchant_review (due);
    `);
    for (const table of ['disputed_payment', 'merchant_review']) await runner.query(secureView(table));
  }

  async down(): Promise<void> {
    throw new Error('Read models are dropped and built again; the log is never migrated down.');
  }
}
