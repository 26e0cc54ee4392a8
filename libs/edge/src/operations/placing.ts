import { Controller, type Type } from '@nestjs/common';
import { ParkedKeysHttp } from './parked-keys.http.js';
import { RelayHttp } from './relay.http.js';

/** The operators' routes of one service. They are the same everywhere and stand under each service's own name, for one front door serves them all. */
export const operationsOf = (service: string): readonly Type[] => {
  const under = (routes: Type, path: string): Type => {
    const own = { [routes.name]: class extends routes {} }[routes.name] as Type;
    // Whoever writes the API document looks for handlers on the class itself, not on the one it extends.
    const { constructor: _constructor, ...handlers } = Object.getOwnPropertyDescriptors(routes.prototype as object);
    Object.defineProperties(own.prototype, handlers);
    Controller(path)(own);
    return own;
  };
  return [under(ParkedKeysHttp, `v1/operations/${service}/parked-keys`), under(RelayHttp, `v1/operations/${service}`)];
};
