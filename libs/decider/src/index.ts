export { decisions, isRefusal, never, refuse } from './decider.js';
export type { Decider, Decision, Refusal } from './decider.js';
