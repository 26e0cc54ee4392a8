export { startMoto, type Moto } from './moto.testing.js';
