import { recordsTopic } from './topics.js';
import type { HeardMessage, OutgoingMessage } from './transport.js';
import type { Message, SealedEntry } from './message.js';

/**
 * CloudEvents 1.0, binary mode: every attribute is a header `ce_<name>`, the value is JSON `{data, sealed}`. A record travels as
 * `{record, recordedAt, sealed}`, so that the notary gets the exact text and nothing we composed.
 */
export const envelope = (
  message: Message,
  { partition, domain = 'recourse.example' }: { partition?: number; domain?: string } = {},
): OutgoingMessage => {
  const { topic, key, type, version, data, sealed } = message;
  return {
    topic,
    key,
    ...(partition !== undefined && { partition }),
    headers: {
      ce_specversion: '1.0',
      ce_id: message.id,
      ce_type: `${topic.replace(/\.v\d+$/, '')}.${type}.v${version}`,
      ce_source: `/services/${message.source}`,
      ce_subject: message.stream,
      ce_time: message.time,
      ce_dataschema: `https://${domain}/events/${topic}/${type}.v${version}.json`,
      'content-type': 'application/json',
      ce_partitionkey: key,
      ce_tenantid: message.tenant,
      ce_sequence: String(message.streamVersion),
      ce_correlationid: message.corr,
      ce_causationid: message.cause,
      ...(message.position !== undefined && { ce_position: String(message.position) }),
      ...(message.traceparent && { ce_traceparent: message.traceparent }),
    },
    value: JSON.stringify(topic === recordsTopic ? { ...data, sealed } : { data, sealed }),
  };
};

/** "Everything of mine recorded up to this instant has been told." Said to every partition of the topic. */
export const heartbeat = (topic: string, service: string, upTo: string): OutgoingMessage => ({
  topic,
  key: 'heartbeat',
  headers: {
    ce_specversion: '1.0',
    ce_id: `${service}.${upTo}.Heartbeat.v1`,
    ce_type: `${topic.replace(/\.v\d+$/, '')}.Heartbeat.v1`,
    ce_source: `/services/${service}`,
    ce_time: upTo,
    'content-type': 'application/json',
  },
  value: JSON.stringify({ data: { upTo }, sealed: [] }),
});

/** What a partition said about itself: up to which instant, and how many partitions say so. */
export type Beat = { readonly upTo: string; readonly partitions: number };

export const isBeat = ({ key, headers }: Pick<HeardMessage, 'key' | 'headers'>): boolean =>
  key === 'heartbeat' && headers['ce_type']?.endsWith('.Heartbeat.v1') === true;

export const beatOf = (heard: HeardMessage): Beat | undefined => {
  if (!isBeat(heard)) return undefined;
  const { upTo } = (JSON.parse(heard.value) as { data: { upTo: string } }).data;
  return { upTo, partitions: Number(heard.headers['ce_partitions'] ?? 1) };
};

/** Not a CloudEvent of this house. `what` names the attribute, never its content. */
export class Unreadable extends Error {
  constructor(readonly what: string) {
    super(`A message cannot be read: ${what}.`);
    this.name = 'Unreadable';
  }
}

export const open = (heard: HeardMessage): Message => {
  const attribute = (name: string) => {
    const text = heard.headers[`ce_${name}`];
    if (!text) throw new Unreadable(`ce_${name} is missing`);
    return text;
  };
  const named = /\.([A-Za-z]+)\.v(\d+)$/.exec(attribute('type'));
  if (!named) throw new Unreadable('ce_type does not end in a type and a version');
  const { sealed, data } = contentsOf(heard);
  const { ce_traceparent: traceparent, ce_position: position } = heard.headers;
  return {
    id: attribute('id'),
    type: named[1]!,
    version: Number(named[2]),
    source: attribute('source').replace(/^\/services\//, ''),
    topic: heard.topic,
    key: heard.key,
    tenant: attribute('tenantid'),
    time: attribute('time'),
    corr: attribute('correlationid'),
    cause: attribute('causationid'),
    stream: attribute('subject'),
    streamVersion: Number(attribute('sequence')),
    data,
    sealed,
    ...(position && { position: Number(position) }),
    ...(traceparent && { traceparent }),
  };
};

const contentsOf = ({ topic, value }: HeardMessage): Pick<Message, 'data' | 'sealed'> => {
  let contents: { data?: unknown; sealed?: unknown };
  try {
    contents = JSON.parse(value) as typeof contents;
  } catch {
    throw new Unreadable('the value is not JSON');
  }
  const { sealed, ...rest } = contents ?? {};
  const data = topic === recordsTopic ? rest : rest.data;
  if (typeof data !== 'object' || data === null || !Array.isArray(sealed)) throw new Unreadable('the value is not {data, sealed}');
  return { data: data as Message['data'], sealed: sealed as readonly SealedEntry[] };
};

/** The tenant stands in the envelope, and often in the key or the data too: where they disagree, nobody may act on the message. */
export const tenantDisagrees = ({ tenant, key, data }: Message): boolean => {
  const [owner, rest] = key.split('/');
  if (rest !== undefined && owner !== tenant) return true;
  return typeof data['tenant'] === 'string' && data['tenant'] !== tenant;
};
