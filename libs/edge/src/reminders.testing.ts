import { Body, Controller, Get, Inject, Module, Param, Post, Query, Req, Res } from '@nestjs/common';
import { decisions, refuse, type Decider } from '@recourse/decider';
import { handling, part, secureView, type EventStore, type Order, type SealedRef, type View } from '@recourse/event-store';
import type { Announce } from '@recourse/relay';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  Allow,
  Reach,
  Desk,
  EVENT_STORE,
  House,
  IsFlag,
  IsPlatformId,
  ListQuery,
  Optional,
  ShowQuery,
  Streams,
  Text,
  UuidParam,
  type Due,
  type Hearing,
  type Refusals,
  type Told,
} from './index.js';

/** A small service of reminders, with everything a real one has: the edge is tested on it. */
type Written = { type: 'ReminderWritten'; label: string; remindAt?: string; sealed?: readonly SealedRef[] };
type ReminderEvent = Written | { type: 'ReminderNoted'; label: string } | { type: 'ReminderEnded'; how: string };
type State = { readonly stage: 'none' | 'open' | 'ended' };
type Command = { readonly by: Told['by']; readonly at: string } & (
  | { readonly type: 'Write'; readonly label: string; readonly remindAt?: string; readonly sealed?: readonly SealedRef[] }
  | { readonly type: 'Note'; readonly label: string }
  | { readonly type: 'End'; readonly how: string }
);

export const refusals = {
  'reminder-has-ended': {
    title: { en: 'This reminder has ended {how}', 'zh-CN': '该提醒已结束（{how}）' },
    advice: { en: 'Write a new one.', 'zh-CN': '请新建提醒。' },
  },
  'label-is-taken': {
    status: 422,
    title: { en: 'Another reminder has this label', 'zh-CN': '标签已被使用' },
    advice: { en: 'Choose another label.', 'zh-CN': '请更换标签。' },
  },
} as const satisfies Refusals;
type Code = keyof typeof refusals;

export const reminder: Decider<Command, ReminderEvent, State, Code> = {
  initial: { stage: 'none' },
  evolve: (state, event) =>
    event.type === 'ReminderEnded' ? { stage: 'ended' } : event.type === 'ReminderWritten' ? { stage: 'open' } : state,
  decide: decisions<Command, ReminderEvent, State, Code>({
    Write: ({ label, remindAt, sealed }, { stage }) =>
      stage === 'none' ? [{ type: 'ReminderWritten', label, ...(remindAt && { remindAt }), ...(sealed?.length && { sealed }) }] : [],
    Note: ({ label }, { stage }) =>
      stage === 'open'
        ? [{ type: 'ReminderNoted', label }]
        : refuse('reminder-has-ended', { pointers: ['/label'], facts: { how: 'before' } }),
    End: ({ how }, { stage }) => (stage === 'open' ? [{ type: 'ReminderEnded', how }] : []),
  }),
};

export type ReminderHistory = {
  readonly label: string;
  readonly writtenBy: string;
  readonly ended: string | null;
  readonly notes: readonly string[];
  readonly note: SealedRef | null;
};
type Past = {
  readonly type: string;
  readonly by: { readonly actor: string };
  readonly data: Readonly<Record<string, string>>;
  readonly sealed?: readonly SealedRef[];
};

const nothing: ReminderHistory = { label: '', writtenBy: '', ended: null, notes: [], note: null };
export const reminderHistory = (state: ReminderHistory = nothing, { type, by, data, sealed }: Past): ReminderHistory => {
  if (type === 'ReminderWritten') return { ...state, label: data['label'] ?? '', writtenBy: by.actor, note: sealed?.[0] ?? null };
  if (type === 'ReminderNoted') return { ...state, notes: [...state.notes, data['label'] ?? ''] };
  return { ...state, ended: data['how'] ?? '' };
};

@Entity('reminder')
export class ReminderRow {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  tenant: string;
  @Column('text')
  label: string;
  @Column('text')
  stage: string;
  @Column('text', { nullable: true })
  remindAt: string | null;
}

class Reminders1795392000000 implements MigrationInterface {
  name = 'Reminders1795392000000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table reminder (id text collate "C" primary key, tenant text collate "C" not null, label text collate "C" not null, stage text not null, "remindAt" text)`,
    );
    await runner.query(secureView('reminder'));
  }
  async down(): Promise<void> {}
}

const reminders: View = {
  name: 'reminders',
  version: 1,
  entities: [ReminderRow],
  apply: (rows, { stream, type, tenant, data }) => {
    const id = stream.replace(/^reminder-/, '');
    if (type === 'ReminderWritten')
      rows.put(ReminderRow, {
        id,
        tenant,
        label: String(data['label']),
        stage: 'open',
        remindAt: (data['remindAt'] as string | undefined) ?? null,
      });
    if (type === 'ReminderEnded') rows.change(ReminderRow, { id }, { stage: 'ended' });
  },
};

const overdue: Due = {
  name: 'overdue-reminders',
  every: 50,
  find: (manager, now) =>
    manager.createQueryBuilder(ReminderRow, 'r').where(`r.stage = 'open' and r."remindAt" <= :now`, { now }).limit(100).getMany(),
  act: async (row, { told, send }) => {
    const { id, tenant } = row as ReminderRow;
    await send({ tenant, corr: id, parts: [part(reminder, `reminder-${id}`, { type: 'End', how: 'in-time', ...told(tenant) })] });
  },
};

