import { Body, Controller, Get, HttpException, Module, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  Allow,
  AllowAnyone,
  AmountDto,
  IsAmount,
  IsCode,
  IsCodeList,
  IsFlag,
  IsInstant,
  IsPlatformId,
  ListQuery,
  Nested,
  NestedList,
  Optional,
  outgoingTraceparent,
  Problem,
  Reach,
  Text,
  UuidParam,
} from './index.js';

class PieceDto {
  /** What kind of piece it is. */
  @IsCode(['chat-log', 'receipt'])
  kind: string;

  @IsAmount()
  amount: AmountDto;
}

class LetterDto {
  @Text(20)
  text: string;

  @IsInstant()
  at: string;

  @IsPlatformId()
  account: string;

  @Nested(() => PieceDto)
  piece: PieceDto;

  @Optional()
  @NestedList(() => PieceDto, { most: 3 })
  pieces?: PieceDto[];

  @Optional()
  @IsCodeList(['a', 'b'])
  marks?: string[];

  @Optional()
  @IsFlag()
  urgent?: boolean;
}

class FilterQuery extends ListQuery {
  @Optional()
  @IsCode(['open', 'closed'])
  stage?: string;
}

@Controller('v1')
@Reach('own-tenant')
class DoorsHttp {
  @Post('letters')
  @Allow('agent')
  take(@Body() letter: LetterDto): LetterDto {
    return letter;
  }

  @Post('anything')
  @Allow('agent')
  anything(): object {
    return { taken: true };
  }

  @Get('letters')
  @Allow('agent', 'platform')
  list(@Query() query: FilterQuery): FilterQuery {
    return query;
  }

  @Get('letters/:id')
  @Allow('agent')
  one(@Param('id', UuidParam) id: string): object {
    return { id };
  }

  @Get('broken/:how')
  @AllowAnyone()
  broken(@Param('how') how: string): never {
    if (how === 'null') throw null as unknown as Error;
    if (how === 'teapot') throw new HttpException('short and stout', 418);
    if (how === 'away') throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.9:5432'), { code: 'ECONNREFUSED' });
    if (how === 'no') throw new Problem(409, 'unheard-of', { facts: { why: 'because' } });
    throw new Error('the secret of 13800138000 at /srv/code.js');
  }

  @Get('trace')
  @AllowAnyone()
  trace(@Req() request: FastifyRequest): object {
    return { trace: request.trace, outgoing: outgoingTraceparent() };
  }
}

/** Doors of every kind with nothing behind them. */
@Module({ controllers: [DoorsHttp] })
export class DoorsModule {}
