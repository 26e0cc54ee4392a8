export { Allow, ALLOW, AllowAnyone, type Rule } from './allowing.js';
export { byOf, isRole, roles, type Caller, type Role } from './calling.js';
export { guardRoutes } from './guarding.js';
export { AccessRefused, type AccessCode } from './refusing.js';
export { remembering } from './remembering.js';
export { collectRoutes, describeRoutes, methodsAt, mustHaveRules, type RouteRow } from './routing.js';
export { API_AUDIENCE, verifier, type Issuer, type Verified, type Verify } from './verifying.js';
