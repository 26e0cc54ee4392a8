export { startMoto, type Moto } from './moto.testing.js';
export { startTransit, type TransitServer } from './vault.testing.js';
