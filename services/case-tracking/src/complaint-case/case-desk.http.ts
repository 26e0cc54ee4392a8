import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CaseHistory, CaseProgress, CaseShown, PublishedSettings } from '@recourse/contracts';
import { Desk, EVENT_STORE, languageOf, Problem, Settings, type Caller, type Standing } from '@recourse/edge';
import { part, type Claim, type EventStore, type Instant, type SealedRef } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { judgedBy, type Told } from './complaint-case.js';
import { ForCase } from './complaint-case.handler.js';
import { complaintCase, type ComplaintCaseCommand } from './deciding.js';
import { forCustomer, progressOf } from './showing.js';

export const streamOf = (id: string): string => `case-${id}`;

/** A customer touches his own case; the platform and its staff those of their tenant. */
export const mayTouch = ({ subject }: CaseHistory, { role, sub }: Caller): boolean => role !== 'customer' || subject === sub;

/** What a command may be made of: when, what was sealed, what the platform had settled when the case was opened. */
export type AtTheDesk = {
  readonly at: Instant;
  readonly caller: Caller;
  readonly sealed: readonly SealedRef[];
  readonly settings: PublishedSettings;
};
/** A command without who and when: the desk says that. */
type Asked = ComplaintCaseCommand extends infer Command ? (Command extends Told ? Omit<Command, keyof Told> : never) : never;
type Doing = {
  /** The actor judged what he saw: If-Match. */
  readonly judged?: boolean;
  readonly location?: string;
  /** Personal data of the body, one group. */
  readonly seal?: { readonly group: string; readonly value: object };
  readonly claims?: (at: AtTheDesk) => readonly Claim[];
  /** Another case that must be there and of this tenant. */
  readonly other?: string;
  readonly shows?: 'case' | 'progress';
};

/** One command for one case, from HTTP to an answer: what all routes of a case have in common. */
@Injectable()
export class CaseDesk {
  constructor(
    readonly desk: Desk,
    private readonly bus: CommandBus,
    private readonly settings: Settings,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  async carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    ask: (at: AtTheDesk) => Asked,
    { judged = false, location = `/v1/cases/${id}`, seal, claims, other, shows = 'case' }: Doing = {},
  ): Promise<void> {
    const { caller } = request;
    const { tenant, skills } = caller;
    const stream = streamOf(id);
    const past = await this.desk.history<CaseHistory>(stream);
    if (past?.tenant === tenant && mayTouch(past.history, caller)) mayOpen(request, past.history);
    const subject = past?.history.subject;
    const owner = { tenant, scope: `matter:${id}`, subject: subject ?? id };
    await this.desk.carryOut<CaseHistory>(request, reply, {
      stream,
      corr: id,
      location,
      mayTouch,
      ...(caller.role === 'platform' && subject !== undefined && { for: subject }),
      ...(judged && { judged: judgedBy }),
      ...(seal && { seal: [{ owner, ...seal }] }),
      ...(other !== undefined && { under: { stream: streamOf(other) } }),
      order: ({ by, at, sealed }) => {
        const desk = { at, caller, sealed, settings: this.settings.pinned(tenant, past?.history.policies) };
        const command = { ...ask(desk), by, at, skills } as ComplaintCaseCommand;
        return { parts: [part(complaintCase, stream, command)], ...(claims && { claims: claims(desk) }) };
      },
      send: (order) => this.bus.execute(new ForCase(order)),
      represent: (history, { version }) => (shows === 'progress' ? this.progress(request, history, version) : this.shown(request, history)),
    });
  }

  async show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    represent: (history: CaseHistory, at: Standing) => object | Promise<object> = (history) => this.shown(request, history),
    { mayWait = true }: { readonly mayWait?: boolean } = {},
  ): Promise<void> {
    await this.desk.show<CaseHistory>(request, reply, {
      stream: streamOf(id),
      ...{ mayTouch, mayWait },
      represent: (history, at) => {
        mayOpen(request, history);
        return represent(history, at);
      },
    });
  }

  /** A case as this caller may see it: the desk everything, the platform and its customer what concerns them. */
  private shown({ caller: { role } }: FastifyRequest, history: CaseHistory): CaseShown {
    return role === 'customer' || role === 'platform' ? forCustomer(history) : history;
  }

  progress({ caller, headers }: FastifyRequest, history: CaseHistory, version: number): CaseProgress {
    return progressOf(history, version, this.store.now(caller.tenant), languageOf(headers['accept-language']));
  }
}

/** Personal data opens only to an agent with the skill of the case, and to nobody with a conflict: what stands against it. */
export const whyNotOpened = (caller: Caller, { conflicts, category }: CaseHistory): Problem | undefined => {
  if (conflicts.some(({ agent }) => agent === caller.sub)) return new Problem(403, 'agent-has-a-conflict');
  if (caller.role === 'agent' && category && !caller.skills.includes(category))
    return new Problem(403, 'agent-lacks-skill', { facts: { skill: category } });
  return undefined;
};

const mayOpen = ({ caller, query }: FastifyRequest, history: CaseHistory): void => {
  const no = (query as { purpose?: string }).purpose === undefined ? undefined : whyNotOpened(caller, history);
  if (no) throw no;
};
