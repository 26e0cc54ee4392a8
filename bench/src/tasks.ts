import { appending, type AppendingOptions } from './tasks/appending.js';
import { appendingToEmmett, type EmmettOptions } from './tasks/appending-to-emmett.js';
import { appendingProfiled, type Profiled } from './tasks/appending-profiled.js';
import { ordering, type Ordered, type OrderingOptions } from './tasks/ordering.js';
import { replaying, type ReplayingOptions } from './tasks/replaying.js';
import { replayingEmmett, type ReplayingEmmettOptions } from './tasks/replaying-emmett.js';
import { subscribing, type SubscribingOptions } from './tasks/subscribing.js';
import type { Rate } from './tasks/timing.js';

/** Gets ready, and returns what is measured once everybody is. */
export type Task<Options, Result> = (options: Options) => Promise<() => Promise<Result>>;

/** What a process of its own can be asked to do. */
export type Tasks = {
  readonly appending: { readonly options: AppendingOptions; readonly result: Rate };
  readonly 'appending-to-emmett': { readonly options: EmmettOptions; readonly result: Rate };
  readonly 'appending-profiled': { readonly options: AppendingOptions; readonly result: Profiled };
  readonly ordering: { readonly options: OrderingOptions; readonly result: Ordered };
  readonly subscribing: { readonly options: SubscribingOptions; readonly result: { readonly seconds: number } };
  readonly replaying: { readonly options: ReplayingOptions; readonly result: Rate };
  readonly 'replaying-emmett': { readonly options: ReplayingEmmettOptions; readonly result: Rate };
};
export type Job = { [Name in keyof Tasks]: { readonly name: Name; readonly options: Tasks[Name]['options'] } }[keyof Tasks];

export const tasks: { readonly [Name in keyof Tasks]: Task<Tasks[Name]['options'], Tasks[Name]['result']> } = {
  appending,
  'appending-to-emmett': appendingToEmmett,
  'appending-profiled': appendingProfiled,
  ordering,
  subscribing,
  replaying,
  'replaying-emmett': replayingEmmett,
};
