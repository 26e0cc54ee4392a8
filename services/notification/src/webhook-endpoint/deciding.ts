import { decisions, type Decider } from '@recourse/decider';
import type { EndpointRefusal } from './refusals.js';
import {
  askReplay,
  askTest,
  disable,
  enable,
  register,
  rotate,
  type AskReplay,
  type AskTest,
  type DisableEndpoint,
  type EnableEndpoint,
  type RegisterEndpoint,
  type RotateSecret,
} from './registering.js';
import { evolve, initial, type Endpoint, type EndpointEvent } from './webhook-endpoint.js';

export type EndpointCommand = RegisterEndpoint | RotateSecret | DisableEndpoint | EnableEndpoint | AskReplay | AskTest;

/** The life of a webhook endpoint. Deliveries are not events: they are a cursor over the feed (delivering.worker.ts). */
export const webhookEndpoint: Decider<EndpointCommand, EndpointEvent, Endpoint, EndpointRefusal> = {
  initial,
  evolve,
  decide: decisions({
    RegisterEndpoint: register,
    RotateSecret: rotate,
    DisableEndpoint: disable,
    EnableEndpoint: enable,
    AskReplay: askReplay,
    AskTest: askTest,
  }),
};
