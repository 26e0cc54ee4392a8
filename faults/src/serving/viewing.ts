import 'reflect-metadata';
import { secureView, type View } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How much has been said on each stream, and what came last. */
@Entity('said_so_far')
export class SaidSoFarRow {
  @PrimaryColumn('text') stream!: string;
  @Column('text') tenant!: string;
  @Column('int') sentences!: number;
  @Column('text') last!: string;
}

type Runner = { query(sql: string): Promise<unknown> };

export class SaidSoFarTable1790000000001 {
  readonly name = 'SaidSoFarTable1790000000001';

  async up(runner: Runner): Promise<void> {
    await runner.query(
      'create table said_so_far (stream text primary key, tenant text not null, sentences int not null, last text not null)',
    );
    await runner.query(secureView('said_so_far'));
  }

  async down(): Promise<void> {
    throw new Error('A run is thrown away whole.');
  }
}

export const saidSoFar: View = {
  name: 'said-so-far',
  version: 1,
  entities: [SaidSoFarRow],
  apply: (rows, { stream, tenant, type, data }) => {
    if (type !== 'Said') return;
    const last = `${String(data['op'])}/${String(data['n'])}`;
    const first = { stream, tenant, sentences: 1, last };
    rows.change(SaidSoFarRow, { stream }, ({ sentences }) => ({ sentences: sentences + 1, last }), first);
  },
};
