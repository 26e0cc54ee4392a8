import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { nearestLanguage, type ChannelDirectoryHistory, type ChannelsShown } from '@recourse/contracts';
import {
  Allow,
  AllowAnyone,
  Answers,
  Commands,
  Desk,
  EVENT_STORE,
  PlatformIdParam,
  Problem,
  Reach,
  Settings,
  type Told,
} from '@recourse/edge';
import { part, type EventStore, type Order } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answered, channelShown, listed, type Platform } from './asking.js';
import { ChannelChangeDto, ChannelDto, ChannelsQuery, RetirementDto, VerificationDto } from './channel-directory.dto.js';
import { ForChannels } from './channel-directory.handler.js';
import { channelDirectory, type ChannelCommand } from './deciding.js';

/** Where may I complain, and is this hotline yours: open to the world. A platform keeps its own channels. */
@Controller('v1/channels')
@Reach('own-tenant')
export class ChannelDirectoryHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly settings: Settings,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** The channels of a platform; with `address`, whether that number, page or address is a platform's own. */
  @Get()
  @AllowAnyone()
  @Reach('public')
  @Answers('ChannelsShown', { refuses: ['not-found'] })
  async channels(@Query() { platform, address }: ChannelsQuery, @Headers('accept-language') accept = 'en'): Promise<ChannelsShown> {
    if (platform !== undefined && !this.settings.has(platform)) throw new Problem(404, 'not-found');
    const platforms = await Promise.all(
      (platform === undefined ? this.settings.tenants() : [platform]).map((tenant) => this.platform(tenant)),
    );
    const language = nearestLanguage(accept);
    const at = this.store.now(platform);
    return address === undefined ? listed(platforms, language, at) : answered(platforms, address, language, at);
  }

  /** Lists a channel. It counts as unverified until somebody of the platform has tried it out. */
  @Post()
  @Allow('platform', 'supervisor')
  @Commands('ChannelShown', { refuses: ['channel-is-listed', 'channel-ends-before-it-begins'] })
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: ChannelDto): Promise<void> {
    const { zone } = this.settings.of(request.caller.tenant);
    const { hours, validTo, ...channel } = body;
    await this.carryOut(request, reply, body.channel, ({ by, at }) => ({
      type: 'ListChannel',
      by,
      at,
      ...channel,
      zone,
      validFrom: body.validFrom ?? at,
      ...(hours && { hours }),
      ...(validTo && { validTo }),
    }));
  }

  /** Says that somebody of the platform has tried it out: it is the platform's. */
  @Post(':channel/verification')
  @Allow('platform', 'supervisor')
  @Commands('ChannelShown', { refuses: ['channel-is-not-listed', 'channel-is-retired'] })
  async verify(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('channel', PlatformIdParam) channel: string,
    @Body() _body: VerificationDto,
  ): Promise<void> {
    await this.carryOut(request, reply, channel, ({ by, at }) => ({ type: 'VerifyChannel', by, at, channel }));
  }

  /** Changes a channel. A former address stays known, so that whoever asks about it hears that it is not used any more. */
  @Post(':channel/changes')
  @Allow('platform', 'supervisor')
  @Commands('ChannelShown', { refuses: ['channel-is-not-listed', 'channel-is-retired', 'channel-ends-before-it-begins'] })
  async change(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('channel', PlatformIdParam) channel: string,
    @Body() body: ChannelChangeDto,
  ): Promise<void> {
    const { hours, ...rest } = body;
    const changes = Object.fromEntries(Object.entries({ ...rest, hours }).filter(([, value]) => value !== undefined));
    await this.carryOut(request, reply, channel, ({ by, at }) => ({ type: 'ChangeChannel', by, at, channel, changes }));
  }

  /** Retires a channel. It stays in the directory as one that was. */
  @Post(':channel/retirement')
  @Allow('platform', 'supervisor')
  @Commands('ChannelShown', { refuses: ['channel-is-not-listed'] })
  async retire(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('channel', PlatformIdParam) channel: string,
    @Body() { why }: RetirementDto,
  ): Promise<void> {
    await this.carryOut(request, reply, channel, ({ by, at }) => ({ type: 'RetireChannel', by, at, channel, why }));
  }

  private async carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    channel: string,
    command: (told: Told) => ChannelCommand,
  ): Promise<void> {
    const { tenant } = request.caller;
    const stream = `channels-${tenant}`;
    const settings = this.settings.of(tenant);
    const language = nearestLanguage(request.headers['accept-language'] ?? 'en');
    await this.desk.carryOut<ChannelDirectoryHistory>(request, reply, {
      stream,
      corr: stream,
      exists: false,
      location: `/v1/channels?platform=${tenant}`,
      order: (told) => ({ parts: [part(channelDirectory, stream, command(told))] }),
      send: (order: Order) => this.bus.execute(new ForChannels(order)),
      represent: ({ channels }) => {
        const entry = channels.find((one) => one.channel === channel);
        if (!entry) throw new Error('a channel that was just recorded is in its directory');
        return channelShown(entry, settings, language, this.store.now(tenant));
      },
    });
  }

  private async platform(tenant: string): Promise<Platform> {
    const past = await this.desk.history<ChannelDirectoryHistory>(`channels-${tenant}`);
    return { settings: this.settings.of(tenant), directory: past?.history ?? { channels: [] } };
  }
}
