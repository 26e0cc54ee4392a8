import { describe, expect, it } from '@jest/globals';
import { contractsFolder, matterRetentionHistory, type MatterRetentionHistory } from '@recourse/contracts';
import { isRefusal } from '@recourse/decider';
import type { EventStore } from '@recourse/event-store';
import { readFileSync } from 'node:fs';
import { mattersHeard } from './matters.inbox.js';
import { evolve, initial, type Matter, type MatterEvent } from './matter.js';
import { matterRetention, type MatterCommand } from './retaining.js';

const at = '2026-11-18T09:00:00.000Z';
const by = { actor: 'service:governance', role: 'service', client: 'governance' };
const store = { readStream: async () => [], now: () => at } as unknown as EventStore;

/** The examples that a neighbour's schema shows. */
const examples = (topic: string, type: string): readonly Readonly<Record<string, unknown>>[] =>
  (JSON.parse(readFileSync(contractsFolder(`events/${topic}/${type}.v1.json`), 'utf8')) as { examples: Record<string, unknown>[] })
    .examples;

const hearing = JSON.parse(readFileSync(contractsFolder('events/hearing.json'), 'utf8')) as Record<
  string,
  { heardBy: Record<string, string[]> }
>;
const heard = mattersHeard.topics.flatMap((topic) => hearing[topic]!.heardBy['governance']!.map((type) => [topic, type] as const));

describe('What governance hears of matters', () => {
  it.each(heard)('on %s is understood as its schema shows it: %s', async (topic, type) => {
    for (const data of examples(topic, type)) {
      const message = { type, tenant: 'quanpay', time: at, data } as unknown as Parameters<typeof mattersHeard.react>[0];
      const tools = { store } as unknown as Parameters<typeof mattersHeard.react>[1];
      const [reaction, ...others] = await mattersHeard.react(message, tools);
      expect([reaction!.stream, others]).toEqual([`matter-${data['matter'] as string}`, []]);
      let state: Matter = initial;
      const events: MatterEvent[] = [];
      for (const { command } of reaction!.parts({ by, at })) {
        const decision = matterRetention.decide(command as MatterCommand, state);
        if (isRefusal(decision)) throw new Error(decision.refused);
        state = decision.reduce(evolve, state);
        events.push(...decision);
      }
      expect(events[0]).toMatchObject({ type: 'MatterHeard', matter: data['matter'] });
      const history = events.reduce<MatterRetentionHistory | undefined>(
        (before, { type: said, ...rest }, version) => matterRetentionHistory(before, { type: said, at, by, data: rest, version }),
        undefined,
      );
      expect(history).toMatchObject({ matter: data['matter'], stage: type === 'CaseClosed' ? 'closed' : 'open' });
      expect(history!.kept !== undefined).toBe(type === 'CaseClosed');
    }
  });

  it('is nothing else', async () => {
    const message = { type: 'NoteAdded', tenant: 'quanpay', time: at, data: { matter: 'm' } } as unknown as Parameters<
      typeof mattersHeard.react
    >[0];
    expect(await mattersHeard.react(message, { store } as unknown as Parameters<typeof mattersHeard.react>[1])).toEqual([]);
  });
});
