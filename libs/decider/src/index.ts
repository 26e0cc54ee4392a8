export { decisions, isRefusal, never, refuse } from './decider.js';
export { pendingAbout, whyNotDecided, whyNotWithdrawn, type Acting, type AskedOf, type WhyNotDecided } from './four-eyes.js';
export type { Decider, Decision, Refusal } from './decider.js';
