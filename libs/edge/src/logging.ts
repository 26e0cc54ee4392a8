import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;
/** Injects the service's pino logger. */
export const LOG = Symbol.for('recourse.log');

/** JSON lines on standard output. Nothing that names a person is ever given to it; what slips through a header is struck out. */
export const makeLog = (service: string, level: string, destination?: DestinationStream): Log =>
  pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError },
      redact: {
        paths: ['authorization', '*.authorization', '*.*.authorization', 'cookie', '*.cookie', '*.*.cookie'],
        censor: '[struck out]',
      },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );

/** Only what finds the fault: drivers hang parameters and whole rows on their errors, and those may be personal. */
export const plainError = (error: unknown): object => {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    stack: error.stack,
    ...(error.cause instanceof Error && { cause: plainError(error.cause) }),
  };
};

/** Nest speaks through pino; its chatter while starting is for debugging. */
export const nestLog = (log: Log): LoggerService => {
  const saying =
    (level: 'debug' | 'warn' | 'error' | 'fatal' | 'trace') =>
    (message: unknown, ...more: unknown[]) => {
      const context = more.findLast((part) => typeof part === 'string');
      const where = context === undefined ? {} : { context };
      if (message instanceof Error) log[level]({ err: message, ...where }, message.message);
      else log[level](where, typeof message === 'string' ? message : JSON.stringify(message));
    };
  return {
    log: saying('debug'),
    debug: saying('debug'),
    verbose: saying('trace'),
    warn: saying('warn'),
    error: saying('error'),
    fatal: saying('fatal'),
  };
};
