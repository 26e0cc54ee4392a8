import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { noContact, type AccountContactHistory } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import {
  Allow,
  Commands,
  Desk,
  Fresh,
  PlatformIdParam,
  Reach,
  Settings,
  ShowQuery,
  Shows,
  UuidParam,
  type Told,
  type ToSeal,
} from '@recourse/edge';
import { part, type SealedRef } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { Belonging, streamsOf } from '../belonging.http.js';
import { DistrustDto, RouteDto, TrustDto } from './account-contact.dto.js';
import { ForContact } from './account-contact.handler.js';
import { accountContact, type ContactCommand } from './deciding.js';
import { fits } from './registering.js';

type Changing = { readonly location?: string; readonly seal?: readonly ToSeal[] };
type AtTheDesk = Told & { readonly sealed: readonly SealedRef[] };

/** Where the owner of an account is reached: registered by the platform alone. */
@Controller('v1/accounts/:account/contact')
@Reach('own-account')
export class AccountContactHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly belonging: Belonging,
    private readonly settings: Settings,
  ) {}

  /** The routes, and which of them are believed. Addresses are opened for a stated purpose. */
  @Get()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('ContactShown')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const { caller } = request;
    await this.belonging.mustBeTheirs(caller, account);
    await this.desk.show<AccountContactHistory>(request, reply, {
      stream: streamsOf(caller.tenant, account).contact,
      otherwise: noContact,
      represent: (history) => ({ account, ...history }),
    });
  }

  /** Registers a route. What is registered later than the first ones is not believed before it has cooled off, or somebody proves whose it is. */
  @Post()
  @Allow('platform')
  @Commands('ContactShown', { refuses: ['address-does-not-fit-its-kind'] })
  async register(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Body() { kind, address, language, subject }: RouteDto,
  ): Promise<void> {
    const { tenant } = request.caller;
    const route = uuid();
    const { distrustFor } = this.settings.of(tenant).stepUp;
    const owner = { tenant, scope: `account:${tenant}:${account}`, subject: subject ?? account };
    const seal = [{ owner, group: 'route-address', value: { address } }];
    await this.change(request, reply, account, { location: `/v1/accounts/${account}/contact`, seal }, ({ sealed, ...told }) =>
      fits(kind, address)
        ? { type: 'RegisterRoute', ...told, route, kind, language, ...(subject && { subject }), distrustFor, sealed }
        : refuse('address-does-not-fit-its-kind', { pointers: ['/address'] }),
    );
  }

  /** The route is no longer the customer's. */
  @Post(':route/removal')
  @Allow('platform')
  @Commands('ContactShown', { status: 200, refuses: ['route-is-not-registered'] })
  async remove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Param('route', UuidParam) route: string,
  ): Promise<void> {
    await this.change(request, reply, account, {}, (told) => ({ type: 'RemoveRoute', by: told.by, at: told.at, route }));
  }

  /** The route is not believed for now: no codes and no lock notices go there. */
  @Post(':route/distrust')
  @Allow('platform', 'agent', 'supervisor')
  @Commands('ContactShown', { status: 200, refuses: ['route-is-not-registered'] })
  async distrust(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Param('route', UuidParam) route: string,
    @Body() { why }: DistrustDto,
  ): Promise<void> {
    await this.change(request, reply, account, {}, (told) => ({ type: 'DistrustRoute', by: told.by, at: told.at, route, why }));
  }

  /** The route is believed again, after a proof. */
  @Post(':route/trust')
  @Allow('agent', 'supervisor')
  @Fresh({ within: 'PT15M' })
  @Commands('ContactShown', { status: 200, refuses: ['route-is-not-registered', 'code-does-not-prove-a-route'] })
  async trust(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Param('route', UuidParam) route: string,
    @Body() { proof }: TrustDto,
  ): Promise<void> {
    await this.change(request, reply, account, {}, (told) => ({ type: 'TrustRoute', by: told.by, at: told.at, route, proof }));
  }

  private async change(
    request: FastifyRequest,
    reply: FastifyReply,
    account: string,
    { location, seal }: Changing,
    command: (told: AtTheDesk) => ContactCommand | ReturnType<typeof refuse>,
  ): Promise<void> {
    const stream = streamsOf(request.caller.tenant, account).contact;
    await this.desk.carryOut<AccountContactHistory>(request, reply, {
      stream,
      corr: stream,
      status: location ? 201 : 200,
      exists: !location,
      ...(location && { location }),
      ...(seal && { seal }),
      order: ({ by, at, sealed }) => {
        const told = command({ by, at, sealed });
        return 'refused' in told ? told : { parts: [part(accountContact, stream, told)] };
      },
      send: (order) => this.bus.execute(new ForContact(order)),
      represent: (history) => ({ account, ...history }),
    });
  }
}
