import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EndpointEvent } from './webhook-endpoint.js';

/** One line an endpoint: for the platform's list, and for the worker that delivers to it. */
@Entity('webhook_endpoint')
export class EndpointRow {
  @PrimaryColumn('uuid')
  endpoint: string;
  @Column('text')
  tenant: string;
  @Column('text')
  url: string;
  @Column('text')
  state: 'enabled' | 'disabled';
  @Column('integer')
  after: number;
  @Column('timestamptz')
  registeredAt: Date;
  /** Version of its stream at which it was last enabled, last rewound, last asked for a test: the worker acts on each once. */
  @Column('integer')
  enabledVersion: number;
  @Column('integer')
  replayVersion: number;
  @Column('integer')
  replayAfter: number;
  @Column('integer')
  testVersion: number;
  @Column('uuid', { nullable: true })
  test: string | null;
}

const changeOf = (event: EndpointEvent, version: number): Partial<EndpointRow> => {
  switch (event.type) {
    case 'EndpointDisabled':
      return { state: 'disabled' };
    case 'EndpointEnabled':
      return { state: 'enabled', enabledVersion: version };
    case 'ReplayAsked':
      return { replayVersion: version, replayAfter: event.after };
    case 'TestAsked':
      return { testVersion: version, test: event.test };
    case 'EndpointRegistered':
    case 'SecretRotated':
      return {};
  }
};

export const endpointsView: View = {
  name: 'webhook-endpoints',
  version: 1,
  entities: [EndpointRow],
  apply(rows, { stream, type, data, tenant, at, version }) {
    if (!stream.startsWith('endpoint-')) return;
    const event = { type, ...data } as unknown as EndpointEvent;
    if (event.type === 'EndpointRegistered') {
      const { endpoint, url, after } = event;
      const none = { enabledVersion: 0, replayVersion: 0, replayAfter: 0, testVersion: 0, test: null };
      rows.put(EndpointRow, { endpoint, tenant, url, state: 'enabled', after, registeredAt: new Date(at), ...none });
      return;
    }
    const change = changeOf(event, version);
    if (Object.keys(change).length > 0) rows.change(EndpointRow, { endpoint: stream.slice('endpoint-'.length) }, change);
  },
};
