import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { preferencesUnsaid, type PreferencesHistory } from '@recourse/contracts';
import { Allow, Commands, Desk, Problem, Shows, type Caller } from '@recourse/edge';
import { part } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PreferencesQuery, SetPreferencesDto } from './preferences.dto.js';
import { ForPreferences } from './preferences.handler.js';
import { preferences } from './setting.js';

/** A customer is the subject; a platform names one of its customers. */
const subjectOf = ({ role, sub }: Caller, named: string | undefined, where: 'pointer' | 'parameter'): string => {
  const wrong = (code: string) =>
    new Problem(400, 'request-invalid', { errors: [where === 'pointer' ? { pointer: '/subject', code } : { parameter: 'subject', code }] });
  if (role === 'customer') {
    if (named !== undefined && named !== sub) throw new Problem(404, 'not-found');
    return sub;
  }
  if (named === undefined) throw wrong('field-missing');
  return named;
};

/** What a customer wants to be told, and in which language. */
@Controller('v1/preferences')
export class PreferencesHttp {
  constructor(
    private readonly desk: Desk,
    private readonly bus: CommandBus,
  ) {}

  /** What he wants now; everything, if he never said. */
  @Get()
  @Allow('customer', 'platform')
  @Shows('PreferencesHistory')
  show(@Query() { subject: named }: PreferencesQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request;
    const stream = `preferences-${caller.tenant}-${subjectOf(caller, named, 'parameter')}`;
    return this.desk.show<PreferencesHistory>(request, reply, { stream, otherwise: preferencesUnsaid });
  }

  /** Sets all of it. Security notices cannot be turned off, and letters are not a matter of preference. */
  @Post()
  @Allow('customer', 'platform')
  @Commands('PreferencesHistory', { status: 200, refuses: ['security-notice-cannot-be-turned-off', 'not-found'] })
  set(
    @Body() { subject: named, choices, language }: SetPreferencesDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { caller } = request;
    const subject = subjectOf(caller, named, 'pointer');
    const stream = `preferences-${caller.tenant}-${subject}`;
    return this.desk.carryOut<PreferencesHistory>(request, reply, {
      stream,
      corr: stream,
      status: 200,
      exists: false,
      ...(caller.role === 'platform' && { for: subject }),
      order: ({ by, at }) => ({
        parts: [part(preferences, stream, { type: 'SetPreferences', by, at, choices: { ...choices }, ...(language && { language }) })],
      }),
      send: (order) => this.bus.execute(new ForPreferences(order)),
    });
  }
}
