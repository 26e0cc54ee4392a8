export { accountTakenOver } from './account-taken-over.js';
export { moneyNotReceived } from './money-not-received.js';
export { paymentFailed } from './payment-failed.js';
export { seedDemonstration } from './seeding.js';
export { everybody } from './signing-in.js';
