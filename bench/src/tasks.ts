import { appending, type AppendingOptions } from './tasks/appending.js';
import { appendingToEmmett, type EmmettOptions } from './tasks/appending-to-emmett.js';
import { appendingProfiled, type Profiled } from './tasks/appending-profiled.js';
import { ordering, type Ordered, type OrderingOptions } from './tasks/ordering.js';
import { hearing, speaking, type DeliveringOptions, type Moments } from './tasks/delivering.js';
import { rebuilding, type RebuildingOptions, type Rebuilt, type RebuiltBeside } from './tasks/rebuilding.js';
import { rebuildingEmmett, type RebuildingEmmettOptions } from './tasks/rebuilding-emmett.js';
import { replaying, type ReplayingOptions } from './tasks/replaying.js';
import { replayingEmmett, type ReplayingEmmettOptions } from './tasks/replaying-emmett.js';
import { standing, type StandingOptions } from './tasks/standing.js';
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
  readonly speaking: { readonly options: DeliveringOptions; readonly result: Moments };
  readonly hearing: { readonly options: DeliveringOptions; readonly result: Moments };
  readonly rebuilding: { readonly options: RebuildingOptions; readonly result: RebuiltBeside };
  readonly 'rebuilding-emmett': { readonly options: RebuildingEmmettOptions; readonly result: Rebuilt };
  readonly standing: { readonly options: StandingOptions; readonly result: Rate };
  readonly replaying: { readonly options: ReplayingOptions; readonly result: Rate };
  readonly 'replaying-emmett': { readonly options: ReplayingEmmettOptions; readonly result: Rate };
};
export type Job = { [Name in keyof Tasks]: { readonly name: Name; readonly options: Tasks[Name]['options'] } }[keyof Tasks];

export const tasks: { readonly [Name in keyof Tasks]: Task<Tasks[Name]['options'], Tasks[Name]['result']> } = {
  appending,
  'appending-to-emmett': appendingToEmmett,
  'appending-profiled': appendingProfiled,
  ordering,
  speaking,
  hearing,
  rebuilding,
  'rebuilding-emmett': rebuildingEmmett,
  standing,
  subscribing,
  replaying,
  'replaying-emmett': replayingEmmett,
};
