import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { compareOrder, Findings } from './checking/finding.js';
import type { Drawing } from './drawing.js';

/**
 * What most event stores do, for comparison: numbers from a sequence, and a reader who asks for everything after the last number he saw. A number
 * is drawn before its transaction commits, so a later number may be seen first, and what commits behind the reader is never read.
 */
export const readNaively = async (
  url: string,
  drawing: Drawing,
  { writers, events, holdMs }: { writers: number; events: number; holdMs: number },
): Promise<{ findings: Findings; written: number }> => {
  const pool = new pg.Pool({ connectionString: url, max: writers + 3 });
  try {
    await pool.query('create schema naive; create table naive.event (position bigserial primary key, id text not null)');
    const seen: string[] = [];
    let last = 0;
    let over = false;
    const reading = (async () => {
      for (let rounds = 0; rounds < 20;) {
        const { rows } = await pool.query<{ position: string; id: string }>(
          'select position, id from naive.event where position > $1 order by position limit 500',
          [last],
        );
        seen.push(...rows.map(({ id }) => id));
        last = Number(rows.at(-1)?.position ?? last);
        if (over && rows.length === 0) rounds++;
        await pause(1);
      }
    })();
    let left = events;
    const write = async (id: string, hold: number) => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query('insert into naive.event (id) values ($1)', [id]);
        if (hold > 0) await pause(hold);
        await client.query('commit');
      } finally {
        client.release();
      }
    };
    const held = write('held', holdMs);
    await pause(50);
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        while (left-- > 0) await write(`${writer}-${left}`, drawing.between(0, 2));
      }),
    );
    await held;
    over = true;
    await reading;
    const { rows } = await pool.query<{ id: string }>('select id from naive.event order by position');
    const findings = new Findings();
    compareOrder(
      'naive reader',
      rows.map(({ id }) => id),
      seen,
      findings,
    );
    return { findings, written: rows.length };
  } finally {
    await pool.end();
  }
};
