import { accountContactHistory, subjectRequestHistory, type AccountContactHistory, type SubjectRequestHistory } from '@recourse/contracts';
import type { EventStore, RecordV1 } from '@recourse/event-store';
import type { Views } from '@recourse/edge';
import type { EntityManager } from 'typeorm';
import { kindOf } from '../matter/replaying.js';
import type { Told } from '../matter/telling.js';

/** A stream as far as it is about one matter, account or wish of a subject. */
export type Holding = { readonly origin: string; readonly stream: string; readonly kind: string; readonly of?: string };
type Row = { origin: string; position: string; recorded_at: Date; leaf: Buffer; record: string };

const recordsAtOnce = 50;
const reached = 'r.position < (select o.next from heard_origin o where o.origin = r.origin)';
/** Who says whose a matter is: whoever says it last is right. A representative has a subject too, and it is not his. */
const sayWhose = `r.type in ('ComplaintDrafted', 'ComplainantNamed', 'CaseOpened') and r.origin in ('intake', 'case-tracking') and r.subject is not null`;
const kindsOfMatter = ['complaint', 'case', 'payment', 'receipt', 'evidence', 'notice', 'correspondence'];

/** What the notary's copies hold of one subject of one platform, up to an instant. Each question is a transaction of its own: whoever reads slowly holds none. */
export class Holdings {
  constructor(
    private readonly views: Views,
    private readonly tenant: string,
    private readonly until?: string,
  ) {}

  /** The request, as governance has told it. */
  async request(id: string): Promise<SubjectRequestHistory | undefined> {
    let history: SubjectRequestHistory | undefined;
    for await (const page of this.pages({ origin: 'governance', stream: `subject-request-${id}`, kind: 'subject-request' }))
      for (const { record } of page) history = subjectRequestHistory(history, record);
    return history;
  }

  /** Matters that are his now. */
  async matters(subject: string): Promise<readonly string[]> {
    const rows = await this.ask<{ corr: string }>(
      `select corr from (
         select distinct on (r.corr) r.corr, r.subject from heard_record r
         where ${sayWhose} and ${this.told} and r.corr in (select r.corr from heard_record r where r.subject = $2 and ${sayWhose})
         order by r.corr, r.recorded_at desc, r.origin, r.position desc) said
       where subject = $2 order by corr`,
      [subject],
    );
    return rows.map(({ corr }) => corr);
  }

  /** Accounts with a route of his, as the platform registered it: that a complaint names an account makes it nobody's. */
  async accounts(subject: string): Promise<readonly string[]> {
    const rows = await this.ask<{ stream: string }>(
      `select distinct r.stream from heard_record r
       where r.subject = $2 and r.type = 'RouteRegistered' and r.origin = 'account-lock' and ${this.told} order by 1`,
      [subject],
    );
    const theirs: string[] = [];
    for (const { stream } of rows) {
      let contact: AccountContactHistory | undefined;
      for await (const page of this.pages({ origin: 'account-lock', stream, kind: 'contact' }))
        for (const { record } of page) contact = accountContactHistory(contact, record);
      if (contact?.routes.some((route) => route.subject === subject && route.state !== 'removed'))
        theirs.push(stream.slice(`contact-${this.tenant}-`.length));
    }
    return theirs;
  }

  /** Every thing of a matter. */
  async ofMatter(matter: string): Promise<readonly Holding[]> {
    const found = await this.streams('(r.corr = $2 or r.matter = $2)', matter);
    return found.filter(({ kind }) => kindsOfMatter.includes(kind)).map((holding) => ({ ...holding, of: matter }));
  }

  /** Locks, limits and routes of an account, its codes, and the notices that were about it and no matter. */
  async ofAccount(account: string): Promise<readonly Holding[]> {
    const names = ['account', 'contact', 'step-up', 'recipient'].map((kind) => `${kind}-${this.tenant}-${account}`);
    const whole = await this.streams('r.stream = any($2)', names);
    const notices = await this.streams('r.corr = any($2) and r.matter is null', names);
    return [...whole, ...notices.filter(({ kind }) => kind === 'notice')];
  }

  /** What he wants to be told. */
  preferences(subject: string): Promise<readonly Holding[]> {
    return this.streams('r.stream = $2', `preferences-${this.tenant}-${subject}`);
  }

  /** What he has asked for. */
  requests(subject: string): Promise<readonly Holding[]> {
    return this.streams(`r.subject = $2 and r.type = 'SubjectRequestReceived' and r.origin = 'governance'`, subject);
  }

  /** The records of a holding, some at a time. */
  async *pages({ origin, stream, of }: Holding): AsyncGenerator<readonly Told[]> {
    for (let after = -1; ;) {
      const rows = await this.ask<Row>(
        `select r.origin, r.position, r.recorded_at, r.leaf, r.record from heard_record r
         where r.origin = $2 and r.stream = $3 and r.version > $4 and ($5::text is null or r.corr = $5 or r.matter = $5) and ${this.told}
         order by r.version limit ${recordsAtOnce}`,
        [origin, stream, after, of ?? null],
      );
      const page = rows.map(toldOf);
      if (page.length > 0) yield page;
      if (page.length < recordsAtOnce) return;
      after = page.at(-1)!.record.version;
    }
  }

  /** The notary's copies of sealed bytes. */
  readonly bytes: Pick<EventStore, 'blobs'> = {
    blobs: async (ids) => {
      const rows = await this.ask<{ id: string; h: Buffer; blob: Buffer }>(
        'select id, h, blob from heard_sealed where id = any($2::uuid[]) and $1::timestamptz is not null',
        [ids],
      );
      return new Map(rows.map(({ id, h, blob }) => [id, { id, h: h.toString('base64url'), blob }]));
    },
  };

  private async streams(where: string, value: string | readonly string[]): Promise<readonly Holding[]> {
    const rows = await this.ask<{ origin: string; stream: string }>(
      `select r.origin, r.stream from heard_record r where ${where} and ${this.told}
       group by r.origin, r.stream order by min(r.recorded_at), r.origin, r.stream`,
      [value],
    );
    return rows.map((row) => ({ ...row, kind: row.stream.startsWith('subject-request-') ? 'subject-request' : kindOf(row.stream) }));
  }

  /** Beyond a gap nothing is believed yet; `$1` is the instant up to which everything is read. */
  private readonly told = `r.recorded_at <= $1::timestamptz and ${reached}`;

  private ask<Answered>(sql: string, values: readonly unknown[]): Promise<Answered[]> {
    return this.views.read(
      this.tenant,
      (manager: EntityManager) => manager.query(sql, [this.until ?? 'infinity', ...values]) as Promise<Answered[]>,
    );
  }
}

const toldOf = ({ origin, position, recorded_at: recordedAt, leaf, record }: Row): Told => ({
  ...{ origin, position: Number(position), recordedAt: recordedAt.toISOString(), leaf: leaf.toString('base64url') },
  record: JSON.parse(record) as RecordV1,
});
