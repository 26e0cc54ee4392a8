import { Controller, Get, Param, Res } from '@nestjs/common';
import { Allow, Answers, Lists, Problem, Reach } from '@recourse/edge';
import type { FastifyReply } from 'fastify';
import { templates } from './templates.loading.js';

/** The words customers are written to in: every version, in every language. They are the same for everyone. */
@Controller('v1/templates')
@Reach('house')
export class TemplatesHttp {
  /** All templates and their versions. */
  @Get()
  @Allow('platform', 'agent', 'supervisor')
  @Lists('TemplateLine', { whole: true })
  async list(@Res() reply: FastifyReply): Promise<void> {
    await reply.send({ items: templates().messages.map(({ id, version, topic, needs, may }) => ({ id, version, topic, needs, may })) });
  }

  /** One template, all its versions, newest first. */
  @Get(':id')
  @Allow('platform', 'agent', 'supervisor')
  @Answers('TemplateVersions')
  async show(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const versions = templates()
      .messages.filter((template) => template.id === id)
      .sort((one, other) => other.version - one.version);
    if (versions.length === 0) throw new Problem(404, 'not-found');
    await reply.send({ id, versions });
  }
}
