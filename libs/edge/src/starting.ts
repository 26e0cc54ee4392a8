import type { Type } from '@nestjs/common';
import type { Variable } from './configuring.js';

export type StartOptions = {
  /** `case-tracking` */
  readonly service: string;
  /** One line for the API documents. */
  readonly title?: string;
  /** Variables of this service alone; the house's own are always read. */
  readonly variables?: readonly Variable<unknown>[];
  /** Bytes of one uploaded file, where uploads are taken at all (evidence). */
  readonly uploads?: { readonly fileSize: number };
};

/** Starts a service, or with `--migrate` only brings its database up to date. The whole of a service's main.ts. */
export const startService = async (module: Type, options: StartOptions): Promise<void> => {
  throw new Error(`${module.name} ${options.service}: starts soon`);
};