/** Tells itself: what a neighbour would hear of a reminder, heard by the same service. */
const announceReminder: Announce = ({ type, data }) =>
  type === 'ReminderEnded' ? [{ topic: 'recourse.case.v1', key: 'reminders', type, data: { how: data['how'] } }] : [];

const endings: Hearing = {
  consumer: 'endings',
  topics: ['recourse.case.v1'],
  react: ({ type, corr }) =>
    type === 'ReminderEnded'
      ? [{ stream: `ending-${corr}`, corr, parts: ({ by, at }) => [part(ending, `ending-${corr}`, { type: 'Hear', by, at })] }]
      : [],
};

const ending: Decider<{ readonly type: 'Hear'; readonly by: Told['by']; readonly at: string }, { readonly type: 'EndingHeard' }, boolean> =
  {
    initial: false,
    evolve: () => true,
    decide: (_command, heard) => (heard ? [] : [{ type: 'EndingHeard' }]),
  };

class ReminderDto {
  @Text(40)
  label: string;
  @Optional()
  @Text(200)
  note?: string;
  @Optional()
  @IsFlag()
  unique?: boolean;
  @Optional()
  @IsPlatformId()
  subject?: string;
  @Optional()
  @Text(30)
  remindAt?: string;
}

class EndDto {
  @Text(20)
  how: string;
}

const ownOnly = ({ writtenBy }: ReminderHistory, { role, sub }: { role: string; sub: string }) => role !== 'customer' || writtenBy === sub;

@Controller('v1/reminders')
@Reach('own-subject')
class RemindersHttp {
  /** How many commands were really carried out. */
  static carriedOut = 0;

  constructor(
    private readonly desk: Desk,
    private readonly streams: Streams,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  private readonly send = (order: Order) => {
    RemindersHttp.carriedOut++;
    return handling(this.store)(order);
  };

  /** Writes a reminder. */
  @Post(':id/writing')
  @Allow('agent', 'customer', 'platform')
  write(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { label, note, unique, subject, remindAt }: ReminderDto,
  ) {
    const { tenant } = request.caller;
    return this.desk.carryOut<ReminderHistory>(request, reply, {
      ...{ stream: `reminder-${id}`, corr: id, location: `/v1/reminders/${id}`, exists: false },
      ...(subject !== undefined && { for: subject }),
      seal:
        note === undefined ? [] : [{ owner: { tenant, scope: `matter:${id}`, subject: 'someone' }, group: 'note', value: { text: note } }],
      order: ({ by, at, sealed }) => ({
        parts: [part(reminder, `reminder-${id}`, { type: 'Write', label, ...(remindAt && { remindAt }), by, at, sealed })],
        ...(unique && { claims: [{ stream: `label-${tenant}-${label}`, event: { type: 'LabelTaken' } }] }),
      }),
      claimed: () => refuse('label-is-taken', { pointers: ['/label'] }),
      send: this.send,
    });
  }

  /** Adds a line. */
  @Post(':id/notes')
  @Allow('agent', 'customer')
  note(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string, @Body() { label }: ReminderDto) {
    return this.desk.carryOut<ReminderHistory>(request, reply, {
      ...{ stream: `reminder-${id}`, corr: id, status: 200, mayTouch: ownOnly },
      order: ({ by, at }) => ({ parts: [part(reminder, `reminder-${id}`, { type: 'Note', label, by, at })] }),
      send: this.send,
    });
  }

  /** Ends it, as judged by what was seen. */
  @Post(':id/end')
  @Allow('agent')
  end(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string, @Body() { how }: EndDto) {
    return this.desk.carryOut<ReminderHistory>(request, reply, {
      ...{ stream: `reminder-${id}`, corr: id, location: `/v1/reminders/${id}`, judged: new Set(['ReminderEnded', 'ReminderWritten']) },
      order: ({ by, at }) => ({ parts: [part(reminder, `reminder-${id}`, { type: 'End', how, by, at })] }),
      send: this.send,
    });
  }

  /** All of a platform. */
  @Get()
  @Allow('agent')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() _query: ListQuery) {
    return this.desk.list(request, reply, {
      rows: (manager) => manager.createQueryBuilder(ReminderRow, 'r'),
      order: ['label', 'id'],
      show: ({ id, label, stage }) => ({ id, label, stage }),
    });
  }

  /** One of them. */
  @Get(':id')
  @Allow('agent', 'customer', 'auditor')
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string, @Query() _query: ShowQuery) {
    return this.desk.show<ReminderHistory>(request, reply, { stream: `reminder-${id}`, mayTouch: ownOnly, mayWait: true });
  }

  /** What happens to it, as it happens. */
  @Get(':id/stream')
  @Allow('agent')
  stream(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id', UuidParam) id: string) {
    return this.streams.open(request, reply, {
      after: -1,
      page: async (after, limit) => {
        const records = await this.store.readLog(after, limit);
        const own = records.filter(({ stream }) => stream === `reminder-${id}`);
        return {
          events: own.map(({ position, type, data }) => ({ id: position, event: type, data })),
          upTo: records.at(-1)?.position ?? after,
        };
      },
    });
  }
}

@Module({
  imports: [
    House.of({
      service: 'case-tracking',
      histories: { reminder: reminderHistory },
      refusals,
      announce: { reminder: announceReminder },
      hears: [endings],
      views: [reminders],
      migrations: [Reminders1795392000000],
      due: [overdue],
    }),
  ],
  controllers: [RemindersHttp],
})
export class RemindersModule {
  static get carriedOut(): number {
    return RemindersHttp.carriedOut;
  }
}
