import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CaseHistory, DisputedPaymentHistory, SignpostHistory } from '@recourse/contracts';
import { Desk, Problem, type Caller, type Drafted, type Past, type Task, type Told } from '@recourse/edge';
import { part, type SealedRef } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { disputedPayment, type PaymentCommand } from './deciding.js';
import { ForPayment } from './disputed-payment.handler.js';
import { streamOfPayment } from './naming.js';
import { creditShown, isTheirs, paymentShown, refundShown } from './showing.js';

type Payment = Past<DisputedPaymentHistory>;
type Shows = 'payment' | 'refund' | 'credit';
type Doing = Partial<Pick<Task<DisputedPaymentHistory>, 'judged' | 'seal' | 'claimed' | 'exists' | 'under'>> & {
  readonly corr: string;
  readonly shows: Shows;
  /** Left out: what this command makes. */
  readonly id?: string;
  /** Given: 201 and the place of what is made. */
  readonly location?: string;
};
/** What was decided: commands for this payment, in order, and what else happens with them. */
export type Doings = { readonly commands: readonly [PaymentCommand, ...PaymentCommand[]] } & Partial<Pick<Drafted, 'claims'>> & {
    readonly more?: Drafted['parts'];
  };
type AtTheDesk = Told & { readonly sealed: readonly SealedRef[] };

/** What all routes about the money of a payment have in common. */
@Injectable()
export class PaymentDesk {
  constructor(
    private readonly desk: Desk,
    private readonly bus: CommandBus,
  ) {}

  async carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    stream: string,
    doing: Doing,
    decide: (at: AtTheDesk) => Doings,
  ): Promise<void> {
    const { corr, shows, id, location, ...more } = doing;
    await this.desk.carryOut<DisputedPaymentHistory>(request, reply, {
      ...more,
      stream,
      corr,
      mayTouch: isTheirs,
      status: location === undefined ? 200 : 201,
      ...(location !== undefined && { location }),
      order: ({ by, at, sealed }) => {
        const { commands, claims, more: parts = [] } = decide({ by, at, sealed });
        const [first, ...rest] = commands;
        const toPayment = (command: PaymentCommand) => part(disputedPayment, stream, command);
        return { parts: [toPayment(first), ...rest.map(toPayment), ...parts], ...(claims && { claims }) };
      },
      send: (order) => this.bus.execute(new ForPayment(order)),
      represent: (history) => represented(shows, history, request.caller, id),
    });
  }

  async show(request: FastifyRequest, reply: FastifyReply, stream: string, shows: Shows, id?: string): Promise<void> {
    await this.desk.show<DisputedPaymentHistory>(request, reply, {
      stream,
      mayTouch: isTheirs,
      represent: (history) => represented(shows, history, request.caller, id),
    });
  }

  /** A payment of this caller; 404 when it is not disputed, not of the tenant, or not this customer's. */
  async payment(caller: Caller, payment: string): Promise<Payment> {
    return this.reached(caller, streamOfPayment(caller.tenant, payment));
  }

  /** The payment a refund or a credit belongs to. */
  async paymentOf(caller: Caller, id: string, kind: 'refund' | 'credit'): Promise<Payment> {
    const sign = await this.desk.history<SignpostHistory>(`signpost-${id}`);
    if (!sign || sign.tenant !== caller.tenant || sign.history.kind !== kind) throw new Problem(404, 'not-found');
    return this.reached(caller, sign.history.to);
  }

  /** The case money moves for: an agent needs its skill, and nobody with a conflict touches it. */
  async case(caller: Caller, matter: string): Promise<CaseHistory> {
    const known = await this.desk.history<CaseHistory>(`case-${matter}`);
    const theirs = known && known.tenant === caller.tenant && (caller.role !== 'customer' || known.history.subject === caller.sub);
    if (!theirs) throw new Problem(404, 'not-found');
    const { conflicts, assessment, category: told } = known.history;
    const category = assessment?.category ?? told;
    if (conflicts.some(({ agent }) => agent === caller.sub)) throw new Problem(403, 'agent-has-a-conflict');
    if (caller.role === 'agent' && category && !caller.skills.includes(category))
      throw new Problem(403, 'agent-lacks-skill', { facts: { skill: category } });
    return known.history;
  }

  private async reached(caller: Caller, stream: string): Promise<Payment> {
    const known = await this.desk.history<DisputedPaymentHistory>(stream);
    if (!known || known.tenant !== caller.tenant || !isTheirs(known.history, caller)) throw new Problem(404, 'not-found');
    return known;
  }
}

const represented = (shows: Shows, history: DisputedPaymentHistory, caller: Caller, id?: string): object => {
  if (shows === 'payment') return paymentShown(history, caller);
  const shown = shows === 'refund' ? refundShown(history, id) : creditShown(history, id);
  const own =
    shown &&
    (caller.role !== 'customer' || history.disputes.some(({ matter, subject }) => matter === shown.matter && subject === caller.sub));
  if (!own) throw new Problem(404, 'not-found');
  return shown;
};
