/** For tools that write the API documents; no service needs it while it runs. */
export { buildService, describedModule, routesOf } from './building.http.js';
export { edgeRefusals } from './codes.js';
export { ANSWERS, type Answering } from './documenting.js';
export { configure, houseVariables } from './configuring.js';
export { fieldCodes } from './field-codes.js';
export { codesInUse, fieldSchemas } from './fields.js';
export { finish } from './finishing.js';
export { houseOf } from './house.module.js';
export { makeLog } from './logging.js';
export { merge } from './merging.js';
export type { ApiDocument, FinishOptions, OperationFacts } from './openapi.js';
export { mostOfBody } from './reading.js';
export { LARGEST_BODY } from './reading.http.js';
export { catalogueOf } from './refusing.js';
export { DESCRIBING, type Describe } from './starting.js';
export { PROBLEMS_AT } from './wording.js';
export { ALLOW, FRESH, REACH, reaches } from '@recourse/identity';
