import { setTimeout as pause } from 'node:timers/promises';
import { follow, PostgresEventStore } from '@recourse/event-store';
import type { Task } from '../tasks.js';

export type SubscribingOptions = { readonly logUrl: string; readonly subscriptions: number; readonly seconds: number };

/** Followers of a log in which nothing happens. Ready when all have seen its end. */
export const subscribing: Task<SubscribingOptions, { readonly seconds: number }> = async ({ logUrl, subscriptions, seconds }) => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  const head = await store.head();
  const followers = Array.from({ length: subscriptions }, (_, index) =>
    follow({ name: `follower-${index}`, store, pool: store.pool, effect: () => Promise.resolve() }),
  );
  while (followers.some(({ position }) => position < head)) await pause(20);
  return async () => {
    const begun = performance.now();
    await pause(seconds * 1_000);
    const passed = (performance.now() - begun) / 1_000;
    await Promise.all(followers.map((follower) => follower.stop()));
    await store.close();
    return { seconds: passed };
  };
};
