import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type ValidationError,
} from '@nestjs/common';
import * as transformerPackage from 'class-transformer';
import * as validatorPackage from 'class-validator';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { Problem } from './refusing.js';
import { escaped, fieldProblems, type Place } from './validating.js';

const pipeFor = (place: Place) =>
  new ValidationPipe({
    validatorPackage,
    transformerPackage,
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: false,
    exceptionFactory: (errors: ValidationError[]) => new Problem(400, 'request-invalid', { errors: fieldProblems(errors, place) }),
  });

/** Checks what a DTO says, and says where it stood: a pointer for a body, a parameter for a query. (One pipe is not told which.) */
@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly body = pipeFor('body');
  private readonly parameters = pipeFor('parameter');

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type !== 'body') return (await this.parameters.transform(value, metadata)) as unknown;
    if (!isDto(metadata.metatype)) return value;
    if (value === undefined) throw new Problem(400, 'body-missing');
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Problem(400, 'request-invalid', { errors: [{ pointer: '', code: 'not-an-object' }] });
    return plainly(await this.body.transform(value, metadata));
  }
}

/** A route without a body takes none: what somebody says there would be dropped without a word. */
@Injectable()
export class NothingUnasked implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    if (typeof body === 'object' && body !== null && !asksForBody(context) && !asksForForm(context)) {
      const errors = Object.keys(body).map((name) => ({ pointer: `/${escaped(name)}`, code: 'unknown-field' }));
      if (errors.length > 0) throw new Problem(400, 'request-invalid', { errors });
    }
    return next.handle();
  }
}

const asksForBody = (context: ExecutionContext): boolean => {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {}) as object;
  return Object.keys(parameters).some((parameter) => parameter.startsWith(`${RouteParamtypes.BODY}:`));
};

/** A form is read by the handler itself, which says so of anything else. */
const asksForForm = (context: ExecutionContext): boolean => Reflect.hasMetadata('swagger/apiConsumes', context.getHandler());

/** What was told, without the class it was checked as and without what was left out: a record holds plain JSON only. */
const plainly = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainly);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, plainly(member)]])));
};

const plain: readonly unknown[] = [Object, String, Number, Boolean, Array];
const isDto = (metatype: unknown): boolean => typeof metatype === 'function' && !plain.includes(metatype);
