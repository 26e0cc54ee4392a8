import type { Message } from '@recourse/relay';
import type { Told as FeedEntry } from './feed.js';

/**
 * What is said between services and is none of the platform's business: codes and routes. Everything else about its own customers it
 * may read, in order. Of a complaint it filed itself it hears that it is received; the rest comes back to it as the case's own
 * messages. Texts never go along: what was sealed stays sealed, and the platform asks for it by id, with a purpose.
 */
const unsaid: ReadonlySet<string> = new Set([
  'StepUpAsked',
  'StepUpPassed',
  'RouteRegistered',
  'RouteRemoved',
  'RouteDistrusted',
  'RouteTrusted',
  'OldRouteAlerted',
  'Heartbeat',
]);

/** Whenever a neighbour or we ourselves say something a platform may read, it stands in its feed. */
export const whenSaid = (message: Message): FeedEntry | undefined => {
  if (message.topic === 'recourse.complaint.v1' && message.type !== 'ComplaintReceived') return undefined;
  if (unsaid.has(message.type) || 'stepUp' in message.data) return undefined;
  const { id, type, version, source, stream, streamVersion, time, data } = message;
  const matter = data['matter'];
  return {
    message: id,
    said: type,
    messageVersion: version,
    source,
    stream,
    streamVersion,
    time,
    ...(typeof matter === 'string' && { matter }),
    body: data,
  };
};
